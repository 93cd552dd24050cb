"""Who books under a business date and who ends it: the date rolls over between bookings, never under one.

Locks of the database, held until the transaction ends: bookings share one, the roll-over has it alone. So
nothing is booked on a day that is closed.
"""

from datetime import date

from django.db import connection

from lending.models import BusinessDay, LegalEntity
from lending.selectors import business_day

_LOCK = 7_006


def held(legal_entity: LegalEntity) -> date:
    """The business date, which stays until the caller's transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s, %s)", [_LOCK, legal_entity.pk])
    return business_day.current(legal_entity)


def held_of_bank() -> date:
    """As ``held``, of the bank this installation runs for (its first legal entity)."""
    return held(BusinessDay.objects.select_related("legal_entity").order_by("pk")[0].legal_entity)


def to_end(legal_entity: LegalEntity) -> BusinessDay:
    """The row of the date, locked, when no booking under it is under way any more."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK, legal_entity.pk])
    return BusinessDay.objects.select_for_update().get(legal_entity=legal_entity)
