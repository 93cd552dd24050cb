"""LPR + spread → floor and cap, every step kept so that a price can say where it comes from. Pure.

Rates are yearly fractions with six decimals (0.072000 = 7.2 %), rounded half up.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from products.domain.terms import LoanTerms

RATE_STEP = Decimal("0.000001")
_BASIS_POINT = Decimal("0.0001")


class UnknownGrade(ValueError):
    """The product has no spread for this grade: no price, so no offer."""


class InvalidLpr(ValueError):
    """The LPR is not a yearly fraction such as 0.030000."""


@dataclass(frozen=True)
class Price:
    """``annual_rate`` with six decimals. ``steps``: one entry a step with its name ``step``,
    ``text_zh``, ``text_en``, ``value`` (a rate, or basis points as "280 bp") and the ``rate`` after
    it."""

    annual_rate: Decimal
    steps: tuple[Mapping[str, str], ...]


def price(terms: LoanTerms, grade: str, lpr: Decimal) -> Price:
    """The yearly rate for ``grade``: LPR plus the product's spread, held between floor and cap.

    Raises ``UnknownGrade`` when the product does not price the grade, ``InvalidLpr`` for an LPR
    that is no plain fraction.
    """
    if not lpr.is_finite() or not 0 <= lpr < 1:
        raise InvalidLpr(str(lpr))
    if grade not in terms.spread_bp_by_grade:
        raise UnknownGrade(grade)
    spread_bp = terms.spread_bp_by_grade[grade]
    rate = _rounded(lpr)
    tenor = terms.lpr_tenor
    steps = [_step(f"LPR {tenor}", f"{tenor} 期 LPR", f"LPR {tenor}", str(rate), rate)]
    rate = _rounded(lpr + spread_bp * _BASIS_POINT)
    steps.append(
        _step(
            f"spread grade {grade}",
            f"{terms.name_zh} {grade} 级加 {spread_bp} 个基点",
            f"{terms.name_en}, grade {grade}: {spread_bp:+d} basis points",
            f"{spread_bp} bp",
            rate,
        )
    )
    if rate < terms.rate_floor:
        rate = _rounded(terms.rate_floor)
        steps.append(_step("floor", "产品最低利率", "lowest rate of the product", str(rate), rate))
    if rate > terms.rate_cap:
        rate = _rounded(terms.rate_cap)
        steps.append(_step("cap", "产品最高利率", "highest rate of the product", str(rate), rate))
    return Price(annual_rate=rate, steps=tuple(steps))


def rate_band(terms: LoanTerms, lpr: Decimal) -> tuple[Decimal, Decimal]:
    """The lowest and highest rate the product can cost today, over its grades."""
    rates = [price(terms, grade, lpr).annual_rate for grade in terms.spread_bp_by_grade]
    return min(rates), max(rates)


def _rounded(rate: Decimal) -> Decimal:
    return rate.quantize(RATE_STEP, rounding=ROUND_HALF_UP)


def _step(step: str, text_zh: str, text_en: str, value: str, rate: Decimal) -> dict[str, str]:
    return {
        "step": step, "text_zh": text_zh, "text_en": text_en, "value": value, "rate": str(rate)
    }
