"""One evaluation's working state: typed values, gaps, segments, and the rules that hold."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from products.domain.terms import LoanTerms
from risk.domain.profile import derive, read_facts
from risk.domain.strategy import CompiledStrategy, Rule

Fired = tuple[str, str, str]  # rule code, group, outcome


class Case:
    """One evaluation: the typed values and what has been found so far."""

    def __init__(self, strategy: CompiledStrategy, inputs: Mapping[str, Any]) -> None:
        self.strategy, self.inputs = strategy, inputs
        self.terms = LoanTerms.from_dict(inputs["terms"])
        self.start = date.fromisoformat(inputs["business_date"])
        self.known, self.gaps = read_facts(inputs["facts"], strategy.defaults)
        derive(self.known, business_date=self.start, income=strategy.income)
        self.segments = self._segments()
        self.term_values = term_values(self.terms)

    def _segments(self) -> list[str]:
        """All segments that certainly apply; the first is the one matrices are read by."""
        truths = [
            (segment.code, segment.test(self.known, {})) for segment in self.strategy.segments
        ]
        holding = [code for code, truth in truths if truth]
        first_unsure = next(
            (i for i, (_, truth) in enumerate(truths) if truth is None), len(truths)
        )
        first_true = next((i for i, (_, truth) in enumerate(truths) if truth), len(truths))
        if first_true < first_unsure:
            self.known["segment"] = truths[first_true][0]
        meant_for = set(self.terms.segments)
        if not meant_for or meant_for & set(holding):
            self.known["in_product_segment"] = True
        elif first_unsure == len(truths):
            self.known["in_product_segment"] = False
        return holding

    def run(self, rules: Sequence[Rule]) -> tuple[list[Fired], list[str]]:
        """Rules that hold as (code, group, outcome), and codes of rules that cannot be told."""
        fired, unknown = [], []
        for rule in rules:
            truth = rule.test(self.known, self.term_values)
            if truth:
                fired.append((rule.code, rule.group, rule.then))
            elif truth is None:
                unknown.append(rule.code)
        return fired, unknown


def term_values(terms: LoanTerms) -> dict[str, Any]:
    """The product's terms that rules may compare with: how an overlay tightens admission."""
    return {
        "age_min": terms.age_min,
        "age_max": terms.age_max,
        "counties": terms.counties or None,
        "purposes": terms.purposes,
        "forbidden_purposes": terms.forbidden_purposes,
        "segments": terms.segments,
    }
