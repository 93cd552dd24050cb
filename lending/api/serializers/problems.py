"""The shape of every refusal (RFC 9457)."""

from rest_framework import serializers

from lending.api.serializers.fields import Answer


class Problem(Answer):
    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    code = serializers.CharField()
    errors = serializers.DictField(child=serializers.ListField(child=serializers.CharField()))
