"""What would have helped: the nearest changes a person can make that lead to a better answer.

Pure and deterministic: the same inputs and strategy give the same suggestions in the same order. The
search asks ``evaluate`` itself, so what is suggested is what the strategy would really do today; it is
bounded by ``EVALUATIONS_MAX`` (about a millisecond each).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations
from typing import Any

from products.money import CENT
from risk.contracts import APPROVE, DECLINE, REFER
from risk.domain.case import Case
from risk.domain.changeable import CHANGES, EDGES, LIKE, PERCENT, Change, Target, sentence
from risk.domain.decide import evaluate
from risk.domain.features import FEATURES
from risk.domain.stages import wished
from risk.domain.strategy import CompiledStrategy
from risk.domain.values import NotOfType, written

EVALUATIONS_MAX = 120
HELPS_MAX = 3
_BETTER_LIMIT = Decimal("1.10")
_RANK = {DECLINE: 0, REFER: 1, APPROVE: 2}
#: Only what a source has really answered may be imagined otherwise.
_KNOWN_STATES = ("answered", "no_record")
_REQUESTED = "requested_amount"


@dataclass(frozen=True, slots=True)
class Moved:
    """One fact as it was and as it would have to be, both as JSON keeps them."""

    feature: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Help:
    """One suggestion: what to do, what it would do to the decision, and the figures for the desk.

    ``effect``: approve | refer | limit | rate. Rates are yearly fractions, ``None`` without an offer.
    """

    code: str
    effort: int
    months: int
    moved: tuple[Moved, ...]
    effect: str
    outcome: str
    limit_before: Decimal
    limit_after: Decimal
    rate_before: Decimal | None
    rate_after: Decimal | None
    text_zh: str
    text_en: str


@dataclass(frozen=True, slots=True)
class Helps:
    """At most ``HELPS_MAX`` suggestions, easiest first, and how many evaluations they took."""

    rows: tuple[Help, ...]
    evaluations: int


def helps(strategy: CompiledStrategy, inputs: Mapping[str, Any]) -> Helps:
    """One change alone, then two together; nothing for a refusal that no change could answer."""
    search = _Search(strategy, inputs)
    if is_final(strategy, search.base) or _is_blind(strategy, search.base):
        return Helps((), search.evaluations)
    found: list[tuple[tuple[Any, ...], Help]] = []
    unhelpful: list[tuple[Change, tuple[Moved, ...]]] = []
    for change in CHANGES:
        steps = list(_steps(change, search.case))
        helped = next(filter(None, (search.tried((change,), moved) for moved in steps)), None)
        if helped:
            found.append((_order(helped), helped))
        elif steps:
            unhelpful.append((change, steps[-1]))
    if len(found) < HELPS_MAX:
        for (one, its), (two, others) in combinations(unhelpful, 2):
            helped = search.tried((one, two), (*its, *others))
            if helped:
                found.append((_order(helped), helped))
    found.sort(key=lambda row: row[0])
    return Helps(tuple(row for _, row in found[:HELPS_MAX]), search.evaluations)


def is_final(strategy: CompiledStrategy, result: Mapping[str, Any]) -> bool:
    """Refused by law, for fraud or for age: nothing the person could do now would change it."""
    prechecks = {rule.code for rule in strategy.rules if rule.precheck}
    fired = result["trace"]["rules"]
    return any(
        then == DECLINE and (group == "fraud" or code in prechecks) for code, group, then in fired
    )


def _is_blind(strategy: CompiledStrategy, result: Mapping[str, Any]) -> bool:
    """A source that was needed did not answer: nobody can say what would have helped."""
    return any(feature in strategy.required for feature, _, _ in result["trace"]["gaps"])


class _Search:
    """The base decision and a counter; every try is one evaluation."""

    def __init__(self, strategy: CompiledStrategy, inputs: Mapping[str, Any]) -> None:
        self.strategy, self.inputs = strategy, inputs
        self.base = evaluate(strategy, inputs)
        self.case = Case(strategy, inputs)
        self.evaluations = 1

    def tried(self, changes: tuple[Change, ...], moved: tuple[Moved, ...]) -> Help | None:
        if self.evaluations >= EVALUATIONS_MAX:
            return None
        self.evaluations += 1
        result = evaluate(self.strategy, _changed(self.inputs, moved))
        effect = _effect(self.base, result)
        if effect is None:
            return None
        zh, en = sentence(changes, effect)
        return Help(
            code="+".join(change.code for change in changes),
            effort=sum(change.effort for change in changes),
            months=max(change.months for change in changes),
            moved=moved,
            effect=effect,
            outcome=result["outcome"],
            limit_before=Decimal(self.base["limit"]),
            limit_after=Decimal(result["limit"]),
            rate_before=_best_rate(self.base),
            rate_after=_best_rate(result),
            text_zh=zh,
            text_en=en,
        )


def _order(one: Help) -> tuple[Any, ...]:
    """Least effort first, then the greater effect, then by name."""
    gained = one.limit_after - one.limit_before
    return (one.effort, -_RANK[one.outcome], -gained, one.rate_after or 0, one.code)


def _effect(base: Mapping[str, Any], result: Mapping[str, Any]) -> str | None:
    was, now = _RANK[base["outcome"]], _RANK[result["outcome"]]
    if now != was:
        return str(result["outcome"]) if now > was else None
    if result["outcome"] != APPROVE:
        return None
    if Decimal(result["limit"]) >= Decimal(base["limit"]) * _BETTER_LIMIT:
        return "limit"
    before, after = _best_rate(base), _best_rate(result)
    return "rate" if before is not None and after is not None and after < before else None


def _best_rate(result: Mapping[str, Any]) -> Decimal | None:
    return min((Decimal(offer["annual_rate"]) for offer in result["offers"]), default=None)


def _changed(inputs: Mapping[str, Any], moved: Sequence[Moved]) -> dict[str, Any]:
    facts = dict(inputs["facts"])
    changed = {**inputs, "facts": facts}
    for move in moved:
        if move.feature == _REQUESTED:
            changed[_REQUESTED] = move.after
        else:
            facts[move.feature] = {
                **facts[move.feature], "value": move.after, "state": "answered"
            }
    return changed


def _steps(change: Change, case: Case) -> Iterator[tuple[Moved, ...]]:
    """What the change would alter, step by step; nothing where it would alter nothing."""
    if any(not case.known.get(name) for name in change.needs):
        return
    before: tuple[Moved, ...] = ()
    for step in range(max(len(target.steps) for target in change.targets)):
        moved = tuple(
            move for target in change.targets if (move := _move(target, step, case)) is not None
        )
        if moved and moved != before:
            before = moved
            yield moved


def _move(target: Target, step: int, case: Case) -> Moved | None:
    value = _present(target.feature, case)
    if value is None:
        return None
    wanted = target.steps[min(step, len(target.steps) - 1)]
    after = _after(target, value, wanted, case)
    if after is None or after == value or (_is_ordered(value) and (after > value) is not target.up):
        return None
    return Moved(target.feature, written(value), written(after))


def _present(feature: str, case: Case) -> Any:
    """The typed value the decision knew, ``None`` where no source vouched for one."""
    if feature == _REQUESTED:
        return wished(case.inputs.get(_REQUESTED)) or None  # nobody asked, or it cannot be read
    fact = case.inputs["facts"].get(feature)
    is_known = isinstance(fact, Mapping) and fact.get("state") in _KNOWN_STATES
    return case.known.get(feature) if is_known else None


def _after(target: Target, value: Any, wanted: Any, case: Case) -> Any:
    if target.kind == PERCENT:
        return (value * wanted / 100).quantize(CENT)
    if target.kind == LIKE:
        return case.known.get(wanted)
    if target.kind == EDGES:
        rows = case.strategy.scorecard.characteristics
        edges = next((row.edges for row in rows if row.feature == target.feature), ())
        above = [edge for edge in edges if edge > value]
        return above[wanted - 1] if len(above) >= wanted else None
    try:
        return FEATURES[target.feature].read(wanted)
    except NotOfType:
        return None


def _is_ordered(value: Any) -> bool:
    return not isinstance(value, bool | str | tuple)
