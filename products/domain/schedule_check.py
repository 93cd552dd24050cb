"""What a schedule request must fulfil before any arithmetic: bounds that also bound the work."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from products.domain.calendar import FREQUENCIES, MONTH_ENDS
from products.domain.day_count import DAY_COUNTS
from products.money import AMOUNT_MAX, CENT, ROUNDINGS

if TYPE_CHECKING:
    from products.domain.schedule import ScheduleRequest

METHODS = (
    "equal_instalment",
    "equal_principal",
    "interest_only",
    "bullet",
    "quarterly_interest",
    "seasonal",
    "flexible",
)
PERIODS_MAX = 3_660  # ten years of daily payments
EVERY_MAX = 3_660
RATE_MAX = Decimal(10)  # 1000 % a year
MULTIPLE_MAX = Decimal(1_000_000)
WEIGHT_MAX = 1_000_000  # of one month in an income calendar
YEAR_MIN = 1900


class InvalidSchedule(ValueError):
    """A request no schedule can be built from; ``field`` names the culprit."""

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(f"{field}: {problem}")
        self.field = field


def check(request: "ScheduleRequest") -> None:
    """Raise ``InvalidSchedule`` for the first field out of bounds or of a wrong type."""
    _amount("principal", request.principal, AMOUNT_MAX)
    _amount("instalment_multiple", request.instalment_multiple, MULTIPLE_MAX)
    _rate(request.annual_rate)
    _whole("periods", request.periods, PERIODS_MAX)
    _whole("every", request.every, EVERY_MAX)
    if type(request.start) is not date:
        raise InvalidSchedule("start", "must be a date")
    if request.start.year < YEAR_MIN:
        raise InvalidSchedule("start", f"must not be before the year {YEAR_MIN}")
    _one_of("method", request.method, METHODS)
    _one_of("frequency", request.frequency, FREQUENCIES)
    _one_of("day_count", request.day_count, DAY_COUNTS)
    _one_of("rounding", request.rounding, tuple(ROUNDINGS))
    _one_of("month_end", request.month_end, MONTH_ENDS)
    if not isinstance(request.smoothing, bool):
        raise InvalidSchedule("smoothing", "must be true or false")
    _shares(request.seasonal_shares)
    _months(request.method, request.seasonal_months, request.seasonal_shares)


def _amount(field: str, amount: object, highest: Decimal) -> None:
    if not isinstance(amount, Decimal) or not amount.is_finite():
        raise InvalidSchedule(field, "must be a decimal amount")
    if not CENT <= amount <= highest:
        raise InvalidSchedule(field, f"must be from {CENT} to {highest}")
    exponent = amount.as_tuple().exponent
    if isinstance(exponent, int) and exponent < -2 and amount != amount.quantize(CENT):
        raise InvalidSchedule(field, "must be whole cents")


def _rate(rate: object) -> None:
    if not isinstance(rate, Decimal) or not rate.is_finite():
        raise InvalidSchedule("annual_rate", "must be a decimal fraction")
    if not 0 <= rate <= RATE_MAX:
        raise InvalidSchedule("annual_rate", f"must be from 0 to {RATE_MAX}")


def _whole(field: str, number: object, highest: int) -> None:
    if type(number) is not int:
        raise InvalidSchedule(field, "must be a whole number")
    if not 1 <= number <= highest:
        raise InvalidSchedule(field, f"must be from 1 to {highest}")


def _one_of(field: str, value: object, allowed: tuple[str, ...]) -> None:
    if not isinstance(value, str) or value not in allowed:
        raise InvalidSchedule(field, f"must be one of {', '.join(allowed)}")


def _shares(shares: object) -> None:
    if shares is None:
        return
    sound = isinstance(shares, Mapping) and all(
        type(month) is int and 1 <= month <= 12 and type(weight) is int and 0 <= weight <= WEIGHT_MAX
        for month, weight in shares.items()
    )
    if not sound:
        raise InvalidSchedule("seasonal_shares", "must give calendar months (1 to 12) a weight")
    if not any(shares.values()):  # type: ignore[attr-defined]
        raise InvalidSchedule("seasonal_shares", "must give some month a weight")


def _months(method: str, months: object, shares: Mapping[int, int] | None) -> None:
    if months is None:
        if method == "seasonal" and shares is None:
            raise InvalidSchedule("seasonal_months", "is required for a seasonal plan")
        return
    sound = isinstance(months, tuple) and all(
        type(month) is int and 1 <= month <= 12 for month in months
    )
    if not sound or (method == "seasonal" and not months):
        raise InvalidSchedule("seasonal_months", "must be calendar months, 1 to 12")
    if shares is not None and not all(shares.get(month) for month in months):  # type: ignore[attr-defined]
        raise InvalidSchedule("seasonal_shares", "gives one of these months no weight")
