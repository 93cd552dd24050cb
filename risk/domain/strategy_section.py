"""A trained points table as a strategy's ``scorecard`` section: the same points in the strategy's words.

Edges become values of the feature's type (whole counts, whole cents), which changes no one's bin. A
strategy gives no points for what is unknown, it asks a person; so the gaps' bin is used only for
people without a credit file, for whom training leaves the bureau's features open.
"""

import math
from collections.abc import Mapping, Sequence
from decimal import ROUND_CEILING, Decimal
from typing import Any

from risk.domain.features import FEATURES, types
from risk.domain.scorecard import read_scorecard

#: Words of computed features, which have no source of their own.
_DERIVED = {
    "age": ("年龄", "age"),
    "thin_file": ("无信用记录", "no credit file"),
    "has_business": ("有经营", "has a business"),
    "stability_years": (
        "稳定年限（社保、补贴、经营、开户中最长）",
        "years of the longest tie (insurance, subsidies, trade, account)",
    ),
    "verified_income": ("可核实月收入（元）", "income others vouch for (yuan a month)"),
    "monthly_income": ("可认定月收入（元）", "income we can rely on (yuan a month)"),
    "debt_burden_percent": (
        "每月还款占收入比例（%）",
        "repayments as a share of income (%)",
    ),
}
_GROUPS = {
    "bureau": "willingness", "courts": "willingness",
    "carrier": "fraud", "card": "fraud", "identity": "fraud", "multilender": "fraud",
    "signals": "fraud",
    "own_bank": "ability", "tax": "ability", "social_insurance": "ability",
    "housing_fund": "ability",
}  # fmt: skip
_ABLE = ("verified_income", "monthly_income", "debt_burden_percent", "has_business")
_SELDOM = 30
#: Highest bad rate to be expected at the foot of each grade, best grade first.
_LADDER = (0.01, 0.02, 0.04, 0.08, 0.15, 0.25)


def as_section(table: Mapping[str, Any]) -> dict[str, Any]:
    """``table`` as ``as_points`` writes it. Raises ``ValueError`` for a feature that is no strategy's."""
    section = {
        "base": table["base_points"],
        "characteristics": [_characteristic(feature) for feature in table["features"]],
    }
    read_scorecard(section, types())
    return section


def score_at(table: Mapping[str, Any], bad_rate: float) -> int:
    """The score at which ``bad_rate`` is to be expected."""
    odds = (1 - bad_rate) / bad_rate
    factor = table["pdo"] / math.log(2)
    return int(math.ceil(table["base_score"] + factor * math.log(odds / table["base_odds"])))


def grades_for(table: Mapping[str, Any], names: Sequence[str]) -> list[dict[str, Any]]:
    """Cut-offs for at most six grades on the table's own scale: 1 %, 2 %, 4 %, 8 %, 15 %, 25 % bad.

    A first proposal; a back-test shows whom they let in.
    """
    if len(names) > len(_LADDER):
        raise ValueError("more grades than steps of the ladder")
    return [
        {"grade": name, "from": score_at(table, rate)}
        for name, rate in zip(names, _LADDER, strict=False)
    ]


def group_of(name: str) -> str:
    """basics | fraud | willingness | ability: under which assessment a feature is shown."""
    if name in _ABLE:
        return "ability"
    if name not in FEATURES:
        return "basics"
    if name.startswith("bank_past"):
        return "willingness"
    return _GROUPS.get(FEATURES[name].source, "basics")


def words_of(name: str) -> tuple[str, str]:
    """The feature's name in Chinese and English; its own name if it is none of the platform's."""
    if name in _DERIVED:
        return _DERIVED[name]
    feature = FEATURES.get(name)
    return (feature.zh, feature.en) if feature else (name, name)


def _characteristic(feature: Mapping[str, Any]) -> dict[str, Any]:
    name = feature["name"]
    kind = types().get(name)
    if kind is None or kind in {"texts", "county", "day"}:
        raise ValueError(f"{name!r:.60} is no feature a strategy can score")
    zh, en = words_of(name)
    row: dict[str, Any] = {"feature": name, "group": group_of(name), "zh": zh, "en": en}
    points = [one["points"] for one in feature["bins"]]
    if feature["type"] == "number":
        if kind not in {"count", "money"}:
            raise ValueError(f"{name} is a {kind}, not a number")
        edges = [_edge(edge, kind) for edge in feature["edges"]]
        cut = {"edges": edges, "points": points[:-1]}
        row |= cut if edges else {"table": {}, "otherwise": points[0]}
    else:
        words = [(word, i) for i, group in enumerate(feature["groups"]) for word in group]
        row |= {"table": {word: points[i] for word, i in words}}
        row |= {"otherwise": points[feature["other"]]}
    if name in FEATURES and FEATURES[name].source == "bureau" and name != "bureau_has_file":
        row["when_thin"] = _when_thin(feature)
    return row


def _edge(edge: float, kind: str) -> int | str:
    """The least value of the type that lies in the bin above: nobody changes bins."""
    exact = Decimal(str(edge))
    if kind == "count":
        return int(exact.to_integral_value(ROUND_CEILING))
    return str(exact.quantize(Decimal("0.01"), ROUND_CEILING))


def _when_thin(feature: Mapping[str, Any]) -> int:
    """Points of people without a file: learnt if there were enough of them, else the average."""
    *known, gap = feature["bins"]
    if gap["rows"] >= _SELDOM:
        return int(gap["points"])
    rows = sum(one["rows"] for one in known)
    return int(round(sum(one["points"] * one["rows"] for one in known) / max(rows, 1)))
