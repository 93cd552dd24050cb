"""Deciding again from the record: the same strategy must give the same bytes."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from risk.domain.canonical import canonical, sha256_of
from risk.domain.decide import ENGINE_VERSION, SAME_RESULTS, evaluate
from risk.models import DecisionRecord, StrategyVersion
from risk.strategies import compiled_version

_CHUNK = 500
_DIFFERENT_SHOWN = 20


@dataclass
class ReplayReport:
    """``different`` counts same-version replays that are not the same bytes; it must stay 0.

    A record made by another engine version, or replayed under another strategy version, is no
    promise of equal bytes: it is counted in ``other`` with the moves of its outcome.
    """

    count: int = 0
    equal: int = 0
    different: int = 0
    other: int = 0
    moves: Counter[str] = field(default_factory=Counter)
    examples: list[UUID] = field(default_factory=list)


def replay_all(*, since: date | None, under: StrategyVersion | None) -> ReplayReport:
    """Replay every decision since a business date, each under its own version or ``under``."""
    report = ReplayReport()
    for record in _records(since):
        version_id = under.pk if under else record.strategy_version_id
        same = version_id == record.strategy_version_id and _has_same_results(record)
        result = _decided_again(record, version_id)
        is_equal = canonical(result) == canonical(record.result) and _is_whole(record)
        report.count += 1
        report.equal += is_equal
        if not same:
            report.other += 1
            report.moves[f"{record.outcome} → {result['outcome']}"] += 1
        elif not is_equal:
            report.different += 1
            if len(report.examples) < _DIFFERENT_SHOWN:
                report.examples.append(record.pk)
    return report


def is_identical(decision_id: UUID) -> bool:
    """Whether one decision replays to its own bytes: the button on its page."""
    record = DecisionRecord.objects.get(pk=decision_id)
    result = _decided_again(record, record.strategy_version_id)
    return canonical(result) == canonical(record.result) and _is_whole(record)


def _has_same_results(record: DecisionRecord) -> bool:
    return record.engine_version in {ENGINE_VERSION, *SAME_RESULTS}


def _decided_again(record: DecisionRecord, version_id: int) -> dict[str, Any]:
    """The result of today's engine, under the name of the one it must be equal to."""
    result = evaluate(compiled_version(version_id), record.inputs)
    return {**result, "engine": record.engine_version} if _has_same_results(record) else result


def _is_whole(record: DecisionRecord) -> bool:
    """The stored hashes still fit what was decrypted."""
    return (
        sha256_of(record.inputs) == record.inputs_sha256
        and sha256_of(record.result) == record.result_sha256
    )


def _records(since: date | None) -> Iterator[DecisionRecord]:
    records = DecisionRecord.objects.order_by("as_of", "pk")
    if since is not None:
        records = records.filter(business_date__gte=since)
    return records.iterator(chunk_size=_CHUNK)
