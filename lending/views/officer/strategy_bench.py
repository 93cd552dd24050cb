"""The test bench beside a strategy: one person under the version in force and under the draft.

``choice`` reads what was chosen; everything typed is bounded and a person's own values stay theirs: a
past application is looked up within what the viewer may see.
"""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _

from lending.selectors import worklists
from lending.staff_access import staff_user
from lending.views.officer import decision_words, strategy_rows, what_if_words
from lending.views.officer import strategy_words as words
from products.selectors import MissingParameter
from risk.selectors import strategy_bench as bench
from risk.selectors import strategy_editor as editor
from risk.selectors.decisions import NoDecision

CHANGES = 4
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_TEXT_MAX = 200


def bench_context(
    request: HttpRequest, data: Mapping[str, Any], *, strategy: str, on: date,
    before: Mapping[str, Any] | None, after: Mapping[str, Any],
) -> dict[str, Any]:
    """What ``desk/risk/strategy_bench.html`` shows; ``data`` is the form that was sent."""
    sold = bench.products_for(strategy, on)
    product = next((row for row in sold if row[0] == data.get("bench.product")), sold[0] if sold else None)
    said, wrong = _changes(data)
    context: dict[str, Any] = {
        "samples": bench.samples(),
        "products": [(code, en if words.is_english() else zh) for code, zh, en, _terms in sold],
        "chosen_sample": str(data.get("bench.sample", ""))[:_TEXT_MAX],
        "chosen_product": product[0] if product else "",
        "application": str(data.get("bench.application", ""))[:_TEXT_MAX],
        "changes": said,
        "bench_wrong": wrong,
    }
    person = _person(request, context, product, on)
    if person is None:
        return context
    values = {row["feature"]: row["read"] for row in said if row.get("read") is not None}
    return {**context, **_sides(person.with_values(values), before, after)}


def _changes(data: Mapping[str, Any]) -> tuple[list[dict[str, Any]], list[str]]:
    """The single values typed over a person's, and what is wrong with them."""
    rows: list[dict[str, Any]] = []
    wrong = []
    for number in range(CHANGES):
        feature = str(data.get(f"bench.feature.{number}", "")).strip()[:_TEXT_MAX]
        text = str(data.get(f"bench.value.{number}", "")).strip()[:_TEXT_MAX]
        row: dict[str, Any] = {"feature": feature, "value": text, "number": number}
        rows.append(row)
        if not feature:
            continue
        if feature not in editor.feature_types():
            wrong.append(_("There is no value named “%(name)s” that a source gives.") % {"name": feature})
            continue
        try:
            row["read"] = editor.read_value(feature, text)
        except ValueError:
            wrong.append(_("“%(text)s” is no value for %(name)s.") % {"text": text, "name": feature})
    return rows, wrong


def _person(
    request: HttpRequest, context: dict[str, Any], product: Any, on: date
) -> bench.Person | None:
    if context["application"]:
        found = _UUID.search(context["application"])
        decision = None
        if found:
            rows = worklists.visible_applications(staff_user(request))
            decision = rows.filter(pk=UUID(found.group())).values_list("decision_id", flat=True).first()
        try:
            if decision is not None:
                return bench.past_person(decision)
        except NoDecision:
            pass
        context["bench_wrong"].append(_("You have no decided application with this number."))
        return None
    if product is None:
        context["bench_wrong"].append(_("No product is on sale today."))
        return None
    try:
        return bench.sample_person(context["chosen_sample"], product[3], on)
    except MissingParameter:
        context["bench_wrong"].append(_("The bank's rate for today has not been entered yet."))
        return None


def _sides(
    person: bench.Person, before: Mapping[str, Any] | None, after: Mapping[str, Any]
) -> dict[str, Any]:
    old = bench.decided(before, person) if before is not None else None
    new = bench.decided(after, person)
    named = strategy_rows.names({})
    said = person.said
    facts = [(name, named.get(name, name), value) for name, value in said.items() if value is not None]
    return {
        "old": side(old, before) if old is not None and before is not None else None,
        "new": side(new, after) if new is not None else None,
        "facts": facts,
    }


def side(result: Mapping[str, Any], definition: Mapping[str, Any]) -> dict[str, Any]:
    """A result of the engine in words: what is got, and which row decided."""
    language = "en" if words.is_english() else "zh"
    offers = result["offers"]
    return {
        "outcome": what_if_words.outcome(result["outcome"]),
        "code": result["outcome"],
        "score": result["score"],
        "grade": result["grade"],
        "limit": Decimal(result["limit"]),
        "offers": offers,
        "rate": offers[0]["annual_rate"] if offers else None,
        "apr": offers[0]["apr"] if offers else None,
        "reasons": [row[language] for row in result["reasons"]],
        "authority": result.get("authority"),
        "rules": _rules(result["trace"], definition),
        "tables": _tables(result["trace"], definition),
        "points": _points(result["trace"], definition, language),
        "steps": _steps(result["trace"]["limit"], definition),
        "price": [
            step for step in (offers[0]["provenance"] if offers else []) if step.get(f"text_{language}")
        ],
        "segments": result["trace"]["segments"],
    }


def _steps(steps: Any, definition: Mapping[str, Any]) -> list[dict[str, Any]]:
    """How the limit came about, its tables called as they call themselves."""
    tables = {
        row["code"]: words.part(editor.TABLE + row["code"], definition)
        for row in definition.get("tables", [])
    }
    return [{**one, "step": decision_words.step(one["step"], tables)} for one in steps]


def _rules(trace: Mapping[str, Any], definition: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Rules that held, with the row they stand in."""
    sheet = editor.sheets_of(definition, "rules")[0]
    rows = {row[0]: (number, row) for number, row in enumerate(sheet.rows)}
    found = []
    for code, _group, then in trace["rules"]:
        number, row = rows.get(code, (-1, None))
        text = row[sheet.column("when")] if row else ""
        found.append({
            "code": code, "row": number + 1, "then": words.choices("then").get(then, then),
            "sentence": editor.condition_sentence(
                text, definition, english=words.is_english(), say=words.value
            ) if text else "",
        })
    return found


def _tables(trace: Mapping[str, Any], definition: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Rows of decision tables that were hit."""
    named = strategy_rows.names(definition)
    return [
        {
            "code": row["table"],
            "name": words.part(editor.TABLE + row["table"], definition),
            "rows": [_("when no row fits") if one == "otherwise" else one for one in row["rows"]],
            "unknown": row.get("unknown", []),
            "values": [(named.get(name, name), value) for name, value in row.get("values", {}).items()],
        }
        for row in trace.get("tables", [])
    ]


def _points(
    trace: Mapping[str, Any], definition: Mapping[str, Any], language: str
) -> list[dict[str, Any]]:
    card = definition.get("scorecard")
    rows = card.get("characteristics", []) if isinstance(card, Mapping) else []
    labels = {row.get("feature"): row.get(language) for row in rows if isinstance(row, Mapping)}
    return [
        {"label": labels.get(feature, feature), "feature": feature, "bin": bin_, "points": points}
        for feature, bin_, points in trace["points"]
    ]
