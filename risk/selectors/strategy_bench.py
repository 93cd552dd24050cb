"""The test bench: one person decided under a definition that need not be stored, with what decided.

Read-only: nothing is written, and a stored decision's inputs are copied before a value is changed.
"""

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from products.domain.terms import LoanTerms
from products.selectors.versions import published_products
from risk.domain.decide import evaluate
from risk.domain.features import FEATURES
from risk.domain.sample_customers import purpose_for, sample_inputs
from risk.domain.strategy import CompiledStrategy, InvalidStrategy, read_strategy
from risk.models import DecisionRecord
from risk.selectors.decisions import NoDecision
from risk.selectors.what_if import sample_customers, side


@dataclass(frozen=True)
class Person:
    """Whose inputs: a sample's or those of a stored decision. ``said`` is feature → value."""

    inputs: Mapping[str, Any]

    @property
    def said(self) -> dict[str, Any]:
        return {
            name: fact.get("value") for name, fact in self.inputs["facts"].items() if name in FEATURES
        }

    def with_values(self, changed: Mapping[str, Any], requested: str | None = None) -> "Person":
        """The same person with some answers replaced."""
        inputs = copy.deepcopy(dict(self.inputs))
        for name, value in changed.items():
            fact = inputs["facts"].get(name) or {"source": FEATURES[name].source, "at": inputs["as_of"]}
            inputs["facts"][name] = {**fact, "value": value, "state": "answered"}
        if requested is not None:
            inputs["requested_amount"] = requested
        return Person(inputs)


def products_for(strategy_code: str, on: date) -> list[tuple[str, str, str, LoanTerms]]:
    """(code, Chinese, English, terms) of products on sale, those this strategy decides about first."""
    sold = [
        (terms.terms.product_code, terms.terms.name_zh, terms.terms.name_en, terms.terms)
        for _, terms in published_products(on)
    ]
    return sorted(sold, key=lambda row: (row[3].strategy_code or "default") != strategy_code)


def samples() -> list[tuple[str, str, str]]:
    """(code, Chinese, English) of the sample customers."""
    return [(one.code, one.name_zh, one.name_en) for one in sample_customers()]


def sample_person(code: str, terms: LoanTerms, on: date) -> Person:
    """A sample customer asking for this product on this day; an unknown code is the first one.

    Raises ``products.selectors.MissingParameter`` for a day without an LPR.
    """
    people = sample_customers()
    one = next((person for person in people if person.code == code), people[0])
    here, purpose = side(terms, on), purpose_for(one, terms)
    return Person(
        sample_inputs(
            one, terms=terms, lpr=here.lpr, business_date=on, purpose=purpose, extra={},
            regulatory_cap=here.cap_for(purpose),
        )
    )


def past_person(decision_id: UUID) -> Person:
    """The inputs of a stored decision; raises ``NoDecision``. The caller checks who may see it."""
    record = DecisionRecord.objects.filter(pk=decision_id).only("inputs").first()
    if record is None:
        raise NoDecision(str(decision_id))
    return Person(record.inputs)


def compiled(definition: Mapping[str, Any]) -> CompiledStrategy | None:
    """``None`` while the definition is not in order."""
    try:
        return read_strategy(definition)
    except InvalidStrategy:
        return None


def decided(definition: Mapping[str, Any], person: Person) -> dict[str, Any] | None:
    """The result of ``evaluate`` with its trace; ``None`` while the definition is not in order."""
    strategy = compiled(definition)
    return None if strategy is None else evaluate(strategy, person.inputs)
