"""Every product for the same ten people, as tables: that layers make truly different products.

Reads published products and strategies of one day; the same data give the same text.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from products import selectors as product_selectors
from products.domain.terms import SUB_PRODUCT, ResolvedTerms
from risk.domain.sample_customers import SampleCustomer
from risk.domain.what_if import Outcome
from risk.selectors.what_if import lineage, sample_customers, sample_outcomes

_NAMES = frozenset({"name_zh", "name_en"})
_METHODS: Mapping[str, str] = {
    "equal_instalment": "equal instalments",
    "equal_principal": "equal principal",
    "interest_only": "interest monthly",
    "bullet": "all at the end",
    "quarterly_interest": "interest quarterly",
    "seasonal": "after the harvest",
    "flexible": "borrow and repay at will",
}
_OUTCOMES: Mapping[str, str] = {"approve": "approved", "refer": "to a person", "decline": "declined"}


@dataclass(frozen=True)
class Sold:
    """A product on sale with what each sample customer would get, in the samples' order."""

    resolved: ResolvedTerms
    kind: str
    outcomes: tuple[Outcome, ...]

    @property
    def code(self) -> str:
        return self.resolved.terms.product_code

    @property
    def name(self) -> str:
        return f"{self.resolved.terms.name_zh} ({self.code})"


@dataclass(frozen=True)
class Table:
    """``rows`` are as wide as ``head``; ``title`` of level 2 or 3; ``text`` stands above."""

    title: str
    text: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    level: int = 2


def sold_products(on: date) -> list[Sold]:
    """Everything published on ``on``, campaigns too, in the shop's order.

    Raises ``MissingParameter`` or ``NoPublishedStrategy`` when the bank is not set up to decide.
    """
    found = []
    for code in product_selectors.product_names():
        try:
            version = product_selectors.current_version(code, on)
        except product_selectors.NoVersion:
            continue
        resolved = product_selectors.resolved_terms(version.pk)
        outcomes = tuple(sample_outcomes(terms=resolved.terms, on=on))
        found.append(Sold(resolved, version.product.kind, outcomes))
    return found


def tables(on: date) -> list[Table]:
    """One person in the sub-products, what each layer changed, then everybody in every product."""
    sold = sold_products(on)
    subs = [one for one in sold if one.kind == SUB_PRODUCT]
    shown = [_everybody(one) for one in sold]
    if not subs:
        return shown
    person = widest(subs)
    return [_one_person(person, subs), *_layers(sold), *shown]


def widest(sold: Iterable[Sold]) -> int:
    """The sample customer most of these products would lend to; the first of equals."""
    counts = [
        sum(outcome.is_approved for outcome in column)
        for column in zip(*(one.outcomes for one in sold), strict=True)
    ]
    return counts.index(max(counts))


def changed_fields(one: Sold, sold: Sequence[Sold]) -> list[tuple[str, str, str]]:
    """(field, value above, own value) of what the product's own layer changed, by provenance."""
    codes = lineage(one.resolved)
    above = next((other for other in sold if other.code in codes[1:2]), None)
    inherited = above.resolved.terms.as_dict() if above else {}
    own = [
        (part.field, part.as_dict()["value"])
        for part in one.resolved.provenance
        if part.product_code == one.code and part.field not in _NAMES
    ]
    return [
        (field, _written(inherited.get(field)), _written(value))
        for field, value in own
        if value != inherited.get(field)
    ]


def _one_person(index: int, subs: Sequence[Sold]) -> Table:
    sample = sample_customers()[index]
    outcomes = [one.outcomes[index] for one in subs]
    lines = {
        "outcome": _outcome,
        "amount": _amount,
        "contract rate": lambda outcome: _percent(outcome.annual_rate),
        "true annual rate": lambda outcome: _percent(outcome.apr),
        "first way to repay": _way,
        "all ways": _ways,
        "where the rate comes from": _price,
        "reasons": _reasons,
    }
    rows = [[name, *(line(outcome) for outcome in outcomes)] for name, line in lines.items()]
    return Table(
        f"One person, {len(subs)} sub-products: {_who(sample)}",
        "The same facts, the same day; only the product differs.",
        ["", *(one.name for one in subs)],
        [row for row in rows if any(row[1:])],
    )


def _layers(sold: Sequence[Sold]) -> list[Table]:
    """A table for each product above the base: what its own layer says otherwise."""
    found = []
    for one in sold:
        codes = lineage(one.resolved)
        if len(codes) > 1:
            rows = changed_fields(one, sold)
            title = f"What {one.name} changes of {codes[1]}"
            found.append(Table(title, "", ["field", codes[1], one.code], rows, level=3))
    return found


def _everybody(one: Sold) -> Table:
    rows = [
        [
            _who(sample),
            _outcome(outcome),
            _amount(outcome),
            _percent(outcome.annual_rate),
            _percent(outcome.apr),
            _way(outcome) or _reasons(outcome),
        ]
        for sample, outcome in zip(sample_customers(), one.outcomes, strict=True)
    ]
    head = ["customer", "outcome", "amount (yuan)", "rate", "true annual rate", "term and method"]
    return Table(f"{one.name}, {one.kind.replace('_', '-')}", "", head, rows)


def _who(sample: SampleCustomer) -> str:
    return f"{sample.name_zh}: {sample.name_en[:1].lower()}{sample.name_en[1:]}"


def _outcome(outcome: Outcome) -> str:
    grade = f", grade {outcome.grade}" if outcome.is_approved and outcome.grade else ""
    return _OUTCOMES[outcome.outcome] + grade


def _amount(outcome: Outcome) -> str:
    return f"{outcome.amount_max:,.0f}" if outcome.is_approved else ""


def _percent(rate: Any) -> str:
    return "" if rate is None else f"{rate * 100:.2f}%"


def _way(outcome: Outcome) -> str:
    return _plan(outcome.offers[0]) if outcome.offers else ""


def _ways(outcome: Outcome) -> str:
    return "; ".join(
        f"{_plan(offer)} {Decimal(offer['amount_max']):,.0f}" for offer in outcome.offers
    )


def _plan(offer: Mapping[str, Any]) -> str:
    return f"{offer['term_months']} months, {_METHODS.get(offer['method'], offer['method'])}"


def _price(outcome: Outcome) -> str:
    steps = outcome.offers[0]["provenance"] if outcome.offers else ()
    return "; ".join(
        f"{step['text_en']} → {Decimal(step['rate']) * 100:.2f}%" for step in steps if "rate" in step
    )


def _reasons(outcome: Outcome) -> str:
    return ", ".join(reason["code"] for reason in outcome.reasons) if not outcome.offers else ""


def _written(value: Any) -> str:
    """A term as a reader takes it: lists and bands in one line."""
    if isinstance(value, Mapping):
        return " · ".join(f"{key} {part}" for key, part in value.items())
    if isinstance(value, (list, tuple)):
        return ", ".join(_written(part) for part in value) or "–"
    return "–" if value is None else str(value)
