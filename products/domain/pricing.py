"""LPR + spread, layer by layer → tier → floor and cap → coupon: every step kept, so that a price can
say where it comes from. Pure.

Rates are yearly fractions with six decimals (0.072000 = 7.2 %), rounded half up.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from products.domain.terms import LoanTerms

RATE_STEP = Decimal("0.000001")
_BASIS_POINT = Decimal("0.0001")
TIER_NAMES: Mapping[str, tuple[str, str]] = {
    "in_good_standing": ("在贷优良客户", "loan in good standing"),
    "settled": ("已结清客户", "past loan settled"),
    "mortgage": ("按揭客户", "mortgage customer"),
    "large_depositor": ("大额存款客户", "large depositor"),
    "enterprise_owner": ("优质企业主", "owner of a sound business"),
    "civil_servant": ("公务员", "civil servant"),
    "teacher": ("教师", "teacher"),
    "doctor": ("医生", "doctor"),
}


class UnknownGrade(ValueError):
    """The product has no spread for this grade: no price, so no offer."""


class InvalidLpr(ValueError):
    """The LPR is not a yearly fraction such as 0.030000."""


@dataclass(frozen=True)
class Price:
    """``annual_rate`` with six decimals. ``steps``: one entry a step with its name ``step``,
    ``text_zh``, ``text_en``, ``value`` (a rate, or basis points as "280 bp") and the ``rate`` after
    it; a layer's step also names its ``product``, ``version``, ``since`` and product names."""

    annual_rate: Decimal
    steps: tuple[Mapping[str, str], ...]


@dataclass(frozen=True, slots=True)
class Adjustment:
    """What a strategy's price table adds to the spread (basis points, negative takes off), with the
    table's names; ``step`` names table and row in the provenance."""

    step: str
    spread_bp: int
    zh: str
    en: str


def price(
    terms: LoanTerms,
    grade: str,
    lpr: Decimal,
    *,
    tier: str = "",
    adjustments: Sequence[Adjustment] = (),
) -> Price:
    """The yearly rate for ``grade``: LPR plus each layer's part of the spread, moved by the list's
    ``tier`` and by ``adjustments``, held between floor and cap.

    Raises ``UnknownGrade`` when the product does not price the grade, ``InvalidLpr`` for an LPR
    that is no plain fraction. A tier the product does not know moves nothing.
    """
    if not lpr.is_finite() or not 0 <= lpr < 1:
        raise InvalidLpr(str(lpr))
    if grade not in terms.spread_bp_by_grade:
        raise UnknownGrade(grade)
    tenor, rate = terms.lpr_tenor, _rounded(lpr)
    steps = [step(f"LPR {tenor}", f"{tenor} 期 LPR", f"LPR {tenor}", str(rate), rate)]
    spread_bp = 0
    moves = (*_layer_steps(terms, grade), *_tier_steps(terms, tier), *map(_adjusted, adjustments))
    for added_bp, words in moves:
        spread_bp += added_bp
        rate = _rounded(lpr + spread_bp * _BASIS_POINT)
        steps.append({**words, "value": f"{added_bp} bp", "rate": str(rate)})
    if rate < terms.rate_floor:
        rate = _rounded(terms.rate_floor)
        steps.append(step("floor", "产品最低利率", "lowest rate of the product", str(rate), rate))
    if rate > terms.rate_cap:
        rate = _rounded(terms.rate_cap)
        steps.append(step("cap", "产品最高利率", "highest rate of the product", str(rate), rate))
    return Price(annual_rate=rate, steps=tuple(steps))


def rate_band(terms: LoanTerms, lpr: Decimal) -> tuple[Decimal, Decimal]:
    """The lowest and highest rate anybody can be asked for, over the grades.

    What a list's tier or a coupon takes off is not for everybody, so it is never advertised.
    """
    rates = [price(terms, grade, lpr).annual_rate for grade in terms.spread_bp_by_grade]
    return min(rates), max(rates)


def step(name: str, text_zh: str, text_en: str, value: str, rate: Decimal) -> dict[str, str]:
    """One entry of a price's provenance, as offers and contracts keep it."""
    return {
        "step": name, "text_zh": text_zh, "text_en": text_en, "value": value, "rate": str(rate)
    }


def _layer_steps(terms: LoanTerms, grade: str) -> Iterator[tuple[int, dict[str, str]]]:
    """The base's spread, then what each layer below adds or takes off; a layer that leaves it is
    passed over."""
    if not terms.price_layers:  # a copy frozen before layers were kept
        bp = terms.spread_bp_by_grade[grade]
        yield bp, _words(f"spread grade {grade}", terms.name_zh, terms.name_en, grade, bp)
        return
    before: int | None = None
    for layer in terms.price_layers:
        if grade not in layer.spread_bp_by_grade:
            continue
        bp = layer.spread_bp_by_grade[grade]
        added = bp if before is None else bp - before
        if added or before is None:
            name = f"spread {layer.product_code} grade {grade}"
            words = _words(name, layer.name_zh, layer.name_en, grade, added)
            yield added, {
                **words, "product": layer.product_code, "version": str(layer.version),
                "since": layer.effective_from, "name_zh": layer.name_zh, "name_en": layer.name_en,
            }
        before = bp


def _tier_steps(terms: LoanTerms, tier: str) -> Iterator[tuple[int, dict[str, str]]]:
    row = terms.tiers.get(tier)
    if row is not None and row["spread_bp"]:
        zh, en = TIER_NAMES[tier]
        bp = row["spread_bp"]
        yield bp, {
            "step": f"tier {tier}", "text_zh": f"{zh}{_signed_zh(bp)}",
            "text_en": f"{en}: {bp:+d} basis points",
        }


def _adjusted(one: Adjustment) -> tuple[int, dict[str, str]]:
    bp = one.spread_bp
    return bp, {
        "step": one.step, "text_zh": f"{one.zh}{_signed_zh(bp)}",
        "text_en": f"{one.en}: {bp:+d} basis points",
    }


def _words(name: str, zh: str, en: str, grade: str, bp: int) -> dict[str, str]:
    return {
        "step": name, "text_zh": f"{zh} {grade} 级{_signed_zh(bp)}",
        "text_en": f"{en}, grade {grade}: {bp:+d} basis points",
    }


def _signed_zh(bp: int) -> str:
    return f"{'加' if bp >= 0 else '减'} {abs(bp)} 个基点"


def _rounded(rate: Decimal) -> Decimal:
    return rate.quantize(RATE_STEP, rounding=ROUND_HALF_UP)
