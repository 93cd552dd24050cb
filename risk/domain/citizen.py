"""What an 18-digit ID number itself says: birth date and the county that issued it.

The digit that tells the sex is never read: protected attributes do not enter a decision. Whether
the county existed in the year of birth is not asked: numbers are given at registration, which may
be years later and under a newer county.
"""

import re
from datetime import date

from stdnum.cn import ric
from stdnum.exceptions import ValidationError

_FORM = re.compile(r"[1-9]\d{16}[\dX]", re.ASCII)


def birth_date(id_number: str) -> date | None:
    """Birth date of a valid number (form, date, check digit); ``None`` for anything else."""
    if not _FORM.fullmatch(id_number) or ric.calc_check_digit(id_number) != id_number[-1]:
        return None
    try:
        born: date = ric.get_birth_date(id_number)
    except ValidationError:
        return None
    return born


def issuing_county(id_number: str) -> str | None:
    """The six-digit county of first registration, or ``None`` for an invalid number."""
    return id_number[:6] if birth_date(id_number) else None


def age_on(born: date, day: date) -> int:
    """Whole years on ``day``; somebody born on 29 February turns on 1 March in common years."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))
