"""The inputs of a decision as one JSON value: every fact with its state, source and time.

Names, ID numbers, mobiles and cards stay out: a decision needs what they tell, not what they are.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from products.domain.income_calendar import IncomeCalendar
from risk.contracts import DecisionRequest
from risk.domain.citizen import birth_date, issuing_county
from risk.domain.feature_relations import TOLD_SOMETIMES
from risk.domain.features import FEATURES
from risk.domain.values import Feature
from risk.gateways.sources import ERROR, MATCH, TIMEOUT
from risk.models import SourceReport
from risk.reuse import told

INPUTS_VERSION = 1
Facts = dict[str, dict[str, Any]]


def application_facts(request: DecisionRequest) -> Facts:
    """What the person and lending said. Every source's features are missing until its report
    stands.
    """
    subject, at = request.subject, _iso(request.as_of)
    born = birth_date(subject.id_number)
    said: dict[str, Any] = {
        "birth_date": born.isoformat() if born else None,
        "id_county": issuing_county(subject.id_number),
        "purpose": request.purpose,
    }
    facts: Facts = {}
    for feature in FEATURES.values():
        value: Any = None
        if feature.source == "application":
            value = said.get(feature.name, subject.declared.get(feature.field))
        elif feature.source == "signals":
            value = request.signals.get(feature.field)
        state = _unsaid(feature) if value is None else "answered"
        facts[feature.name] = _fact(value, state, feature.source, at)
    return facts


def _unsaid(feature: Feature) -> str:
    """What lending always tells and did not is unavailable: no default stands in for it."""
    if feature.source == "signals" and feature.name not in TOLD_SOMETIMES:
        return "unavailable"
    return "missing"


def source_facts(reports: Iterable[SourceReport]) -> Facts:
    """Facts from stored reports; a source that failed or is still asked is ``unavailable``.

    Where an older answer stands in for a failed source, its facts count, at their own time.
    """
    facts: Facts = {}
    for report in map(told, reports):
        at = _iso(report.answered_at or report.requested_at)
        values = report.facts or {}
        for feature in FEATURES.values():
            if feature.source != report.source:
                continue
            state = _state(report.result)
            value = report.result if feature.field == "result" else values.get(feature.name)
            if state == "unavailable":
                value = None
            facts[feature.name] = _fact(value, state, report.source, at)
    return facts


def build_inputs(
    request: DecisionRequest,
    facts: Facts,
    reports: Mapping[str, SourceReport],
    cap: Decimal | None,
    lists: Sequence[Mapping[str, str]] = (),
    calendar: IncomeCalendar | None = None,
) -> dict[str, Any]:
    """Everything ``evaluate`` reads, JSON-safe: live and replay start from the same bytes.

    ``lists``: the customer lists that name the person, ``{"list", "kind", "tier"}`` each;
    ``calendar``: when the person's crop or herd brings its money.
    """
    requested = request.requested_amount
    return {
        "version": INPUTS_VERSION,
        "facts": facts,
        "sources": {
            code: _source(report)
            for code, report in reports.items()
        },
        "lists": [dict(row) for row in lists],
        "calendar": None if calendar is None else calendar.as_dict(),
        "product_path": list(request.product_path),
        "coupons": [coupon.as_dict() for coupon in request.coupons],
        "terms": request.terms.as_dict(),
        "lpr": str(request.lpr),
        "regulatory_cap": None if cap is None else str(cap),
        "requested_amount": None if requested is None else str(requested),
        "as_of": _iso(request.as_of),
        "business_date": request.business_date.isoformat(),
    }


def _source(report: SourceReport) -> dict[str, Any]:
    """Who said it when. ``reused``: no call was made; ``stale``: the source failed, so an older
    answer was used. Neither key is there when the source was asked and answered.
    """
    telling = told(report)
    entry: dict[str, Any] = {
        "report": str(report.pk),
        "result": telling.result or TIMEOUT,
        "at": _iso(telling.answered_at or telling.requested_at),
        "consent": report.consent_id,
        "latency_ms": report.latency_ms,
    }
    if report.is_stale:
        return {**entry, "stale": True, "failure": report.result}
    return {**entry, "reused": True} if report.is_reused else entry


def _state(result: str) -> str:
    if not result or result in {ERROR, TIMEOUT}:
        return "unavailable"
    return "answered" if result == MATCH else result.lower()


def _fact(value: Any, state: str, source: str, at: str) -> dict[str, Any]:
    return {"value": value, "state": state, "source": source, "at": at}


def _iso(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds")
