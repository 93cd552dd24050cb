"""What risk does for lending: ask the sources, and decide.

Both are safe to repeat. ``gather`` and ``decide`` call outside services and must not run
inside a transaction. A decision is one stored row a round; whoever comes second gets the first
one's answer.
"""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import structlog
from django.db import transaction
from django.utils import timezone

from products import selectors as product_selectors
from products.domain.income_calendar import IncomeCalendar
from products.domain.law import CONSUMPTION_PURPOSES
from products.domain.terms import LoanTerms
from products.money import ZERO
from products.selectors.calendars import income_calendar
from risk import gathering, selectors, vectors
from risk.contracts import DECLINE, Decision, DecisionRequest, Subject
from risk.domain.canonical import canonical, sha256_of
from risk.domain.citizen import age_on, birth_date
from risk.domain.decide import ENGINE_VERSION, evaluate_both, precheck
from risk.gateways.sources import PURPOSE_LOAN_APPROVAL, SOURCES
from risk.inputs import application_facts, build_inputs, source_facts
from risk.models import DecisionRecord, StrategyVersion
from risk.questions import questions_for
from risk.selectors.lists import matches
from risk.services import monitoring, trials
from risk.strategies import compiled_version, published_version

log = structlog.get_logger(__name__)

#: Nobody younger or older than any product allows is asked about, whatever the product says.
AGE_MIN, AGE_MAX = 18, 65


def gather(
    *,
    subject: Subject,
    consents: dict[str, str],
    purpose: str,
    sources: Iterable[str] | None = None,
    now: datetime,
    round: int = 1,
    terms: LoanTerms | None = None,
) -> None:
    """Ask allowed and still unanswered sources, all at once; answers are stored as reports.

    Nobody is asked about a minor, a person outside the age the product (or, without ``terms``, any
    product) allows, or an ID number that is not one. Unknown source codes raise ``KeyError``.
    """
    if not _may_be_asked_about(subject.id_number, timezone.localdate(now), terms):
        return
    wanted = [SOURCES[code] for code in (SOURCES if sources is None else sources)]
    questions = questions_for(subject, consents, wanted)
    gathering.gather_reports(
        subject=subject, questions=questions, purpose=purpose, round=round, now=now
    )


def check(
    *,
    subject: Subject,
    consents: dict[str, str],
    source: str,
    purpose: str,
    now: datetime,
    round: int,
) -> str | None:
    """The result (MATCH … TIMEOUT) of one source about exactly this subject, asked now if need be.

    ``None`` when it may not be asked: no consent, or nothing to ask about.
    """
    gather(
        subject=subject, consents=consents, purpose=purpose, sources=[source], now=now, round=round
    )
    questions = questions_for(subject, consents, [SOURCES[source]])
    reports = gathering.reports_of(
        subject.application_id, [question.index for question in questions], round
    )
    return reports[-1].result if reports else None


def decide(request: DecisionRequest) -> Decision:
    """The decision for this application and round: gathered, evaluated, stored, the same for every
    caller.

    Raises ``NoPublishedStrategy`` or ``products.selectors.MissingParameter`` when the bank is not
    set up to decide; never because of what a source did.
    """
    stored = _stored(request)
    if stored is not None:
        return stored
    champion = published_version(
        request.terms.strategy_code or "default", request.business_date
    )
    made, place = trials.decided(
        strategy_id=champion.strategy_id,
        application_id=request.subject.application_id,
        by_champion=lambda: _made(request, champion),
        by_challenger=lambda version: _made(request, version),
    )
    return _store(request, made, place)


@dataclass(frozen=True)
class _Made:
    """A decision before it is stored; ``took_us`` is the evaluation alone, ``core_…`` what stood before
    plans were fitted.
    """

    version: StrategyVersion
    inputs: dict[str, Any]
    result: dict[str, Any]
    took_ms: int = 0
    took_us: int = 0
    core_outcome: str = DECLINE
    core_limit: Decimal = ZERO


def _made(request: DecisionRequest, version: StrategyVersion) -> _Made:
    """Gathered and evaluated under one version; nothing is stored but the sources' answers."""
    started = time.perf_counter()
    strategy = compiled_version(version.pk)
    cap = _regulatory_cap(request)
    lists = _lists(request)
    early = build_inputs(request, application_facts(request), {}, cap, lists=lists)
    result = precheck(strategy, early)
    if result is not None:
        return _Made(version, early, result)
    asked = time.perf_counter()
    gather(
        subject=request.subject,
        consents=dict(request.consents),
        purpose=PURPOSE_LOAN_APPROVAL,
        now=request.as_of,
        round=request.round,
        terms=request.terms,
    )
    waited_s = time.perf_counter() - asked
    inputs = _inputs(request, cap, lists)
    ready = time.perf_counter()
    result, outcome, limit = evaluate_both(strategy, inputs)
    done = time.perf_counter()
    own_s = done - started - waited_s
    took_us = int((done - ready) * 1_000_000)
    return _Made(version, inputs, result, int(own_s * 1000), took_us, outcome, limit)


def _may_be_asked_about(id_number: str, day: date, terms: LoanTerms | None) -> bool:
    born = birth_date(id_number)
    if born is None or born > day:
        return False
    youngest = max(AGE_MIN, terms.age_min) if terms else AGE_MIN
    oldest = terms.age_max if terms else AGE_MAX
    return youngest <= age_on(born, day) <= oldest


def _inputs(
    request: DecisionRequest, cap: Decimal | None, lists: list[dict[str, str]]
) -> dict[str, Any]:
    questions = questions_for(request.subject, request.consents, list(SOURCES.values()))
    reports = gathering.reports_of(
        request.subject.application_id, [question.index for question in questions], request.round
    )
    facts = {**application_facts(request), **source_facts(reports)}
    return build_inputs(
        request,
        facts,
        {report.source: report for report in reports},
        cap,
        lists=lists,
        calendar=_calendar(facts, request.business_date),
    )


def _lists(request: DecisionRequest) -> list[dict[str, str]]:
    """The customer lists that name the person on the business date."""
    return [
        {"list": hit.list_code, "kind": hit.kind, "tier": hit.tier}
        for hit in matches(id_number=request.subject.id_number, on=request.business_date)
    ]


def _calendar(facts: dict[str, Any], on: date) -> IncomeCalendar | None:
    """The income calendar of the person's crop or herd in their county, if the bank keeps one."""
    crop, county = facts["land_crop"]["value"], facts["household_county"]["value"]
    if not isinstance(crop, str) or not crop:
        return None
    return income_calendar(crop=crop, county=county if isinstance(county, str) else "", on=on)


def _regulatory_cap(request: DecisionRequest) -> Decimal | None:
    """The law's cap on loans for consumption on the business date, a dated parameter.

    The product's class or the purpose of this loan makes it one.
    """
    terms = request.terms
    if terms.purpose_class != "CONSUMPTION" and request.purpose not in CONSUMPTION_PURPOSES:
        return None
    return product_selectors.parameter("CONSUMPTION_ONLINE_CAP", request.business_date)


def _stored(request: DecisionRequest) -> Decision | None:
    record = DecisionRecord.objects.filter(
        application_id=request.subject.application_id, round=request.round
    ).first()
    return selectors.decision_of(record) if record else None


def _store(request: DecisionRequest, made: _Made, place: trials.Place | None) -> Decision:
    """Insert once; if another worker was faster, its row is the decision."""
    version, inputs, result, took_ms = made.version, made.inputs, made.result, made.took_ms
    record = DecisionRecord(
        application_id=request.subject.application_id,
        round=request.round,
        product_code=request.terms.product_code,
        strategy_version=version,
        strategy_sha256=result["strategy"],
        engine_version=ENGINE_VERSION,
        as_of=request.as_of,
        business_date=request.business_date,
        inputs=inputs,
        result=result,
        inputs_sha256=sha256_of(inputs),
        result_sha256=sha256_of(result),
        outcome=result["outcome"],
        score=result["score"],
        grade=result["grade"] or "",
        limit_amount=Decimal(result["limit"]),
        reason_codes=[reason["code"] for reason in result["reasons"]],
        took_ms=took_ms,
    )
    with transaction.atomic():
        DecisionRecord.objects.bulk_create([record], ignore_conflicts=True)
        standing = DecisionRecord.objects.get(
            application_id=request.subject.application_id, round=request.round
        )
        if standing.pk == record.pk:
            monitoring.keep(record=record, took_us=made.took_us, place=place)
            vectors.keep_beside(record, made.core_outcome, made.core_limit)
    log.info(
        "decision.made",
        decision_id=str(standing.pk),
        outcome=standing.outcome,
        bytes=len(canonical(result)),
        took_ms=took_ms,
    )
    return selectors.decision_of(standing)
