"""New values for the dated numbers of the law and the central bank (D7).

A number never changes and never goes: a new one follows it from a day on. All refusals are
``ValueError``s with what is wrong as data; whoever shows them finds the words.
"""

from datetime import date, timedelta
from decimal import Decimal

from django.db import connection, transaction
from django.db.models import Q

from products.domain.parameter_codes import BANDS, KINDS, ParameterKind
from products.models import OperatingArea, RegulatoryParameter

#: A first day further ahead than this is a slip of the hand.
AHEAD_MAX = timedelta(days=3660)
BASIS_MAX = 200


class WrongDay(ValueError):
    """The day is past, too far ahead, or does not fit the row's other days.

    ``problem``: ``past``, ``far``, ``taken`` (the code already changes on ``day`` or later) or
    ``outside`` (not between the row's own first and last day).
    """

    def __init__(self, problem: str, day: date) -> None:
        super().__init__(f"{problem}: {day}")
        self.problem, self.day = problem, day


class NoBasis(ValueError):
    """A number of the law needs the text it stands on (at most 200 characters)."""


class OutOfRange(ValueError):
    """The value is outside what the code can mean, or more exact than its unit."""

    def __init__(self, code: str, kind: ParameterKind) -> None:
        super().__init__(f"{code}: {kind.minimum} to {kind.maximum} {kind.unit}")
        self.code, self.kind = code, kind


class BandUpsideDown(ValueError):
    """A floor would lie above its ceiling on ``day``; ``other`` is the code it clashes with."""

    def __init__(self, other: str, day: date) -> None:
        super().__init__(f"against {other} on {day}")
        self.other, self.day = other, day


class StillNeeded(ValueError):
    """The platform needs a value of this code every day: a new one follows it instead."""


def set_parameter(
    *, code: str, value: Decimal, basis: str, valid_from: date, today: date, author: str = ""
) -> RegulatoryParameter:
    """``value`` holds from ``valid_from``; the one before ends that day and stays readable.

    Raises ``NoBasis``, ``WrongDay``, and for known codes ``OutOfRange`` or ``BandUpsideDown``; the
    database refuses overlaps and negative numbers.
    """
    check_basis(basis)
    check_first_day(valid_from, today)
    kind = KINDS.get(code)
    if kind is not None and not kind.allows(value):
        raise OutOfRange(code, kind)
    with transaction.atomic():
        take_turns()
        _check_bands(code, value, valid_from)
        last = RegulatoryParameter.objects.filter(code=code).order_by("-valid_from").first()
        if last is not None and last.valid_from >= valid_from:
            raise WrongDay("taken", last.valid_from)
        if last is not None and (last.valid_to is None or last.valid_to > valid_from):
            last.valid_to = valid_from
            last.save(update_fields=["valid_to"])
        return RegulatoryParameter.objects.create(
            code=code, value=value, basis=basis.strip(), valid_from=valid_from, author=author
        )


def end_parameter(*, row_id: int, on: date, today: date) -> RegulatoryParameter:
    """A value nothing depends on holds no more from ``on``.

    Raises ``StillNeeded`` for a code the platform cannot do without, and ``WrongDay``.
    """
    with transaction.atomic():
        take_turns()
        row = RegulatoryParameter.objects.get(pk=row_id)
        kind = KINDS.get(row.code)
        if kind is not None and kind.is_required:
            raise StillNeeded(row.code)
        check_last_day(row, on, today)
        row.valid_to = on
        row.save(update_fields=["valid_to"])
    return row


def check_basis(basis: str) -> None:
    """Raises ``NoBasis`` for an empty, overlong or unprintable text."""
    if not basis.strip() or len(basis.strip()) > BASIS_MAX or "\x00" in basis:
        raise NoBasis


def check_first_day(valid_from: date, today: date) -> None:
    """Raises ``WrongDay`` for the past (what was decided then stays so) and for far-off days."""
    if valid_from < today:
        raise WrongDay("past", valid_from)
    if valid_from > today + AHEAD_MAX:
        raise WrongDay("far", valid_from)


def check_last_day(row: RegulatoryParameter | OperatingArea, on: date, today: date) -> None:
    """Raises ``WrongDay`` unless ``row`` may end on ``on``, its first day no more."""
    if on < today:
        raise WrongDay("past", on)
    if on > today + AHEAD_MAX:
        raise WrongDay("far", on)
    if on <= row.valid_from or (row.valid_to is not None and on >= row.valid_to):
        raise WrongDay("outside", on)


def take_turns() -> None:
    """Dated rows change rarely and look at each other: one writer at a time, till the commit."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('products.dated_rows'))")


def _check_bands(code: str, value: Decimal, valid_from: date) -> None:
    for floor, ceiling in BANDS:
        if code not in (floor, ceiling):
            continue
        other = ceiling if code == floor else floor
        rows = RegulatoryParameter.objects.filter(
            Q(valid_to__isnull=True) | Q(valid_to__gt=valid_from), code=other
        )
        clash = rows.filter(value__lt=value) if code == floor else rows.filter(value__gt=value)
        first = clash.order_by("valid_from").first()
        if first is not None:
            raise BandUpsideDown(other, max(first.valid_from, valid_from))
