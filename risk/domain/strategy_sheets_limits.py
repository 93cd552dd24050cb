"""Sheets of how much and at what terms: the scorecard, grades, the limit matrix, plans and seasons."""

from collections.abc import Mapping, Sequence
from itertools import zip_longest
from typing import Any

from products.domain.schedule import METHODS
from risk.domain.sheets import (
    Row,
    Sheet,
    condition_text,
    filled,
    mapping,
    maps,
    money,
    sheet,
    text_of,
    whole,
)
from risk.domain.strategy_sheets_rules import (
    condition_of,
    kept_conditions,
    known_types,
    renames,
    segment_codes,
)

SOLD_METHODS = tuple(dict.fromkeys((*METHODS, "flexible")))
_BINS_MIN, _BINS_MAX, _PLANS_MIN, _PLANS_MAX = 4, 12, 3, 6
_ORDERED = frozenset({"count", "money", "day"})
_LIMIT = ("debt_percent", "carry_months")


# ── scorecard ──
def read_score(definition: Mapping[str, Any]) -> list[Sheet]:
    """A row a characteristic: its words, then points and the values that open the next bin in turn."""
    card = mapping(definition.get("scorecard"))
    rows = maps(card.get("characteristics"))
    pairs = [_pairs(row) for row in rows]
    width = min(max([len(one[1]) for one in pairs] + [_BINS_MIN - 1]) + 1, _BINS_MAX)
    columns = ["feature:feature", "group:choice_group", "zh", "en", "when_thin:whole", "points_0:whole"]
    for n in range(1, width + 1):
        columns += [f"from_{n}:value", f"points_{n}:whole"]
    shown = []
    for row, (first, bins) in zip(rows, pairs, strict=True):
        cells = [cell for pair in bins[:width] for cell in pair]
        cells += [""] * (2 * width - len(cells))
        words = [row.get(name) for name in ("feature", "group", "zh", "en", "when_thin")]
        shown.append([*words, first, *cells])
    base = sheet("base", ("name:fixed", "value:whole"), [["base", card.get("base")]], is_fixed=True)
    return [base, sheet("score", columns, shown)]


def _pairs(row: Mapping[str, Any]) -> tuple[str, list[tuple[str, str]]]:
    """Points of the first bin (or of all other words), then (opens at, points)."""
    if "edges" in row or "points" in row:
        edges = row.get("edges") if isinstance(row.get("edges"), list) else []
        points = row.get("points") if isinstance(row.get("points"), list) else []
        first = text_of(points[0]) if points else ""
        rest = zip_longest(edges or [], (points or [])[1:], fillvalue="")
        return first, [(text_of(edge), text_of(value)) for edge, value in rest]
    table = mapping(row.get("table"))
    return text_of(row.get("otherwise")), [(key, text_of(value)) for key, value in table.items()]


def write_score(definition: dict[str, Any], sheets: Mapping[str, list[Row]]) -> None:
    types = known_types(definition)
    before = mapping(definition.get("scorecard"))
    old = maps(before.get("characteristics"))
    rows = []
    for cells in filled(sheets["score"]):
        row = _characteristic(cells, types)
        rows.append(next((one for one in old if _same(one, row)), row))
    base = next((whole(text) for name, text in sheets["base"] if name == "base"), "")
    definition["scorecard"] = {**before, "base": base, "characteristics": rows}


def _same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether both mean the same, so that the one that stands keeps its bytes."""
    return {key: text_of(value) for key, value in one.items()} == {
        key: text_of(value) for key, value in other.items()
    }


def _characteristic(cells: Sequence[str], types: Mapping[str, str]) -> dict[str, Any]:
    feature, group, zh, en, thin, first, *rest = cells
    pairs = [(a, b) for a, b in zip(rest[::2], rest[1::2], strict=True) if a or b]
    row: dict[str, Any] = {"feature": feature, "group": group, "zh": zh, "en": en}
    kind = types.get(feature, "count")
    if kind in _ORDERED:
        convert = {"count": whole, "money": money}.get(kind, str)
        row["edges"] = [convert(opens) for opens, _ in pairs]
        row["points"] = [whole(first), *(whole(points) for _, points in pairs)]
    else:
        row["table"] = {word: whole(points) for word, points in pairs}
        row["otherwise"] = whole(first)
    return {**row, "when_thin": whole(thin)} if thin else row


# ── grades and limits ──
def grade_names(definition: Mapping[str, Any]) -> list[str]:
    found = [text_of(row.get("grade")) for row in maps(definition.get("grades"))]
    return list(dict.fromkeys(name for name in found if name))


def read_limits(definition: Mapping[str, Any]) -> list[Sheet]:
    limit, grades = mapping(definition.get("limit")), grade_names(definition)
    months, caps = mapping(limit.get("months")), mapping(limit.get("caps"))
    graded = [
        [row.get("grade"), row.get("from"), months.get(text_of(row.get("grade")))]
        for row in maps(definition.get("grades"))
    ]
    matrix = [
        [code, *(mapping(caps.get(code)).get(grade) for grade in grades)]
        for code in segment_codes(definition)
    ]
    layers = [[row.get("code"), row.get("percent"), condition_text(row)] for row in maps(limit.get("layers"))]
    columns = [f"cap_{i}:money:{grade}" for i, grade in enumerate(grades)]
    return [
        sheet("grades", ("grade:code", "from:whole", "months:whole"), graded, ordered=True),
        sheet("caps", ("segment:fixed", *columns), matrix, is_fixed=True),
        sheet("layers", ("code:code", "percent:whole", "when:condition"), layers, ordered=True),
        sheet("limit", ("name:fixed", "value:whole"), [[n, limit.get(n)] for n in _LIMIT], is_fixed=True),
    ]


def write_limits(definition: dict[str, Any], sheets: Mapping[str, list[Row]]) -> None:
    limit, grades = mapping(definition.get("limit")), grade_names(definition)
    kept, types = kept_conditions(limit.get("layers")), known_types(definition)
    graded = filled(sheets["grades"])
    renamed = renames(grades, [row[0] for row in graded])
    names = {row[0] for row in graded}
    caps = {
        code: {
            renamed.get(grade, grade): money(cell)
            for grade, cell in zip(grades, cells, strict=True)
            if cell and renamed.get(grade, grade) in names
        }
        for code, *cells in sheets["caps"]
    }
    definition["grades"] = [{"grade": grade, "from": whole(start)} for grade, start, _ in graded]
    definition["limit"] = {
        **limit,
        **{name: whole(text) for name, text in sheets["limit"] if name in _LIMIT},
        "months": {grade: whole(months) for grade, _, months in graded if months},
        "caps": caps,
        "layers": [
            {"code": code, "percent": whole(percent), "when": condition_of(when, kept, types)}
            for code, percent, when in filled(sheets["layers"])
        ],
    }


# ── offers ──
def read_offers(definition: Mapping[str, Any]) -> list[Sheet]:
    offers = mapping(definition.get("offers"))
    plans, labels = mapping(offers.get("plans")), mapping(offers.get("labels"))
    wished = {code: maps(plans.get(code)) for code in segment_codes(definition)}
    width = min(max([_PLANS_MIN, *(len(rows) + 1 for rows in wished.values())]), _PLANS_MAX)
    columns = ["segment:fixed"]
    for n in range(1, width + 1):
        columns += [f"method_{n}:choice_method", f"months_{n}:whole"]
    shown = []
    for code, rows in wished.items():
        cells = [cell for row in rows[:width] for cell in (row.get("method"), row.get("term_months"))]
        shown.append([code, *cells, *[""] * (2 * width - len(cells))])
    seasons = mapping(offers.get("seasons"))
    names = [*SOLD_METHODS, *sorted(set(labels) - set(SOLD_METHODS))]
    words = [[m, mapping(labels.get(m)).get("zh"), mapping(labels.get(m)).get("en")] for m in names]
    return [
        sheet("plans", columns, shown, is_fixed=True),
        sheet("seasons", ("crop:code", "months:months"), [[crop, seasons[crop]] for crop in seasons]),
        sheet("labels", ("method:fixed", "zh", "en"), words, is_fixed=True),
    ]


def write_offers(definition: dict[str, Any], sheets: Mapping[str, list[Row]]) -> None:
    before = mapping(definition.get("offers"))
    plans = {
        code: [
            {"method": method, "term_months": whole(months)}
            for method, months in zip(cells[::2], cells[1::2], strict=True) if method or months
        ]
        for code, *cells in sheets["plans"]
    }
    old = mapping(before.get("labels"))
    labels = {method: {**mapping(old.get(method)), "zh": zh, "en": en}
              for method, zh, en in sheets["labels"] if zh or en}
    definition["offers"] = {
        **before,
        "plans": plans,
        "seasons": {crop: _months(text) for crop, text in filled(sheets["seasons"])},
        "labels": labels,
    }


def _months(text: str) -> list[Any]:
    parts = text.replace("，", ",").replace("、", ",").split(",")
    return [whole(part.strip()) for part in parts if part.strip()]
