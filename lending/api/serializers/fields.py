"""Building blocks of request bodies: nothing is coerced, nothing unknown passes."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

_NAME_SHOWN_MAX = 60
_UNKNOWN_SHOWN_MAX = 10
_AMOUNT = {"type": "string", "pattern": r"^[0-9]{1,9}\.[0-9]{2}$", "example": "20000.00"}
_AMOUNT_IN = {"type": "string", "pattern": r"^[0-9]{1,9}(\.[0-9]{1,2})?$", "example": "20000.00"}
_RATE = {"type": "string", "pattern": r"^[0-9]+\.[0-9]{6}$", "example": "0.072000"}


class Body(serializers.Serializer[Any]):
    """A request body that refuses members it does not know."""

    def to_internal_value(self, data: Any) -> Any:
        unknown = (
            [name for name in data if name not in self.fields] if isinstance(data, Mapping) else []
        )
        if unknown:
            raise serializers.ValidationError(
                {
                    str(name)[:_NAME_SHOWN_MAX]: [_("Unknown field.")]
                    for name in unknown[:_UNKNOWN_SHOWN_MAX]
                }
            )
        return super().to_internal_value(data)


class Answer(serializers.Serializer[Any]):
    """The documented shape of an answer; answers themselves are built by plain functions."""


class Text(serializers.CharField):
    """A JSON string; numbers and booleans are not text."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class Whole(serializers.IntegerField):
    """A JSON whole number; "12", 12.0 and true are not."""

    def to_internal_value(self, data: Any) -> int:
        if not isinstance(data, int) or isinstance(data, bool):
            self.fail("invalid")
        return super().to_internal_value(data)


class TrueOrFalse(serializers.BooleanField):
    """A JSON boolean; "yes" and 1 are not."""

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid", input=type(data).__name__)
        return data


@extend_schema_field(_AMOUNT_IN)
class AmountText(serializers.Field[Any, str, Any, Any]):
    """Yuan as text for the services to read; a whole JSON number is tolerated, a float never."""

    default_error_messages = {
        "not_text": _('Send amounts as strings with at most two decimals, for example "20000.00".')
    }

    def to_internal_value(self, data: Any) -> str:
        if isinstance(data, bool) or not isinstance(data, str | int) or len(str(data)) > 40:
            self.fail("not_text")
        return str(data)

    def to_representation(self, value: Any) -> str:
        return str(value)


class Degrees(serializers.FloatField):
    """A JSON number of degrees between ``-limit`` and ``limit``; "32.4", true and NaN are not."""

    def __init__(self, limit: int, **options: Any) -> None:
        super().__init__(min_value=-limit, max_value=limit, **options)

    def to_internal_value(self, data: Any) -> float:
        if isinstance(data, bool) or not isinstance(data, int | float | Decimal):
            self.fail("invalid")
        return super().to_internal_value(data)


@extend_schema_field(_AMOUNT)
class Amount(serializers.CharField):
    """Yuan in an answer: a string with two decimals."""


@extend_schema_field(_RATE)
class Rate(serializers.CharField):
    """A fraction in an answer: a string with six decimals."""


def amount_text(amount: Decimal | None) -> str | None:
    """20000 → "20000.00"."""
    return None if amount is None else f"{amount:.2f}"


def rate_text(rate: Decimal | None) -> str | None:
    """0.072 → "0.072000"."""
    return None if rate is None else f"{rate:.6f}"


def time_text(moment: datetime | None) -> str | None:
    """ISO 8601 with the bank's offset."""
    return None if moment is None else timezone.localtime(moment).isoformat(timespec="milliseconds")
