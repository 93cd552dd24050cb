"""Three-valued truth of many people at once: two arrays, and what is in neither is unknown."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from risk.domain.columns.whole import UNKNOWN, Column

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Truth:
    """``yes`` and ``no`` never hold together."""

    yes: Mask
    no: Mask

    @property
    def unknown(self) -> Mask:
        return ~(self.yes | self.no)

    def negated(self) -> "Truth":
        return Truth(self.no, self.yes)

    def column(self) -> Column:
        """As a flag's column: 1, 0 or UNKNOWN."""
        return np.where(self.yes, 1, np.where(self.no, 0, UNKNOWN)).astype(np.int64)


def never_known(size: int) -> Truth:
    nobody = np.zeros(size, dtype=np.bool_)
    return Truth(nobody, nobody)


def truth_of(holds: Mask, known: Mask) -> Truth:
    return Truth(holds & known, ~holds & known)


def all_of(parts: Sequence[Truth]) -> Truth:
    yes, no = parts[0].yes, parts[0].no
    for part in parts[1:]:
        yes, no = yes & part.yes, no | part.no
    return Truth(yes, no)


def any_of(parts: Sequence[Truth]) -> Truth:
    yes, no = parts[0].yes, parts[0].no
    for part in parts[1:]:
        yes, no = yes | part.yes, no & part.no
    return Truth(yes, no)
