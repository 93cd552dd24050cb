"""What an 18-digit ID number itself says: birth date and the county that issued it.

The digit that tells the sex is never read: protected attributes do not enter a decision.
"""

from datetime import date

from stdnum.cn import ric


def birth_date(id_number: str) -> date | None:
    """Birth date of a valid number (form, region, date, checksum); ``None`` for anything else."""
    if not ric.is_valid(id_number):
        return None
    return ric.get_birth_date(id_number)


def issuing_county(id_number: str) -> str | None:
    """The six-digit county of first registration, or ``None`` for an invalid number."""
    return id_number[:6] if ric.is_valid(id_number) else None


def age_on(born: date, day: date) -> int:
    """Whole years on ``day``; somebody born on 29 February turns on 1 March in common years."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))
