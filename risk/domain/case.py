"""One evaluation's working state: typed values, gaps, segments, and the rules that hold."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from products.domain.coupons import Coupon, CouponFacts, applicable
from products.domain.income_calendar import IncomeCalendar
from products.domain.term_fields import ID_CARD
from products.domain.terms import LoanTerms
from risk.domain.profile import derive, read_facts
from risk.domain.stages import Desk, Fired, wished
from risk.domain.strategy import CompiledStrategy, Rule

LIST_KINDS = ("white", "grey", "black")


class Case:
    """One evaluation: the typed values and what has been found so far."""

    def __init__(self, strategy: CompiledStrategy, inputs: Mapping[str, Any]) -> None:
        self.strategy, self.inputs = strategy, inputs
        self.terms = LoanTerms.from_dict(inputs["terms"])
        self.start = date.fromisoformat(inputs["business_date"])
        self.known, self.gaps = read_facts(inputs["facts"], strategy.defaults)
        derive(self.known, business_date=self.start, income=strategy.income)
        self.known["documents_needed"] = bool(set(self.terms.documents) - {ID_CARD})
        self.white_lists = self._read_lists()
        self.formulas = self._compute_formulas()
        self.tier = best_tier(inputs.get("lists") or [], self.terms)
        self.segments = self._segments()
        self.term_values = term_values(self.terms)
        self.table_trace: list[dict[str, Any]] = []

    def _compute_formulas(self) -> dict[str, Any]:
        """The value of each formula (``None`` = unknown); those known join ``known``."""
        values = {}
        for formula in self.strategy.formulas:
            values[formula.name] = value = formula.value(self.known)
            if value is not None:
                self.known[formula.name] = value
        return values

    def desk(self, **decided: Any) -> Desk:
        """The strategy's tables over all that is known and what is ``decided`` so far."""
        wish = wished(self.inputs.get("requested_amount"))
        known = {**self.known, "requested_amount": wish, **decided}
        return Desk(self.strategy.tables, known, self.table_trace)

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
        meant = self._meant_for(holding, sure=first_unsure == len(truths))
        if meant is not None:
            self.known["in_product_segment"] = meant
        return holding

    def _meant_for(self, holding: Sequence[str], *, sure: bool) -> bool | None:
        """Whether the product is for this person: every group it names must let them in.

        ``None`` while something that matters is unknown.
        """
        terms, known = self.terms, self.known
        truths = (
            _within(terms.segments, holding, sure=sure),
            _within(terms.white_lists, self.white_lists, sure=self.white_lists is not None),
            _within(terms.industries, [known.get("industry")], sure="industry" in known),
            _within(terms.employers, [known.get("employer")], sure="employer" in known),
        )
        if False in truths:
            return False
        return None if None in truths else True

    def _read_lists(self) -> frozenset[str] | None:
        """Codes of the white lists that name the person; the flags of the others go to ``known``.

        Inputs without ``lists`` were made before lists were looked at: nothing is known of them.
        """
        hits = self.inputs.get("lists")
        if not isinstance(hits, list):
            return None
        codes = {kind: {row["list"] for row in hits if row["kind"] == kind} for kind in LIST_KINDS}
        self.known["on_black_list"] = bool(codes["black"])
        self.known["on_grey_list"] = bool(codes["grey"])
        every = codes["black"] | codes["grey"] | codes["white"]
        self.known["on_excluded_list"] = bool(every & set(self.terms.excluded_lists))
        return frozenset(codes["white"])

    def income_months(self) -> tuple[tuple[int, ...], Mapping[int, int] | None]:
        """When the person's crop or herd brings money: the county's calendar, else the strategy's."""
        written = self.inputs.get("calendar")
        if written is not None:
            calendar = IncomeCalendar.from_dict(written)
            return calendar.months, calendar.shares
        return self.strategy.seasons.get(self.known.get("land_crop", ""), ()), None

    def coupons(self) -> tuple[Coupon, ...]:
        """The coupons of the inputs that hold on the day and whose scope this person is in."""
        hits = self.inputs.get("lists") or []
        facts = CouponFacts(
            product_path=tuple(self.inputs.get("product_path") or (self.terms.product_code,)),
            purpose=str(self.known.get("purpose", "")),
            tiers=frozenset({self.tier} - {""}),
            lists=frozenset(row["list"] for row in hits if row["kind"] == "white"),
            segments=frozenset(self.segments),
        )
        given = map(Coupon.from_dict, self.inputs.get("coupons") or ())
        alive = [one for one in given if one.valid_from <= self.start < one.valid_to]
        return applicable(alive, facts)

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

    def run_all(self) -> tuple[list[Fired], list[str]]:
        """Rules and admission tables together, as ``run``."""
        fired, unknown = self.run(self.strategy.rules)
        more, untold = self.desk().admission()
        return [*fired, *(one for one in more if one not in fired)], [*unknown, *untold]


def best_tier(hits: Sequence[Mapping[str, str]], terms: LoanTerms) -> str:
    """The tier that serves the person best of those their lists give and the product knows."""
    given = {row["tier"] for row in hits if row["kind"] == "white" and row["tier"]}
    rows = terms.tiers
    known = sorted(given & set(rows))
    return min(
        known, key=lambda t: (rows[t]["spread_bp"], -rows[t]["limit_percent"], t), default=""
    )


def _within(asked: Sequence[str], given: Any, *, sure: bool) -> bool | None:
    """Whether one of ``given`` is asked for; asking for nothing lets everybody in."""
    if not asked or set(asked) & set(given or ()):
        return True
    return False if sure else None


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
