"""The bank's date today: a row, never the clock."""

from datetime import date

from lending.models import BusinessDay, LegalEntity


def current(legal_entity: LegalEntity) -> date:
    """The business date of ``legal_entity``."""
    return BusinessDay.objects.get(legal_entity=legal_entity).current_date


def of_bank() -> date:
    """The business date of the bank this installation runs for (its first legal entity)."""
    return BusinessDay.objects.order_by("pk").values_list("current_date", flat=True)[0]
