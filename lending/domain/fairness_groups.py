"""The groups the fairness page compares, from an ID number and a place. Pure.

Called by the nightly count only. What it says of a person is added to a count and forgotten.
"""

from datetime import date

DIMENSIONS = ("sex", "age", "county", "place")
UNKNOWN = "unknown"
_BANDS = ((25, "18-24"), (35, "25-34"), (45, "35-44"), (55, "45-54"), (65, "55-64"))
_OLDEST = "65+"


def sex_of(id_number: str) -> str:
    """``female``, ``male`` by the seventeenth digit (odd: male), else ``unknown``."""
    if len(id_number) != 18 or not id_number[:17].isascii() or not id_number[:17].isdigit():
        return UNKNOWN
    return "male" if int(id_number[16]) % 2 else "female"


def age_band(id_number: str, on: date) -> str:
    """``25-34`` and so on; ``unknown`` for a number without a day of birth, ``under 18`` for minors."""
    try:
        born = date(int(id_number[6:10]), int(id_number[10:12]), int(id_number[12:14]))
    except ValueError:
        return UNKNOWN
    age = on.year - born.year - ((on.month, on.day) < (born.month, born.day))
    if age < 18:
        return "under 18"
    return next((name for below, name in _BANDS if age < below), _OLDEST)
