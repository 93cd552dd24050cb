"""New values for the dated numbers of the law and the central bank (D7)."""

from datetime import date
from decimal import Decimal

from django.db import transaction

from products.models import RegulatoryParameter


class WrongDay(ValueError):
    """The first day lies in the past, or not after the first day of the value in force."""


class NoBasis(ValueError):
    """A number of the law needs the text it stands on."""


def set_parameter(
    *, code: str, value: Decimal, basis: str, valid_from: date, today: date
) -> RegulatoryParameter:
    """``value`` holds from ``valid_from``; the one before ends that day and stays readable.

    Raises ``NoBasis`` or ``WrongDay``; the database refuses overlaps and negative numbers.
    """
    if not basis.strip():
        raise NoBasis(code)
    if valid_from < today:
        raise WrongDay(f"{valid_from} is past")
    with transaction.atomic():
        last = (
            RegulatoryParameter.objects.select_for_update()
            .filter(code=code)
            .order_by("-valid_from")
            .first()
        )
        if last is not None and last.valid_from >= valid_from:
            raise WrongDay(f"{code} already changes on {last.valid_from}")
        if last is not None and (last.valid_to is None or last.valid_to > valid_from):
            last.valid_to = valid_from
            last.save(update_fields=["valid_to"])
        return RegulatoryParameter.objects.create(
            code=code, value=value, basis=basis, valid_from=valid_from
        )
