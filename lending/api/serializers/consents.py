"""Consents: the texts with their versions, and the person's answers."""

from rest_framework import serializers

from lending.api.serializers.fields import Answer, Body, Text

_KINDS_MAX = 20


class ConsentsRequest(Body):
    accept = serializers.ListField(
        child=Text(max_length=20), max_length=_KINDS_MAX, required=False, default=list
    )
    refuse = serializers.ListField(
        child=Text(max_length=20), max_length=_KINDS_MAX, required=False, default=list
    )


class ConsentTextAnswer(Answer):
    kind = serializers.CharField()
    version = serializers.IntegerField()
    title = serializers.CharField()
    body = serializers.CharField()
    required = serializers.BooleanField()
    accepted = serializers.BooleanField(allow_null=True)


class ConsentTextsAnswer(Answer):
    results = ConsentTextAnswer(many=True)
