"""Counts by day, shifts, cohorts and alerts, over rows whose figures are known beforehand."""

import datetime as dt
import threading
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, connection, connections, transaction

from risk import services
from risk.domain.monitoring_alerts import RULES
from risk.models import (
    DecisionDay,
    DecisionFigures,
    DecisionRecord,
    MonitoringAlert,
    ScoreBin,
    SourceReport,
)
from risk.selectors import cohorts as cohort_reading
from risk.selectors import monitoring as reading
from risk.selectors import monitoring_alerts as alert_reading
from risk.selectors.monitoring import Span
from risk.services import monitoring, monitoring_alerts
from risk.services.monitoring import LoanOutcome
from risk.services.strategies import publish
from risk.strategies import forget
from tests.risk.conftest import definition

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nothing_kept() -> Any:
    monitoring.forget()
    yield
    monitoring.forget()


def store(
    strategy: Any,
    day: dt.date,
    n: int,
    *,
    outcome: str = "approve",
    score: Any = 620,
    product: str = "shandai",
    took_ms: int = 12,
    bins: tuple[int, ...] = (),
    reasons: tuple[str, ...] = (),
) -> list[UUID]:
    """Decisions whose sealed parts do not matter here; ``score`` a number or one per row."""
    at = dt.datetime.combine(day, dt.time(10), dt.UTC)
    rows = [
        DecisionRecord(
            application_id=uuid4(),
            round=1,
            product_code=product,
            strategy_version=strategy,
            strategy_sha256=strategy.sha256,
            engine_version="1",
            as_of=at,
            business_date=day,
            inputs={},
            result={},
            inputs_sha256="",
            result_sha256="",
            outcome=outcome,
            score=score(i) if callable(score) else score,
            limit_amount=Decimal(20_000 if outcome == "approve" else 0),
            reason_codes=list(reasons),
            took_ms=took_ms,
        )
        for i in range(n)
    ]
    DecisionRecord.objects.bulk_create(rows)
    DecisionFigures.objects.bulk_create(
        [DecisionFigures(decision=row, bins=list(bins)) for row in rows]
    )
    return [row.pk for row in rows]


def counted(now: dt.datetime) -> None:
    monitoring.refresh_days(now=now)


def test_a_decision_leaves_its_bins_and_its_price(
    sandbox: Any, strategy: Any, request_for: Any
) -> None:
    decision = services.decide(request_for(sandbox.person("teacher")))
    kept = DecisionFigures.objects.get()
    points = DecisionRecord.objects.get().result["trace"]["points"]
    words = {b.pk: (b.feature, b.label) for b in ScoreBin.objects.all()}
    assert [words[pk] for pk in kept.bins] == [(feature, label) for feature, label, _ in points]
    assert kept.annual_rate == decision.offers[0].annual_rate
    assert kept.took_us > 0
    services.decide(request_for(sandbox.person("minor")))  # declined early: no points, no price
    early = DecisionFigures.objects.exclude(pk=kept.pk).get()
    assert (early.bins, early.annual_rate) == ([], None)


def test_a_day_is_counted_from_real_decisions(
    sandbox: Any, strategy: Any, request_for: Any, now: Any, today: dt.date
) -> None:
    people = ("teacher", "rice_farmer", "court_debtor", "minor")
    made = [services.decide(request_for(sandbox.person(name))) for name in people]
    counted(now)
    found = reading.report(Span(today, today))
    outcomes = [decision.outcome for decision in made]
    assert (found.whole.n, found.whole.approve) == (4, outcomes.count("approve"))
    assert found.whole.decline == outcomes.count("decline")
    cost = sum(SourceReport.objects.values_list("cost_fen", flat=True))
    assert found.cost_yuan == Decimal(cost) / 100 / 4
    asked = SourceReport.objects.count()
    assert sum(n for _, n, _ in found.sources) == asked
    assert found.wait.p99 is not None
    assert found.counted_at == now
    assert dict(found.reasons)  # the debtor's and the minor's
    limits = [d.limit for d in made if d.outcome == "approve"]
    assert found.mean_limit == sum(limits) / len(limits)


def test_counting_again_changes_nothing_and_finds_what_came_late(
    strategy: Any, now: Any, today: dt.date
) -> None:
    yesterday = today - dt.timedelta(days=1)
    store(strategy, yesterday, 5)
    store(strategy, today, 3, outcome="refer")
    counted(now)
    before = sorted(DecisionDay.objects.values_list("kind", "day", "product_code", "key", "n"))
    counted(now)
    assert before == sorted(
        DecisionDay.objects.values_list("kind", "day", "product_code", "key", "n")
    )
    store(strategy, yesterday, 2, outcome="decline", product="other")
    counted(now)
    days = reading.per_day(Span(yesterday, today))
    assert [(d.n, d.approve, d.refer, d.decline) for d in days] == [(7, 5, 0, 2), (3, 0, 3, 0)]
    assert reading.per_day(Span(yesterday, today, "other"))[0].n == 2
    assert reading.products() == ["other", "shandai"]


def test_days_of_the_past_are_caught_up_in_order(strategy: Any, now: Any, today: dt.date) -> None:
    for back in (40, 20, 3):
        store(strategy, today - dt.timedelta(days=back), 1)
    assert monitoring.refresh_days(now=now, budget_s=-1) == 1
    assert reading.counted_at("days") is None  # not there yet
    assert monitoring.refresh_days(now=now, budget_s=-1) == 1
    counted(now)
    assert len(reading.per_day(Span(today - dt.timedelta(days=60), today))) == 3
    assert reading.counted_at("days") == now


def test_rates_are_those_of_the_days(strategy: Any, now: Any, today: dt.date) -> None:
    store(strategy, today, 60)
    store(strategy, today, 30, outcome="decline", reasons=("COURT", "WEAK_AGE"))
    store(strategy, today, 10, outcome="refer", reasons=("DATA_INCOMPLETE",))
    counted(now)
    found = reading.report(Span(today, today))
    assert (found.whole.approval, found.whole.automation) == (0.6, 0.9)
    assert found.approval is not None
    assert 0.5 < found.approval.low < 0.6 < found.approval.high < 0.7
    assert found.reasons == (("COURT", (30,)), ("DATA_INCOMPLETE", (10,)))
    assert found.mean_limit == 20_000


def test_milliseconds_are_counted_as_the_domain_rounds_them(
    strategy: Any, now: Any, today: dt.date
) -> None:
    from risk.domain.monitoring import rounded_ms

    values = [0, 1, 99, 100, 104, 105, 149, 994, 995, 999, 1_049, 1_050, 12_345, 99_500, 600_000]
    for value in values:
        store(strategy, today, 1, took_ms=value)
    counted(now)
    rows = DecisionDay.objects.filter(kind="took").values_list("key", "n")
    kept = sorted(int(key) for key, n in rows for _ in range(n))
    assert kept == sorted(map(rounded_ms, values))


def test_a_moved_score_shows_as_a_large_shift(strategy: Any, now: Any, today: dt.date) -> None:
    low, high = (
        ScoreBin.objects.create(feature="land_mu", label=label).pk for label in ("< 5", "≥ 5")
    )
    before = today - dt.timedelta(days=30)
    store(strategy, before, 300, score=lambda i: 500 + i % 200, bins=(low,))
    store(strategy, before, 300, score=lambda i: 500 + i % 200, bins=(high,))
    counted(now)
    store(strategy, today, 300, score=lambda i: 600 + i % 100, bins=(high,))
    counted(now)
    found = reading.report(Span(today, today))
    assert found.score.size == "much"
    assert found.score.cases == 300
    assert sum(share for _, share, _ in found.score.bins) == pytest.approx(1)
    (land,) = found.characteristics
    assert (land.name, land.size) == ("land_mu", "much")
    assert dict((b, (was, is_)) for b, was, is_ in land.bins)["< 5"] == (0.5, 0.0)
    same = reading.report(Span(before, before))
    assert (same.score.size, same.score.index) == ("unknown", None)  # nothing before it


def test_ks_and_auc_wait_for_thirty_bad_loans(strategy: Any, now: Any, today: dt.date) -> None:
    from sklearn.metrics import roc_auc_score

    ids = store(strategy, today, 400, score=lambda i: 500 + (i * 37) % 200)
    scores = dict(DecisionRecord.objects.values_list("pk", "score"))
    bads = {pk for pk in ids if scores[pk] % 7 == 0 or scores[pk] < 520}
    assert len(bads) > 30
    outcomes = [
        LoanOutcome(pk, "shandai", today, today + dt.timedelta(days=70) if pk in bads else None)
        for pk in ids
    ]
    assert monitoring.record_outcomes(outcomes=iter(outcomes), now=now) == 400
    (cohort,) = cohort_reading.cohorts(Span(today, today))
    assert (cohort.loans, cohort.bads, cohort.is_enough) == (400, len(bads), True)
    labels = [pk not in bads for pk in ids]
    assert cohort.auc == pytest.approx(roc_auc_score(labels, [scores[pk] for pk in ids]))
    assert cohort.ks is not None
    assert 0 < cohort.ks <= 1
    few = [row for row in outcomes if row.bad_on is None] + [
        row for row in outcomes if row.bad_on is not None
    ][:29]
    monitoring.record_outcomes(outcomes=iter(few), now=now)
    (cohort,) = cohort_reading.cohorts(Span(today, today))
    assert (cohort.bads, cohort.auc, cohort.is_enough) == (29, None, False)


def test_a_vintage_tells_the_share_ever_late_by_month_on_book(
    strategy: Any, now: Any, today: dt.date
) -> None:
    ids = store(strategy, today, 100)
    paid_out = dt.date(2026, 7, 10)
    bad_on = [dt.date(2026, 9, 9), dt.date(2026, 9, 10), dt.date(2026, 10, 9)]
    outcomes = [
        LoanOutcome(pk, "shandai", paid_out, bad_on[i] if i < 3 else None)
        for i, pk in enumerate(ids)
    ]
    monitoring.record_outcomes(outcomes=iter(outcomes), now=now)
    (curve,) = cohort_reading.vintages(today=today)
    # bad after 61 days: in its second month; after two and after nearly three months: in its third
    assert (curve.month, curve.loans, curve.shares) == (
        "2026-07", 100, (0.0, 0.0, 0.01, 0.03),
    )
    assert cohort_reading.vintages(today=today, product="other") == []


def test_without_loans_there_is_nothing_and_no_error(now: Any, today: dt.date, db: None) -> None:
    monitoring.record_outcomes(outcomes=iter(()), now=now)
    counted(now)
    assert cohort_reading.cohorts(Span(today, today)) == []
    assert cohort_reading.vintages(today=today) == []
    empty = reading.report(Span(today, today))
    assert (empty.whole.n, empty.whole.approval, empty.cost_yuan) == (0, None, None)
    assert monitoring_alerts.evaluate(today=today, now=now, more={}) == 0


def test_an_alert_opens_once_and_closes_by_itself(
    strategy: Any, now: Any, today: dt.date
) -> None:
    store(strategy, today, 60, outcome="refer")
    store(strategy, today, 60)
    counted(now)
    for _ in range(3):
        assert monitoring_alerts.evaluate(today=today, now=now, more={}) == 1
    (alert,) = alert_reading.open_alerts()
    assert (alert.code, alert.value, alert.cases) == ("automation_low", 0.5, 120)
    assert alert_reading.unread_count() == 1
    store(strategy, today, 200)
    counted(now)
    assert monitoring_alerts.evaluate(today=today, now=now, more={}) == 0
    assert [a.closed_at for a in alert_reading.recent()] == [now]
    later = today + dt.timedelta(days=60)  # nothing decided then: too little to tell, nothing opens
    assert monitoring_alerts.evaluate(today=later, now=now, more={}) == 0


def test_each_rule_breaks_on_what_it_measures(strategy: Any, now: Any, today: dt.date) -> None:
    before = today - dt.timedelta(days=40)
    store(strategy, before, 400, score=lambda i: 400 + i % 100)
    store(strategy, today - dt.timedelta(days=20), 400, score=lambda i: 400 + i % 100)
    counted(now)
    ids = store(
        strategy, today, 400, outcome="refer", score=lambda i: 700 + i % 100, took_ms=1_500
    )
    applications = dict(DecisionRecord.objects.filter(pk__in=ids).values_list("pk", "application_id"))
    SourceReport.objects.bulk_create(
        [
            SourceReport(
                application_id=applications[pk], round=1, source="bureau", operation="report",
                subject_index=str(pk), state="answered", result="TIMEOUT" if i % 10 == 0 else "MATCH",
                consent_id="c", purpose="loan_approval", requested_at=now, answered_at=now,
                latency_ms=200,
            )
            for i, pk in enumerate(ids)
        ]
    )
    counted(now)
    monitoring_alerts.evaluate(today=today, now=now, more={"override_rate": (0.3, 80)})
    assert {a.code for a in alert_reading.open_alerts()} == {rule.code for rule in RULES}


def test_a_person_reads_an_alert_once_with_a_note(now: Any, db: None) -> None:
    alert = MonitoringAlert.objects.create(
        code="x", value=1, threshold=0, cases=200, opened_at=now
    )
    with pytest.raises(monitoring_alerts.CannotAcknowledge, match="note"):
        monitoring_alerts.acknowledge(alert_id=alert.pk, by="R1", note=" a ", now=now)
    monitoring_alerts.acknowledge(alert_id=alert.pk, by="R1", note="looked at it", now=now)
    with pytest.raises(monitoring_alerts.CannotAcknowledge, match="done"):
        monitoring_alerts.acknowledge(alert_id=alert.pk, by="R2", note="me too", now=now)
    with pytest.raises(monitoring_alerts.NoAlert):
        monitoring_alerts.acknowledge(alert_id=0, by="R2", note="me too", now=now)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE risk_monitoringalert SET note = ''")
    assert alert_reading.unread_count() == 0


@pytest.mark.django_db(transaction=True)
def test_jobs_at_once_open_one_alert_and_count_a_day_once(
    strategy: Any, now: Any, today: dt.date
) -> None:
    store(strategy, today, 120, outcome="refer")
    together = threading.Barrier(4)

    def job() -> None:
        try:
            together.wait()
            monitoring.refresh_days(now=now)
            monitoring_alerts.evaluate(today=today, now=now, more={})
        finally:
            connections.close_all()

    jobs = [threading.Thread(target=job) for _ in range(4)]
    for one in jobs:
        one.start()
    for one in jobs:
        one.join()
    monitoring_alerts.evaluate(today=today, now=now, more={})
    assert MonitoringAlert.objects.filter(code="automation_low").count() == 1
    assert reading.per_day(Span(today, today))[0].n == 120


def test_a_persons_own_words_are_not_kept_in_the_open(
    sandbox: Any, request_for: Any, now: Any, db: None
) -> None:
    forget()
    written = definition()
    words = {"group": "basics", "zh": "自报", "en": "told us", "otherwise": 1}
    written["scorecard"]["characteristics"] += [
        {**words, "feature": "occupation", "table": {"teacher": 5}},
        {**words, "feature": "declared_income", "table": {}},
    ]
    publish(definition=written, author="risk.manager", now=now)
    decision = services.decide(request_for(sandbox.person("teacher")))
    points = DecisionRecord.objects.get(pk=decision.id).result["trace"]["points"]
    assert ["occupation", "farmer", 1] in points
    kept = dict(ScoreBin.objects.values_list("feature", "label"))
    assert (kept["occupation"], kept["declared_income"]) == ("otherwise", "otherwise")
    bins = DecisionFigures.objects.get(decision_id=decision.id).bins
    assert len(bins) == len(points)
