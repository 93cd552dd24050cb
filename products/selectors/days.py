"""Which rows hold on a day: ``valid_from`` is the first, ``valid_to`` the first no more."""

from datetime import date
from typing import Any

from django.db.models import Q, QuerySet


def holding(rows: QuerySet[Any], on: date) -> QuerySet[Any]:
    """Rows whose days contain ``on``."""
    return rows.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=on), valid_from__lte=on)


def alive_after(rows: QuerySet[Any], on: date) -> QuerySet[Any]:
    """Rows that hold on ``on`` or some day after it."""
    return rows.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=on))
