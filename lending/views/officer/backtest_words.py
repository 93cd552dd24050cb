"""A back-test's figures as the report shows them: words, shares and the rows of its charts."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import get_language, pgettext_lazy

from lending.views.officer import words as desk_words

_OUTCOMES: Mapping[str, Any] = {
    "approve": pgettext_lazy("what-if", "approved"),
    "refer": pgettext_lazy("what-if", "to a person"),
    "decline": pgettext_lazy("what-if", "declined"),
}
_CHANGES: Mapping[str, Any] = {
    "limit_higher": pgettext_lazy("backtest", "limit higher"),
    "limit_lower": pgettext_lazy("backtest", "limit lower"),
    "rate_higher": pgettext_lazy("backtest", "rate higher"),
    "rate_lower": pgettext_lazy("backtest", "rate lower"),
}
_DIMENSIONS: Mapping[str, Any] = {
    "segment": pgettext_lazy("backtest", "By segment"),
    "grade": pgettext_lazy("backtest", "By grade"),
    "product": pgettext_lazy("backtest", "By product"),
    "age": pgettext_lazy("backtest", "By age"),
}


def outcome(code: str) -> str:
    return str(_OUTCOMES.get(code, code))


def change(kind: str) -> str:
    """``approve>decline`` or ``limit_lower`` in words."""
    before, arrow, after = kind.partition(">")
    return f"{outcome(before)} → {outcome(after)}" if arrow else str(_CHANGES.get(kind, kind))


def report(summary: Mapping[str, Any]) -> dict[str, Any]:
    """The summary (see ``risk.domain.backtest_sums``) with words, and rows for charts."""
    words, sides = summary.get("words", {}), summary["sides"]
    before, after = sides["before"], sides["after"]
    losses = [side["loss"] for side in (before, after) if side["loss"]]
    return {
        **summary,
        "before": before,
        "after": after,
        "share_changed": _share(summary["changed"], summary["count"]),
        "outcome_rows": [
            (outcome(code), before["outcomes"][code], after["outcomes"][code]) for code in _OUTCOMES
        ],
        "outcome_shares": _outcome_shares(before["outcomes"], after["outcomes"], summary["count"]),
        "move_rows": [
            {"before": outcome(b), "after": outcome(a), "n": n, "stays": b == a,
             "share": _share(n, summary["count"])}
            for b, a, n in summary["moves"]
        ],
        "limit_rows": [(_band(low, high), b, a) for low, high, b, a in summary["histogram"]],
        "grade_rows": _grade_rows(summary["groups"]["grade"]),
        "why_rows": [
            {"move": change(move), "added": _reasons(found["added"], words),
             "removed": _reasons(found["removed"], words)}
            for move, found in summary["why"].items()
        ],
        "added": _reasons(summary["reasons"]["added"], words),
        "removed": _reasons(summary["reasons"]["removed"], words),
        "group_tables": [_group_table(code, summary["groups"][code]) for code in _DIMENSIONS],
        "has_loss": bool(losses),
        "unrated": sorted({grade for loss in losses for grade in loss["unrated"]}),
    }  # fmt: skip


def _outcome_shares(
    before: Mapping[str, int], after: Mapping[str, int], count: int
) -> list[dict[str, Any]]:
    return [
        {
            "name": outcome(code),
            "before": before[code],
            "after": after[code],
            "before_share": _share(before[code], count),
            "after_share": _share(after[code], count),
        }
        for code in _OUTCOMES
    ]


def _grade_rows(rows: Sequence[Mapping[str, Any]]) -> list[tuple[str, int, int]]:
    """Best grade first, those without one last."""
    return [
        (row["name"] or "–", row["before"]["count"], row["after"]["count"])
        for row in sorted(rows, key=lambda row: row["name"] or "~")
    ]


def _group_table(code: str, rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    chart = [
        (
            desk_words.of("segment", row["name"] or "–") if code == "segment" else row["name"] or "–",
            _percent(row["before"]),
            _percent(row["after"]),
        )
        for row in rows[:12]
    ]
    return {"code": code, "title": _DIMENSIONS[code], "rows": rows, "chart": chart}


def _reasons(rows: Sequence[Sequence[Any]], words: Mapping[str, Mapping[str, str]]) -> list[dict[str, Any]]:
    language = "en" if (get_language() or "").startswith("en") else "zh"
    return [
        {"code": code, "text": words.get(code, {}).get(language, code), "n": n} for code, n in rows
    ]


def _band(low: int, high: int | None) -> str:
    """Yuan in thousands; Chinese readers count in 万."""
    size, unit = (1_000, "k") if (get_language() or "").startswith("en") else (10_000, "万")
    if high is None:
        return f"≥{low / size:g}{unit}"
    return f"{low / size:g}–{high / size:g}{unit}"


def _share(part: int, whole: int) -> Decimal | None:
    return Decimal(part) / whole if whole else None


def _percent(group: Mapping[str, Any]) -> Decimal | None:
    share = group["approval_share"]
    return None if share is None else Decimal(share) * 100
