"""Evaluate a strategy on applicants given as JSON lines; one JSON answer per line.

A line is an object of feature values, or {"facts": {…}, "requested_amount"?}. A value that is null
is unknown; one left out takes the strategy's default, if it has one; {"state": "no_record"} says the
source has nothing.
"""

import json
import sys
from collections.abc import Iterator
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from products import selectors as product_selectors
from risk.domain.decide import evaluate
from risk.domain.features import FEATURES
from risk.strategies import NoPublishedStrategy, compiled_version, find_version

_LINE_MAX = 200_000


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--strategy", required=True, metavar="CODE[@VERSION]")
        parser.add_argument("--jsonl", required=True, metavar="F", help="a file, or - for stdin")
        parser.add_argument("--product", default="shandai", help="whose terms (default shandai)")
        parser.add_argument("--date", metavar="D", help="business date (default today)")

    def handle(self, *args: Any, **options: Any) -> None:
        day = _day(options["date"])
        try:
            strategy = compiled_version(find_version(options["strategy"], day).pk)
            frame = _frame(options["product"], day)
        except (LookupError, ValueError) as error:
            known = isinstance(error, NoPublishedStrategy)
            raise CommandError(f"there is no strategy {error}" if known else str(error)) from None
        for number, line in enumerate(_lines(options["jsonl"]), 1):
            if not line.strip():
                continue
            try:
                answer = _brief(evaluate(strategy, {**frame, **_inputs(line)}))
            except (ValueError, RecursionError) as error:
                answer = {"error": str(error)[:200], "line": number}
            self.stdout.write(json.dumps(answer, ensure_ascii=False))


def _day(written: str | None) -> date:
    try:
        return date.fromisoformat(written) if written else timezone.localdate()
    except ValueError:
        raise CommandError("--date takes a date like 2026-11-24") from None


def _lines(path: str) -> Iterator[str]:
    if path == "-":
        yield from sys.stdin
        return
    try:
        with open(path, encoding="utf-8") as lines:
            yield from lines
    except (OSError, ValueError) as error:  # not there, a name that is none, not UTF-8
        raise CommandError(f"{path}: {error}") from None


def _frame(product: str, day: date) -> dict[str, Any]:
    """Terms, LPR and caps of the day: what is the same for every line."""
    version = product_selectors.current_version(product, day)
    terms = product_selectors.resolved_terms(version.pk).terms
    cap = None
    if terms.purpose_class == "CONSUMPTION":
        cap = str(product_selectors.parameter("CONSUMPTION_ONLINE_CAP", day))
    return {
        "lists": [],  # nobody is looked up
        "terms": terms.as_dict(),
        "lpr": str(product_selectors.parameter(f"LPR_{terms.lpr_tenor}", day)),
        "regulatory_cap": cap,
        "business_date": day.isoformat(),
        "requested_amount": None,
    }


def _inputs(line: str) -> dict[str, Any]:
    if len(line) > _LINE_MAX:
        raise ValueError("the line is too long")
    row = json.loads(line)
    if not isinstance(row, dict):
        raise ValueError("a line is a JSON object")
    written = row.get("facts", row)
    if not isinstance(written, dict):
        raise ValueError("facts is a JSON object")
    unknown = set(written) - set(FEATURES) - {"requested_amount"}
    if written is not row:  # what stands beside the facts and is not understood is not passed over
        unknown |= set(row) - {"facts", "requested_amount"}
    if unknown:
        raise ValueError(f"unknown features {sorted(unknown)[:5]}")
    facts = {name: _fact(name, value) for name, value in written.items() if name in FEATURES}
    return {"facts": facts, "requested_amount": row.get("requested_amount")}


def _fact(name: str, value: Any) -> dict[str, Any]:
    """A signal that is ``null`` is one nobody can tell; no default stands in for it."""
    untold = "unavailable" if FEATURES[name].source == "signals" else "missing"
    fact = {"value": value, "state": untold if value is None else "answered", "at": ""}
    if isinstance(value, dict):
        fact = {"value": value.get("value"), "state": str(value.get("state", "missing")), "at": ""}
    return {**fact, "source": FEATURES[name].source}


def _brief(result: dict[str, Any]) -> dict[str, Any]:
    first = result["offers"][0] if result["offers"] else {}
    return {
        "outcome": result["outcome"],
        "score": result["score"],
        "grade": result["grade"],
        "limit": result["limit"],
        "price": first.get("annual_rate"),
        "reasons": [reason["code"] for reason in result["reasons"]],
        "offers": result["offers"],
        "trace": result["trace"],
    }
