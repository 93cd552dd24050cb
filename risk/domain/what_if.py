"""What other terms would have meant for the same people: outcomes side by side, and their sum.

Pure. Amounts are yuan with two decimals, rates yearly fractions with six. A difference in amount or
rate exists only where both sides approve: against a refusal there is nothing to subtract from.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from statistics import median
from typing import Any

from products.domain.pricing import RATE_STEP
from products.money import CENT, ZERO
from risk.contracts import APPROVE, DECLINE, REFER

SAME, BETTER, WORSE, MIXED = "same", "better", "worse", "mixed"
#: Amount and rate stand; what changed is how or how long the loan may be repaid.
OTHER_PLANS = "other_plans"
NEWLY = {APPROVE: "newly_approved", REFER: "newly_referred", DECLINE: "newly_declined"}
#: Nothing was sold before, so nothing changes: these are the product's first offers.
NEW = "new"
KINDS = (SAME, BETTER, WORSE, MIXED, OTHER_PLANS, *NEWLY.values(), NEW)
_SHARE = Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class Outcome:
    """One decision as a person would read it.

    ``amount_max`` is the most that is offered, 0.00 unless approved; rate, ``apr``, term and method
    are those of the first offer, which people see first, ``None`` or "" without one. ``offers``
    and ``reasons`` are as decisions keep them.
    """

    outcome: str
    amount_max: Decimal = ZERO
    annual_rate: Decimal | None = None
    apr: Decimal | None = None
    term_months: int | None = None
    method: str = ""
    offers: tuple[Mapping[str, Any], ...] = ()
    grade: str | None = None
    reasons: tuple[Mapping[str, str], ...] = ()

    @property
    def is_approved(self) -> bool:
        return self.outcome == APPROVE


@dataclass(frozen=True, slots=True)
class Difference:
    """``before`` is ``None`` when nothing was sold before; see ``KINDS`` for ``kind``."""

    before: Outcome | None
    after: Outcome
    kind: str
    amount_delta: Decimal | None = None
    rate_delta: Decimal | None = None


def read_outcome(result: Mapping[str, Any]) -> Outcome:
    """The outcome out of a result of ``decide.evaluate``."""
    offers = tuple(result["offers"])
    shared = {
        "outcome": result["outcome"],
        "grade": result["grade"],
        "reasons": tuple(result["reasons"]),
    }
    if not offers:
        return Outcome(**shared)
    first = offers[0]
    return Outcome(
        **shared,
        amount_max=max(Decimal(offer["amount_max"]) for offer in offers),
        annual_rate=Decimal(first["annual_rate"]),
        apr=Decimal(first["apr"]),
        term_months=first["term_months"],
        method=first["method"],
        offers=offers,
    )


def compare(before: Outcome | None, after: Outcome) -> Difference:
    """What changes for one person."""
    if before is None:
        return Difference(None, after, NEW)
    if before.outcome != after.outcome:
        return Difference(before, after, NEWLY[after.outcome])
    if before.annual_rate is None or after.annual_rate is None:
        return Difference(before, after, SAME)
    amount = after.amount_max - before.amount_max
    rate = after.annual_rate - before.annual_rate
    return Difference(before, after, _kind(before, after, amount, rate), amount, rate)


def _kind(before: Outcome, after: Outcome, amount: Decimal, rate: Decimal) -> str:
    gains = (amount > 0) + (rate < 0)
    losses = (amount < 0) + (rate > 0)
    if gains and losses:
        return MIXED
    if gains or losses:
        return BETTER if gains else WORSE
    return SAME if _plans(before) == _plans(after) else OTHER_PLANS


def _plans(outcome: Outcome) -> list[tuple[Any, ...]]:
    return [
        (offer["method"], offer["term_months"], offer["amount_max"]) for offer in outcome.offers
    ]


@dataclass
class Tally:
    """Differences added up, in a form that can be put aside and taken up again (``as_dict``).

    ``amounts`` and ``rates`` count the non-zero deltas by value, which keeps the median exact.
    """

    kinds: Counter[str] = field(default_factory=Counter)
    moves: Counter[str] = field(default_factory=Counter)
    amounts: Counter[Decimal] = field(default_factory=Counter)
    rates: Counter[Decimal] = field(default_factory=Counter)
    offered_before: Decimal = ZERO
    offered_after: Decimal = ZERO

    def add(self, difference: Difference) -> None:
        before, after = difference.before, difference.after
        self.kinds[difference.kind] += 1
        self.moves[f"{before.outcome if before else ''}>{after.outcome}"] += 1
        self.offered_before += before.amount_max if before else ZERO
        self.offered_after += after.amount_max
        if difference.amount_delta:
            self.amounts[difference.amount_delta] += 1
        if difference.rate_delta:
            self.rates[difference.rate_delta] += 1

    def as_dict(self) -> dict[str, Any]:
        """JSON-safe; ``from_dict`` reads it back."""
        return {
            "kinds": dict(self.kinds),
            "moves": dict(self.moves),
            "amounts": {str(value): n for value, n in self.amounts.items()},
            "rates": {str(value): n for value, n in self.rates.items()},
            "offered_before": str(self.offered_before),
            "offered_after": str(self.offered_after),
        }

    @classmethod
    def from_dict(cls, written: Mapping[str, Any]) -> "Tally":
        """An empty mapping is an empty tally."""
        return cls(
            kinds=Counter(written.get("kinds", {})),
            moves=Counter(written.get("moves", {})),
            amounts=Counter({Decimal(k): n for k, n in written.get("amounts", {}).items()}),
            rates=Counter({Decimal(k): n for k, n in written.get("rates", {}).items()}),
            offered_before=Decimal(written.get("offered_before", ZERO)),
            offered_after=Decimal(written.get("offered_after", ZERO)),
        )

    def summary(self) -> dict[str, Any]:
        """JSON-safe sum: see ``summary``."""
        count = self.kinds.total()
        before = sum(n for move, n in self.moves.items() if move.startswith(f"{APPROVE}>"))
        after = sum(n for move, n in self.moves.items() if move.endswith(f">{APPROVE}"))
        return {
            "count": count,
            "changed": count - self.kinds[SAME],
            "kinds": {kind: self.kinds[kind] for kind in KINDS if self.kinds[kind]},
            "moves": [[*move.split(">"), n] for move, n in sorted(self.moves.items())],
            "amount": _spread(self.amounts, CENT),
            "rate": _spread(self.rates, RATE_STEP),
            "approved_before": before,
            "approved_after": after,
            "approval_rate_before": _share(before, count),
            "approval_rate_after": _share(after, count),
            "offered_before": str(self.offered_before),
            "offered_after": str(self.offered_after),
        }


def summary(differences: Iterable[Difference]) -> dict[str, Any]:
    """Counts by ``kinds`` and by outcome ``moves`` ([before, after, n]); approvals before and after
    with their share; yuan offered in all; and of the changed amounts and rates of people approved
    on both sides ``{count, mean, median, min, max}``, ``None`` where none changed.
    """
    tally = Tally()
    for difference in differences:
        tally.add(difference)
    return tally.summary()


def _spread(deltas: Counter[Decimal], step: Decimal) -> dict[str, Any] | None:
    values = sorted(deltas.elements())
    if not values:
        return None
    mean = sum(values, start=ZERO) / len(values)
    return {
        "count": len(values),
        "mean": str(mean.quantize(step)),
        "median": str(median(values).quantize(step)),
        "min": str(values[0]),
        "max": str(values[-1]),
    }


def _share(part: int, whole: int) -> str | None:
    return str((Decimal(part) / whole).quantize(_SHARE)) if whole else None
