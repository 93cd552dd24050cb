"""The report of a back-test out of its tally: yuan, shares and tables, JSON-safe. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from products.money import CENT
from risk.contracts import APPROVE, DECLINE, REFER
from risk.domain.backtests import DIMENSIONS, SIDES, Tally

#: Yuan from which a bar of the limits' chart begins.
LIMIT_EDGES = (0, 5_000, 10_000, 20_000, 30_000, 50_000, 80_000, 100_000, 150_000)
REASONS_SHOWN = 15
_SHARE, _RATE = Decimal("0.0001"), Decimal("0.000001")


def summary(
    tally: Tally,
    losses: Mapping[str, Mapping[str, Any] | None],
    words: Mapping[str, Mapping[str, str]] | None = None,
) -> dict[str, Any]:
    """``losses``: each side's "loss" of the strategy ({"pd_percent_by_grade", "lgd_percent"}), or
    ``None``: then no expected loss is reckoned. ``words``: sentences of reasons. Amounts are yuan,
    rates and shares fractions as text.
    """
    told = {key.partition("|")[2] for key in tally.reasons}
    moves = [[*move.split(">"), n] for move, n in sorted(tally.moves.items()) if n]
    return {
        "count": tally.count,
        "one_by_one": tally.one_by_one,
        "made": tally.made,
        "moves": moves,
        "changed": sum(n for before, after, n in moves if before != after),
        "sides": {side: _side(tally, side, losses.get(side)) for side in SIDES},
        "histogram": _histogram(tally),
        "grade_moves": [[*move.split(">"), n] for move, n in sorted(tally.grade_moves.items())],
        "changes": _changes(tally),
        "reasons": {
            name: _top(tally.reasons, f"{name}|") for name in (*SIDES, "added", "removed")
        },
        "why": {
            move: {name: _top(tally.changed_for, f"{move}|{name}|") for name in ("added", "removed")}
            for move in sorted(tally.moves)
            if move.partition(">")[0] != move.partition(">")[2] and tally.moves[move]
        },
        "groups": {dimension: _groups(tally, dimension) for dimension in DIMENSIONS},
        "examples": tally.examples,
        "words": {code: dict(text) for code, text in (words or {}).items() if code in told},
    }


def _side(tally: Tally, side: str, loss: Mapping[str, Any] | None) -> dict[str, Any]:
    at = SIDES.index(side)
    outcomes: Counter[str] = Counter()
    for move, n in tally.moves.items():
        outcomes[move.split(">")[at]] += n
    limits, rates = _sorted(tally.limits, side), _sorted(tally.rates, side)
    total = sum(value * n for value, n in limits)
    approved = outcomes[APPROVE]
    return {
        "outcomes": {name: outcomes[name] for name in (APPROVE, REFER, DECLINE)},
        "approval_share": _share(approved, tally.count),
        "automation_share": _share(tally.count - outcomes[REFER], tally.count),
        "limit_total": _yuan(total),
        "limit_mean": _yuan(Decimal(total) / approved) if approved else None,
        "limit_median": _yuan(_median(limits)) if approved else None,
        "rate_mean": _rate(Decimal(sum(v * n for v, n in rates)) / approved) if approved else None,
        "loss": _expected_loss(tally, side, loss, total),
    }


def _expected_loss(
    tally: Tally, side: str, loss: Mapping[str, Any] | None, total: int
) -> dict[str, Any] | None:
    """Limit × PD of the grade × LGD, summed; ``unrated`` names grades that have no PD."""
    if not loss:
        return None
    pds = {grade: Decimal(str(pd)) for grade, pd in loss["pd_percent_by_grade"].items()}
    exposure = dict(_of(tally.exposure, f"{side}|"))
    share = Decimal(str(loss["lgd_percent"])) / 10_000
    expected = sum((n * pds[g] * share for g, n in exposure.items() if g in pds), Decimal(0))
    return {
        "amount": _yuan(expected),
        "share": _share(expected, total),
        "unrated": sorted(set(exposure) - set(pds)),
    }


def _histogram(tally: Tally) -> list[list[Any]]:
    """[from yuan, to yuan or None, before, after] of approved limits."""
    rows: list[list[Any]] = [
        [low, high, 0, 0] for low, high in zip(LIMIT_EDGES, (*LIMIT_EDGES[1:], None), strict=True)
    ]
    for at, side in enumerate(SIDES):
        for value, n in _sorted(tally.limits, side):
            place = sum(value >= edge * 100 for edge in LIMIT_EDGES) - 1
            rows[place][2 + at] += n
    return rows


def _changes(tally: Tally) -> dict[str, Any]:
    """Of people approved on both sides: whose limit or rate moves, and by how much on average."""
    found: dict[str, Any] = {}
    for name, show in (("limit", _yuan), ("rate", _rate)):
        for word in ("higher", "lower"):
            count = tally.limit_changes[f"{name}|{word}|count"]
            total = tally.limit_changes[f"{name}|{word}|sum"]
            mean = show(Decimal(total) / count) if count else None
            found[f"{name}_{word}"] = {"count": count, "mean": mean}
    return found


def _groups(tally: Tally, dimension: str) -> list[dict[str, Any]]:
    """A row a value with each side's figures, the largest group first."""
    kept: dict[str, dict[str, dict[str, int]]] = {}
    for key, n in tally.groups.items():
        side, of, rest = key.split("|", 2)
        label, _, figure = rest.rpartition("|")
        if of == dimension:
            kept.setdefault(label, {name: {} for name in SIDES})[side][figure] = n
    rows = [
        {"name": label, **{side: _group(sides[side]) for side in SIDES}}
        for label, sides in kept.items()
    ]
    return sorted(rows, key=lambda row: (-row["before"]["count"], -row["after"]["count"], row["name"]))


def _group(figures: Mapping[str, int]) -> dict[str, Any]:
    approved, count = figures.get("approve", 0), figures.get("count", 0)
    cents, rates = figures.get("limit_cents", 0), figures.get("rate_sum", 0)
    return {
        "count": count,
        "approve": approved,
        "refer": figures.get("refer", 0),
        "decline": figures.get("decline", 0),
        "approval_share": _share(approved, count),
        "limit_mean": _yuan(Decimal(cents) / approved) if approved else None,
        "rate_mean": _rate(Decimal(rates) / approved) if approved else None,
    }


def _top(counter: Mapping[str, int], prefix: str) -> list[list[Any]]:
    rows = sorted(_of(counter, prefix), key=lambda row: (-row[1], row[0]))
    return [list(row) for row in rows[:REASONS_SHOWN]]


def _of(counter: Mapping[str, int], prefix: str) -> list[tuple[str, int]]:
    return [(key[len(prefix) :], n) for key, n in counter.items() if key.startswith(prefix)]


def _sorted(counter: Mapping[str, int], side: str) -> list[tuple[int, int]]:
    return sorted((int(value), n) for value, n in _of(counter, f"{side}|"))


def _median(rows: Sequence[tuple[int, int]]) -> Decimal:
    """Of values with how often each stands."""
    count = sum(n for _, n in rows)
    middle = ((count - 1) // 2, count // 2)
    found, seen = [], 0
    for value, n in rows:
        found += [value for place in middle if seen <= place < seen + n]
        seen += n
    return Decimal(sum(found)) / len(found)


def _share(part: int | Decimal, whole: int) -> str | None:
    return str((Decimal(part) / whole).quantize(_SHARE, ROUND_HALF_UP)) if whole else None


def _yuan(cents: int | Decimal) -> str:
    return str((Decimal(cents) / 100).quantize(CENT, ROUND_HALF_UP))


def _rate(millionths: Decimal) -> str:
    return str((millionths / 1_000_000).quantize(_RATE, ROUND_HALF_UP))



