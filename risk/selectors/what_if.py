"""Other terms for the same people, read-only: the ten samples, and what a version is compared with.

Both sides are priced at the same day's LPR and weighed by the same rules; only terms differ.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from products import selectors as product_selectors
from products.domain.law import CONSUMPTION_PURPOSES
from products.domain.terms import BASE, CAMPAIGN, SUB_PRODUCT, LoanTerms, ResolvedTerms
from risk.domain.decide import evaluate
from risk.domain.sample_customers import (
    SampleCustomer,
    purpose_for,
    read_samples,
    sample_inputs,
)
from risk.domain.strategy import CompiledStrategy
from risk.domain.what_if import Difference, Outcome, compare, read_outcome
from risk.strategies import compiled_version, published_version

_SAMPLES = Path(__file__).resolve().parents[1] / "seeds" / "sample_customers.json"
_CONSUMPTION_CAP = "CONSUMPTION_ONLINE_CAP"


class NothingToCompare(LookupError):
    """Neither the product nor one above it has another published version on this day."""


@dataclass(frozen=True)
class Side:
    """One side of a comparison: terms with the LPR and the law's cap of one day."""

    terms: LoanTerms
    lpr: Decimal
    consumption_cap: Decimal

    def cap_for(self, purpose: str) -> Decimal | None:
        """The cap a decision under these terms is held to, as ``risk.services`` finds it."""
        is_consumption = self.terms.purpose_class == "CONSUMPTION"
        return self.consumption_cap if is_consumption or purpose in CONSUMPTION_PURPOSES else None

    def outcome_of(self, strategy: CompiledStrategy, inputs: Mapping[str, Any]) -> Outcome:
        """``inputs`` of a stored decision, decided again: own facts, own day, these terms."""
        purpose = inputs["facts"]["purpose"]["value"] or ""
        cap = self.cap_for(purpose)
        changed = {
            "terms": self.terms.as_dict(),
            "lpr": str(self.lpr),
            "regulatory_cap": None if cap is None else str(cap),
        }
        return read_outcome(evaluate(strategy, {**inputs, **changed}))


@dataclass(frozen=True)
class SampleRow:
    """One sample customer and what changes for them."""

    code: str
    name_zh: str
    name_en: str
    difference: Difference


def side(terms: LoanTerms, on: date) -> Side:
    """Raises ``products.selectors.MissingParameter`` when the day has no LPR or no cap."""
    lpr = f"LPR_{terms.lpr_tenor}"
    held = product_selectors.parameters((lpr, _CONSUMPTION_CAP), on)
    return Side(terms, held[lpr], held[_CONSUMPTION_CAP])


@lru_cache(maxsize=1)
def sample_customers() -> tuple[SampleCustomer, ...]:
    """The ten, in their fixed order."""
    return read_samples(json.loads(_SAMPLES.read_text(encoding="utf-8")))


def samples(
    *, before: LoanTerms | None, after: LoanTerms, on: date, extra: Mapping[str, Any] | None = None
) -> list[SampleRow]:
    """What each sample customer would be offered on ``on`` under both terms; ``before`` ``None`` =
    nothing was sold. ``extra`` are more keys for the inputs of both sides.

    Raises ``MissingParameter``, or ``NoPublishedStrategy`` for terms whose strategy is not there.
    """
    afters = sample_outcomes(terms=after, on=on, extra=extra)
    befores: list[Outcome | None] = [None] * len(afters)
    if before is not None:
        befores = list(sample_outcomes(terms=before, on=on, extra=extra))
    return [
        SampleRow(sample.code, sample.name_zh, sample.name_en, compare(was, now))
        for sample, was, now in zip(sample_customers(), befores, afters, strict=True)
    ]


def sample_outcomes(
    *, terms: LoanTerms, on: date, extra: Mapping[str, Any] | None = None
) -> list[Outcome]:
    """One outcome per sample customer, in their order, under the strategy these terms name."""
    here = side(terms, on)
    strategy = compiled_version(published_version(terms.strategy_code or "default", on).pk)
    return [_sample_outcome(sample, here, strategy, on, extra or {}) for sample in sample_customers()]


def _sample_outcome(
    sample: SampleCustomer,
    here: Side,
    strategy: CompiledStrategy,
    on: date,
    extra: Mapping[str, Any],
) -> Outcome:
    purpose = purpose_for(sample, here.terms)
    inputs = sample_inputs(
        sample,
        terms=here.terms,
        lpr=here.lpr,
        business_date=on,
        purpose=purpose,
        extra=extra,
        regulatory_cap=here.cap_for(purpose),
    )
    return read_outcome(evaluate(strategy, inputs))


def lineage(resolved: ResolvedTerms) -> list[str]:
    """Product codes the terms are made of: the product's own first, the base last."""
    codes = {one.layer: one.product_code for one in resolved.provenance}
    own = resolved.terms.product_code
    above = (codes[layer] for layer in (CAMPAIGN, SUB_PRODUCT, BASE) if layer in codes)
    return [own, *(code for code in above if code != own)]


def version_before(version_id: int, on: date) -> int:
    """What a version is compared with: the product's version in force on ``on``, else that of the
    nearest product above it. Raises ``NothingToCompare``, ``NoVersion`` for an unknown id.
    """
    for code in lineage(product_selectors.resolved_terms(version_id)):
        try:
            standing: int = product_selectors.current_version(code, on).pk
        except product_selectors.NoVersion:
            continue
        if standing == version_id:
            break  # in force itself: there is nothing it would change
        return standing
    raise NothingToCompare(str(version_id))
