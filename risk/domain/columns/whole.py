"""Whole numbers in columns: what is unknown, and years between days."""

import numpy as np
from numpy.typing import NDArray

Column = NDArray[np.int64]
#: Stands in a column where nothing is known; no value is ever written as this number.
UNKNOWN = int(np.iinfo(np.int64).min)
#: ``date.toordinal()`` of 1970-01-01, where numpy's days begin.
_EPOCH = 719_163


def known_in(*columns: Column) -> NDArray[np.bool_]:
    """Where every one of the columns is known."""
    known: NDArray[np.bool_] = columns[0] != UNKNOWN
    for column in columns[1:]:
        known = known & (column != UNKNOWN)
    return known


def years_between(born: Column, day: Column) -> Column:
    """Whole years from one day to another, as ``citizen.age_on`` counts them; 0 where unknown."""
    known = known_in(born, day)
    born_year, born_of_year = _split(np.where(known, born, _EPOCH))
    year, of_year = _split(np.where(known, day, _EPOCH))
    years: Column = year - born_year - (of_year < born_of_year)
    return years


def _split(days: Column) -> tuple[Column, Column]:
    """The year, and month × 32 + day of the month."""
    dates = (days - _EPOCH).astype("datetime64[D]")
    months = dates.astype("datetime64[M]")
    day = (dates - months).astype(np.int64)
    month = months.astype(np.int64)
    return month // 12, month % 12 * 32 + day
