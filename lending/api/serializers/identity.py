"""Who the applicant is: typed, or photographed."""

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from lending.api.parsers import PICTURE_LIMIT
from lending.api.serializers.fields import Body, Text


class IdentityRequest(Body):
    name = Text(max_length=60)
    id_number = Text(max_length=30)
    address = Text(max_length=200, required=False, allow_blank=True, default="")
    valid_until = Text(
        max_length=20, required=False, allow_null=True, allow_blank=True, default=None
    )


class Picture(serializers.FileField):
    """An upload of at most 5 MB; whether it is a picture is judged by decoding it."""

    default_error_messages = {
        "too_large": _("The picture is too large (at most 5 MB). Please take it again.")
    }

    def to_internal_value(self, data: object) -> bytes:
        upload = super().to_internal_value(data)
        if upload.size > PICTURE_LIMIT:
            self.fail("too_large")
        return upload.read()


class PicturesRequest(Body):
    front = Picture()
    back = Picture(required=False, allow_null=True)
