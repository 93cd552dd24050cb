"""What a sheet of a strategy is held to: its cells by their kind, then what only this sheet must be.

Pure. A finding is (row, column, code, detail); see ``strategy_problems`` for the codes' sentences.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise
from typing import Any

from risk.domain.condition_text import InvalidText, parse
from risk.domain.features import FEATURES
from risk.domain.sheets import Sheet, mapping, money, text_of, typed_value, whole
from risk.domain.strategy import ENGINE_REASONS, GROUPS
from risk.domain.strategy_sheets_limits import SOLD_METHODS
from risk.domain.strategy_sheets_rules import known_types
from risk.domain.values import READERS, NotOfType

Finding = tuple[int, str, str, Mapping[str, Any]]
Types = Mapping[str, str]
_ORDERED_BINS = frozenset({"count", "money", "day"})
_WORD_MAX = 60


def findings(definition: Mapping[str, Any], one: Sheet) -> Iterator[Finding]:
    """All findings of one sheet, cells first."""
    types = known_types(definition)
    yield from _cells(one, types)
    yield from _twice(one)
    check = _SHEETS.get(one.key)
    if check is not None:
        yield from check(definition, one, types)


def _word(text: str) -> dict[str, Any]:
    return {"word": text[:_WORD_MAX]}


def _cells(one: Sheet, types: Types) -> Iterator[Finding]:
    for index, column in enumerate(one.columns):
        check = _KINDS.get(column.kind)
        if check is None:
            continue
        for number, row in enumerate(one.rows):
            code, detail = check(row[index], types)
            if code and not (code == "empty" and one.key in {"score", "columns", "plans"}):
                yield number, column.name, code, detail or _word(row[index])


def _twice(one: Sheet) -> Iterator[Finding]:
    """What names a row names only one."""
    first = one.columns[0] if one.columns else None
    if first is None or first.kind not in {"code", "feature"}:
        return
    counted = Counter(row[0] for row in one.rows)
    for number, row in enumerate(one.rows):
        if row[0] and counted[row[0]] > 1:
            yield number, first.name, "duplicate", _word(row[0])


# ── cells by kind ──
_Checked = tuple[str, Mapping[str, Any]]


def _code(text: str, _types: Types) -> _Checked:
    return ("" if text else "empty"), {}


def _whole(text: str, _types: Types) -> _Checked:
    if not text:
        return "empty", {}
    return ("" if isinstance(whole(text), int) else "not_whole"), {}


def _money(text: str, _types: Types) -> _Checked:
    return (_misfit(text, "money") if text else "empty"), {}


def _feature(text: str, types: Types) -> _Checked:
    return ("empty" if not text else "" if text in types else "unknown_feature"), {}


def _condition(text: str, types: Types) -> _Checked:
    if not text:
        return "empty", {}
    try:
        parse(text, types)
    except InvalidText as problem:
        return problem.code, {"word": problem.word[:_WORD_MAX], "position": problem.position + 1}
    return "", {}


def _one_of(words: frozenset[str], code: str) -> Callable[[str, Types], _Checked]:
    return lambda text, _types: ("" if text in words else code, {})


_KINDS: Mapping[str, Callable[[str, Types], _Checked]] = {
    "code": _code,
    "whole": _whole,
    "money": _money,
    "feature": _feature,
    "condition": _condition,
    "choice_group": _one_of(frozenset(GROUPS), "unknown_group"),
    "choice_then": _one_of(frozenset({"decline", "refer"}), "unknown_outcome"),
}


def _misfit(text: str, kind: str) -> str:
    """The code of a text that is no value of a feature's type."""
    value: Any = text
    if kind == "flag":
        value = {"true": True, "false": False}.get(text)
    elif kind == "count":
        value = whole(text)
    elif kind == "money":
        value = money(text)
    elif kind == "texts":
        value = typed_value(text, kind)
    try:
        READERS[kind](value)
    except NotOfType:
        return f"not_{kind}"
    return ""


# ── sheets ──
def _sentences(_definition: Any, one: Sheet, _types: Types) -> Iterator[Finding]:
    zh, en = one.column("zh"), one.column("en")
    for number, row in enumerate(one.rows):
        if not row[zh]:
            yield number, "zh", "no_chinese", {}
        if not row[en]:
            yield number, "en", "no_english", {}


def _reasons(definition: Mapping[str, Any], one: Sheet, types: Types) -> Iterator[Finding]:
    yield from _sentences(definition, one, types)
    for code in ENGINE_REASONS:
        if code not in mapping(definition.get("reasons")):
            yield -1, "code", "engine_reason", {"word": code}


def _segments(_definition: Any, one: Sheet, _types: Types) -> Iterator[Finding]:
    if not one.rows:
        yield -1, "code", "no_rows", {}
    elif one.rows[-1][1] != "age >= 0":
        yield len(one.rows) - 1, "when", "catch_all", {}


def _score(definition: Any, one: Sheet, types: Types) -> Iterator[Finding]:
    yield from _sentences(definition, one, types)
    for number, row in enumerate(one.rows):
        kind = types.get(row[0], "count")
        pairs = list(zip(one.columns[6::2], row[6::2], row[7::2], strict=True))
        used = [i for i, (_, opens, points) in enumerate(pairs) if opens or points]
        if not row[5]:
            yield number, "points_0", "empty", {}
        before: Any = None
        for i in used:
            column, opens, points = pairs[i]
            if not opens or not points:
                yield number, column.name if not opens else f"points_{i + 1}", "empty", {}
            if kind not in _ORDERED_BINS or not opens:
                continue
            code = _misfit(opens, kind)
            if code:
                yield number, column.name, code, _word(opens)
                continue
            value = READERS[kind](whole(opens) if kind == "count" else opens)
            if before is not None and value <= before:
                yield number, column.name, "edges_rise", _word(opens)
            before = value


def _grades(definition: Mapping[str, Any], one: Sheet, _types: Types) -> Iterator[Finding]:
    if not one.rows:
        yield -1, "grade", "no_rows", {}
    starts = [whole(row[1]) for row in one.rows]
    for number, (above, here) in enumerate(pairwise(starts), start=1):
        if isinstance(above, int) and isinstance(here, int) and here >= above:
            yield number, "from", "grades_fall", _word(str(here))
    span = score_range(definition)
    if span is None:
        return
    low, high = span
    for number, start in enumerate(starts):
        if isinstance(start, int) and start > high:
            yield number, "from", "not_reached", {"low": low, "high": high}
    if starts and isinstance(starts[-1], int) and starts[-1] <= low:
        yield len(starts) - 1, "from", "always_reached", {}


def score_range(definition: Mapping[str, Any]) -> tuple[int, int] | None:
    """Lowest and highest score the points allow; ``None`` while some are no numbers."""
    card = mapping(definition.get("scorecard"))
    low = high = card.get("base")
    rows = card.get("characteristics")
    for row in rows if isinstance(rows, list) else []:
        given = mapping(row)
        points = [*(given.get("points") or []), *mapping(given.get("table")).values()]
        points += [given[name] for name in ("otherwise", "when_thin") if given.get(name) is not None]
        if not points or not all(isinstance(value, int) for value in (low, high, *points)):
            return None
        low, high = low + min(points), high + max(points)
    return (low, high) if isinstance(low, int) and isinstance(high, int) else None


def _caps(_definition: Any, one: Sheet, _types: Types) -> Iterator[Finding]:
    for number, row in enumerate(one.rows):
        for index in range(2, len(row)):
            before, here = row[index - 1], row[index]
            readable = not (_misfit(before, "money") or _misfit(here, "money"))
            if readable and READERS["money"](money(here)) > READERS["money"](money(before)):
                yield number, one.columns[index].name, "cap_rises", {}


def _limit(_definition: Any, one: Sheet, _types: Types) -> Iterator[Finding]:
    for number, (name, text) in enumerate(one.rows):
        value = whole(text)
        if isinstance(value, int) and not 0 <= value <= (100 if name == "debt_percent" else 600):
            yield number, "value", "not_percent" if name == "debt_percent" else "not_count", _word(text)


def _plans(_definition: Any, one: Sheet, _types: Types) -> Iterator[Finding]:
    for number, row in enumerate(one.rows):
        if not any(row[1:]):
            yield number, "method_1", "no_plan", {}
        for index in range(1, len(row), 2):
            method, months = row[index], row[index + 1]
            name, count = one.columns[index].name, one.columns[index + 1].name
            if months and method not in SOLD_METHODS:
                yield number, name, "unknown_method", _word(method)
            if (method or months) and _misfit(months, "count"):
                yield number, count, "not_count" if months else "empty", _word(months)


def _seasons(_definition: Any, one: Sheet, _types: Types) -> Iterator[Finding]:
    for number, (_, text) in enumerate(one.rows):
        parts = [part.strip() for part in text.split(",")]
        for part in parts if text else []:
            if not part.isascii() or not part.isdecimal() or not 1 <= int(part[:4]) <= 12:
                yield number, "months", "not_month", _word(part)


def _inputs(_definition: Any, one: Sheet, _types: Types) -> Iterator[Finding]:
    for number, (name, _, default) in enumerate(one.rows):
        if name not in FEATURES:
            yield number, "feature", "unknown_feature", _word(name)
        elif default:
            feature = FEATURES[name]
            code = _misfit(default, feature.type)
            if not code and feature.allowed and default not in feature.allowed:
                code = "not_text"
            if code:
                yield number, "default", code, _word(default)


def _income(definition: Mapping[str, Any], one: Sheet, _types: Types) -> Iterator[Finding]:
    for number, (name, text) in enumerate(one.rows):
        kind = "money" if name in {"declared_cap", "yearly_other_crop"} else "count"
        if not text or _misfit(text, kind):
            yield number, "value", f"not_{kind}" if text else "empty", _word(text_of(text))


_SHEETS: Mapping[str, Callable[[Mapping[str, Any], Sheet, Types], Iterator[Finding]]] = {
    "rules": _sentences,
    "segments": _segments,
    "score": _score,
    "grades": _grades,
    "caps": _caps,
    "limit": _limit,
    "plans": _plans,
    "seasons": _seasons,
    "labels": _sentences,
    "inputs": _inputs,
    "income": _income,
    "reasons": _reasons,
}
