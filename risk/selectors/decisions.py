"""Reading decisions and evidence. Nothing here shows a raw reply."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any
from uuid import UUID

from risk.contracts import Assessment, Decision, Evidence, OfferDraft, Reason
from risk.domain.features import FEATURES
from risk.gateways.sources import SOURCE_NAMES
from risk.models import DecisionRecord, SourceReport
from risk.reuse import told


class NoDecision(LookupError):
    """There is no decision with this id."""


def record_of(decision_id: UUID) -> DecisionRecord:
    record = DecisionRecord.objects.filter(pk=decision_id).first()
    if record is None:
        raise NoDecision(str(decision_id))
    return record


def decision(decision_id: UUID) -> Decision:
    """The stored decision; for a referred one ``limit`` is the machine's suggestion (0.00 if it has
    none).

    Raises ``NoDecision``.
    """
    return decision_of(record_of(decision_id))


def decisions(decision_ids: Iterable[UUID]) -> dict[UUID, Decision]:
    """Several at once, for a list: decision id → decision."""
    records = DecisionRecord.objects.filter(pk__in=list(decision_ids)).defer("inputs")
    return {record.pk: decision_of(record) for record in records}


def decision_of(record: DecisionRecord) -> Decision:
    result = record.result
    return Decision(
        id=record.pk,
        outcome=result["outcome"],
        score=result["score"],
        grade=result["grade"],
        limit=Decimal(result["limit"]),
        offers=tuple(_offer(row) for row in result["offers"]),
        reasons=tuple(Reason(r["code"], r["zh"], r["en"], r["kind"]) for r in result["reasons"]),
        assessments=tuple(_assessment(row) for row in result["assessments"]),
    )


def evidence(application_id: UUID, round: int) -> list[dict[str, Any]]:
    """One entry per source asked in a round, in the order asked.

    Keys: source, name_zh, name_en, result (MATCH … TIMEOUT, ``None`` while asking), problem, at,
    latency_ms (``None`` without a call), cost_fen, consent_id, purpose, reused (a fresh earlier
    answer, no call), stale (the source failed, an older answer stands in: its time is ``at``), facts
    [{feature, zh, en, value}].
    """
    entries = []
    reports = (
        SourceReport.objects.filter(application_id=application_id, round=round)
        .select_related("reused_from")
        .defer("raw_reply", "reused_from__raw_reply")
    )
    order = list(SOURCE_NAMES)
    for report in sorted(reports, key=lambda r: (order.index(r.source), r.requested_at)):
        zh, en = SOURCE_NAMES[report.source]
        telling = told(report)
        facts = [
            {"feature": name, "zh": FEATURES[name].zh, "en": FEATURES[name].en, "value": value}
            for name, value in (telling.facts or {}).items()
            if name in FEATURES
        ]
        entries.append(
            {
                "source": report.source,
                "name_zh": zh,
                "name_en": en,
                "result": report.result or None,
                "problem": report.problem,
                "at": telling.answered_at,
                "reused": report.is_reused,
                "stale": report.is_stale,
                "latency_ms": report.latency_ms,
                "cost_fen": report.cost_fen,
                "consent_id": report.consent_id,
                "purpose": report.purpose,
                "facts": facts,
            }
        )
    return entries


def profile_view(decision_id: UUID) -> list[dict[str, Any]]:
    """The readable profile: every value the decision used, grouped by source, with state and time.

    ``[{source, name_zh, name_en, result, values: [{feature, zh, en, value, state, at}]}]``.
    """
    inputs = record_of(decision_id).inputs
    groups = []
    for source, (zh, en) in SOURCE_NAMES.items():
        values = [
            {
                "feature": name,
                "zh": FEATURES[name].zh,
                "en": FEATURES[name].en,
                "value": fact["value"],
                "state": fact["state"],
                "at": fact["at"],
            }
            for name, fact in inputs["facts"].items()
            if name in FEATURES and FEATURES[name].source == source
        ]
        if values:
            result = inputs["sources"].get(source, {}).get("result")
            groups.append(
                {"source": source, "name_zh": zh, "name_en": en, "result": result, "values": values}
            )
    return groups


def trace(decision_id: UUID) -> dict[str, Any]:
    """For the risk manager: rules that fired, points by bin, gaps, derived values, steps of the
    limit.
    """
    record = record_of(decision_id)
    return {
        **record.result["trace"],
        "strategy": str(record.strategy_version),
        "strategy_sha256": record.strategy_sha256,
        "engine": record.engine_version,
    }


def _offer(row: dict[str, Any]) -> OfferDraft:
    return OfferDraft(
        amount_min=Decimal(row["amount_min"]),
        amount_max=Decimal(row["amount_max"]),
        amount_step=Decimal(row["amount_step"]),
        annual_rate=Decimal(row["annual_rate"]),
        apr=Decimal(row["apr"]),
        term_months=row["term_months"],
        method=row["method"],
        provenance=tuple(row["provenance"]),
        label_zh=row["label_zh"],
        label_en=row["label_en"],
        seasonal_months=tuple(row["seasonal_months"]),
        seasonal_shares={int(m): share for m, share in row.get("seasonal_shares", {}).items()},
        coupons=tuple(row.get("coupons", ())),
        rate_before=Decimal(row["rate_before"]) if row.get("rate_before") else None,
    )


def _assessment(row: dict[str, Any]) -> Assessment:
    return Assessment(
        name=row["name"],
        score=row["score"],
        evidence=tuple(
            Evidence(e["code"], e["zh"], e["en"], e["value"], e["source"], e["at"], e["effect"])
            for e in row["evidence"]
        ),
    )
