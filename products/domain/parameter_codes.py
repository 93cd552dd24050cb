"""The dated numbers the platform knows: unit, range and exactness of each. Pure.

Stored values are what programs compute with (rates as yearly fractions); people write and read the
same number in its unit (3.00 % for 0.030000). Their names stand in ``products.parameter_words``.
"""

from dataclasses import dataclass
from decimal import Decimal

PERCENT, YUAN, MONTHS, SECONDS, YEARS = "percent", "yuan", "months", "seconds", "years"
HOUR_OF_DAY, TIMES = "hour_of_day", "times"
_SCALE = {PERCENT: Decimal(100)}


@dataclass(frozen=True)
class ParameterKind:
    """``minimum``, ``maximum`` and ``decimals`` are in the unit people use.

    ``is_required``: the platform cannot work on a day without a value. The range catches slips of
    the hand (a rate typed as a fraction); it is wider than any law.
    """

    unit: str
    minimum: Decimal
    maximum: Decimal
    decimals: int
    is_required: bool = True

    def shown(self, stored: Decimal) -> Decimal:
        """The stored value in the unit people use: 0.030000 → 3.00."""
        value = stored * _SCALE.get(self.unit, 1)
        exact = value.quantize(Decimal(1).scaleb(-self.decimals))
        return exact if exact == value else value.normalize()

    def stored(self, shown: Decimal) -> Decimal:
        """The inverse of ``shown``: 3.00 → 0.030000. Nothing is rounded: ``allows`` judges it."""
        return shown / _SCALE.get(self.unit, 1)

    def allows(self, stored: Decimal) -> bool:
        """Whether the stored value lies in the range and is no more exact than the unit's decimals."""
        if not stored.is_finite():
            return False
        value = stored * _SCALE.get(self.unit, 1)
        return (
            self.minimum <= value <= self.maximum
            and value == value.quantize(Decimal(1).scaleb(-self.decimals))
        )


def _kind(unit: str, low: str, high: str, decimals: int, required: bool = True) -> ParameterKind:
    return ParameterKind(unit, Decimal(low), Decimal(high), decimals, required)


KINDS: dict[str, ParameterKind] = {
    "LPR_1Y": _kind(PERCENT, "0.50", "15", 2),
    "LPR_5Y": _kind(PERCENT, "0.50", "15", 2),
    "TOTAL_COST_CAP": _kind(PERCENT, "4", "36", 2),
    "FEE_RATE_MAX": _kind(PERCENT, "0", "5", 2),
    "PENALTY_UPLIFT_MIN": _kind(PERCENT, "0", "100", 2),
    "PENALTY_UPLIFT_MAX": _kind(PERCENT, "0", "100", 2),
    "PENALTY_MISUSE_MIN": _kind(PERCENT, "0", "200", 2),
    "PENALTY_MISUSE_MAX": _kind(PERCENT, "0", "200", 2),
    "CONSUMPTION_ONLINE_CAP": _kind(YUAN, "1000", "5000000", 2),
    "CONSUMPTION_MONTHS_MAX": _kind(MONTHS, "1", "360", 0),
    "COST_SHEET_READING_SECONDS": _kind(SECONDS, "5", "600", 0),
    "ADULT_AGE": _kind(YEARS, "16", "30", 0),
    "PROVISION_NORMAL": _kind(PERCENT, "0", "100", 2),
    "PROVISION_SPECIAL_MENTION": _kind(PERCENT, "0", "100", 2),
    "PROVISION_SUBSTANDARD": _kind(PERCENT, "0", "100", 2),
    "PROVISION_DOUBTFUL": _kind(PERCENT, "0", "100", 2),
    "PROVISION_LOSS": _kind(PERCENT, "0", "100", 2),
    # about debts; the standard's own numbers hold where a bank has entered none
    "CONTACT_QUIET_FROM_HOUR": _kind(HOUR_OF_DAY, "17", "24", 0, required=False),
    "CONTACT_QUIET_UNTIL_HOUR": _kind(HOUR_OF_DAY, "6", "12", 0, required=False),
    "CONTACTS_PER_DAY_MAX": _kind(TIMES, "1", "5", 0, required=False),
}

#: A floor and its ceiling: on no day may the first lie above the second.
BANDS: tuple[tuple[str, str], ...] = (
    ("PENALTY_UPLIFT_MIN", "PENALTY_UPLIFT_MAX"),
    ("PENALTY_MISUSE_MIN", "PENALTY_MISUSE_MAX"),
)

REQUIRED: tuple[str, ...] = tuple(code for code, kind in KINDS.items() if kind.is_required)
