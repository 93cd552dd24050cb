"""Deciding again from the record: the same strategy must give the same bytes.

The whole way decides every case again and compares bytes; the fast way (``risk.fast_replay``) compares
what records keep as columns. Both go through ranges of ids, by several processes if so asked.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import partial
from itertools import pairwise
from typing import Any
from uuid import UUID

from django.db import connection

from products.encryption import Undecryptable
from risk.domain.canonical import canonical, sha256_of
from risk.domain.decide import ENGINE_VERSION, SAME_RESULTS, evaluate
from risk.models import DecisionRecord, StrategyVersion
from risk.processes import spread
from risk.replay_report import ReplayReport
from risk.strategies import TamperedStrategy, compiled_version

__all__ = ["Replayed", "ReplayReport", "replay_all", "replayed"]

_CHUNK = 500
#: Ids are random, so equal ranges of them hold about equally many decisions: about so many.
_A_RANGE, _A_FAST_RANGE = 500, 5_000
_RANGES_MAX = 1_024
_ID_BITS = 128
Range = tuple[UUID, UUID]
Progress = Callable[[int, int], None]


def replay_all(
    *, since: date | None, under: StrategyVersion | None, fast: bool = False, processes: int = 1,
    progress: Progress | None = None,
) -> ReplayReport:  # fmt: skip
    """Replay every decision since a business date, each under its own version or ``under``.

    What was tampered with is different. Raises ``TamperedStrategy`` or ``InvalidStrategy`` for ``under``
    itself.

    ``progress`` is told (done, total) now and then. More than one process sees committed rows only.
    """
    if under is not None:
        compiled_version(under.pk)
    total = count(since)
    report = ReplayReport()
    parts = total // (_A_FAST_RANGE if fast else _A_RANGE)
    ranges = list(_ranges(min(max(parts, 1), _RANGES_MAX)))
    work = partial(_replay_range, since=since, under=under.pk if under else None, fast=fast)
    for part in _parts(work, ranges, processes):
        report.merge(part)
        if progress is not None:
            progress(report.count, total)
    return report


def count(since: date | None) -> int:
    """How many decisions a replay would look at."""
    records = DecisionRecord.objects.all()
    return (records.filter(business_date__gte=since) if since else records).count()


def _parts(
    work: Callable[[Range], ReplayReport], ranges: list[Range], processes: int
) -> Iterable[ReplayReport]:
    if processes <= 1 or len(ranges) == 1:
        yield from map(work, ranges)
        return
    database = connection.settings_dict["NAME"]
    yield from spread(work, ranges, processes=processes, database=database)


def _ranges(parts: int) -> Iterator[Range]:
    """All ids in equal ranges, both ends included."""
    edges = [2**_ID_BITS * part // parts for part in range(parts + 1)]
    for first, end in pairwise(edges):
        yield UUID(int=first), UUID(int=end - 1)


def _replay_range(
    ids: Range, *, since: date | None, under: int | None, fast: bool
) -> ReplayReport:
    if fast:
        from risk.fast_replay import replay_range  # numpy is loaded only by who asks for it

        return replay_range(*ids, since, under)
    report = ReplayReport()
    for record in _records(ids, since):
        _replay(report, record, under)
    return report


def _replay(report: ReplayReport, record: DecisionRecord, under: int | None) -> None:
    version_id = under or record.strategy_version_id
    same = version_id == record.strategy_version_id and _has_same_results(record)
    report.count += 1
    report.one_by_one += 1
    try:
        result = _decided_again(record, version_id)
        is_equal = canonical(result) == canonical(record.result) and _is_whole(record)
    except (TamperedStrategy, Undecryptable):  # found, and the others are still looked at
        report.add_different(str(record.pk))
        return
    report.equal += is_equal
    if not same:
        _add_move(report, record, result)
    elif not is_equal:
        report.add_different(str(record.pk))


def _add_move(report: ReplayReport, record: DecisionRecord, result: Mapping[str, Any]) -> None:
    before, move = record.result, f"{record.outcome} → {result['outcome']}"
    report.other += 1
    report.moves[move] += 1
    was, is_ = ({row["code"] for row in one["reasons"]} for one in (before, result))
    report.reasons_added.update(is_ - was)
    report.reasons_removed.update(was - is_)
    if record.outcome != result["outcome"]:
        segment = before["trace"]["derived"].get("segment", "")
        report.segments[f"{segment}|{move}"] += 1
        report.add_moved(move, [str(record.pk)])
    elif before["limit"] != result["limit"]:
        is_higher = Decimal(result["limit"]) > Decimal(before["limit"])
        report.limits["higher" if is_higher else "lower"] += 1


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


def _records(ids: Range, since: date | None) -> Iterator[DecisionRecord]:
    records = DecisionRecord.objects.filter(pk__gte=ids[0], pk__lte=ids[1]).order_by("pk")
    if since is not None:
        records = records.filter(business_date__gte=since)
    return records.iterator(chunk_size=_CHUNK)


@dataclass(frozen=True)
class Replayed:
    """One decision made again, under the name of the engine that made it if today's gives the same
    results. ``differences``: parts of the result that are not the same, and
    ``inputs`` or ``strategy`` where what is stored no longer has its own hash.
    """

    identical: bool
    stored_sha256: str
    replayed_sha256: str
    differences: tuple[str, ...]
    made_by_engine: str
    engine: str


def replayed(decision_id: UUID) -> Replayed:
    """Decide again from the record and say part by part what differs. Raises ``DoesNotExist``."""
    record = DecisionRecord.objects.get(pk=decision_id)
    try:
        differences = [] if sha256_of(record.inputs) == record.inputs_sha256 else ["inputs"]
        if sha256_of(record.result) != record.result_sha256:
            differences.append("result")
    except Undecryptable:
        return _replayed(record, "", ["inputs"])
    digest = ""
    try:
        result = _decided_again(record, record.strategy_version_id)
    except TamperedStrategy:
        differences.append("strategy")
    else:
        digest = sha256_of(result)
        differences += [
            part
            for part in sorted({*result, *record.result})
            if canonical(result.get(part)) != canonical(record.result.get(part))
        ]
    return _replayed(record, digest, differences)


def _replayed(record: DecisionRecord, digest: str, differences: Sequence[str]) -> Replayed:
    return Replayed(
        identical=not differences and digest == record.result_sha256,
        stored_sha256=record.result_sha256,
        replayed_sha256=digest,
        differences=tuple(differences),
        made_by_engine=record.engine_version,
        engine=ENGINE_VERSION,
    )
