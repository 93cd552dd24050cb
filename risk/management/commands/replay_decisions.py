"""Replay stored decisions: count, equal, different. Exit 1 if a same-version replay differs.

Under another version (--strategy) the report tells what moves, why and for whom. --fast compares the core
of thousands at once with what the records keep; without it every case is decided whole again.
"""

import json
import os
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.utils import timezone

from risk.models import StrategyVersion
from risk.replay import count, replay_all
from risk.strategies import NoPublishedStrategy, find_version

_PROCESSES_MAX = 32
#: Fewer decisions are replayed before another process has started.
_WORTH_PROCESSES = 2_000


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--since", metavar="DATE", help="first business date, YYYY-MM-DD")
        parser.add_argument(
            "--strategy", metavar="CODE[@N]", help="replay under this version and report what moves"
        )
        parser.add_argument("--fast", action="store_true", help="outcome, score, grade and limit only")
        parser.add_argument("--processes", metavar="N", help="default: one a core when it is worth it")
        parser.add_argument("--json", action="store_true", help="the report as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        since, under = _since(options["since"]), _under(options["strategy"])
        processes = _processes(options["processes"], since)
        try:
            report = replay_all(
                since=since, under=under, fast=options["fast"], processes=processes,
                progress=self._progress,
            )  # fmt: skip
        except ValueError as error:  # a definition that was tampered with, or a draft not in order
            raise CommandError(f"cannot be replayed: {str(error)[:200]}") from None
        self.stderr.write("")
        if options["json"]:
            self.stdout.write(json.dumps(report.as_dict(), ensure_ascii=False, indent=2))
        else:
            self.stdout.write(report.as_text())
            if options["fast"]:
                self.stdout.write(
                    f"in columns {report.in_columns}  one by one {report.one_by_one}"
                )
        if report.different:
            ids = ", ".join(report.examples)
            raise CommandError(f"{report.different} same-version replays differ: {ids}")

    def _progress(self, done: int, total: int) -> None:
        self.stderr.write(f"\r{done:,} of {total:,} replayed", ending="")


def _since(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise CommandError("--since takes a date like 2026-11-24") from None


def _under(spec: str | None) -> StrategyVersion | None:
    if not spec:
        return None
    try:
        return find_version(spec, timezone.localdate())
    except (NoPublishedStrategy, ValueError):
        raise CommandError(f"there is no strategy {spec[:60]!r}") from None


def _processes(text: str | None, since: date | None) -> int:
    if text is None:
        is_worth_it = count(since) >= _WORTH_PROCESSES and not connection.in_atomic_block
        return os.cpu_count() or 1 if is_worth_it else 1
    if not text.isdecimal() or not 1 <= int(text[:9]) <= _PROCESSES_MAX:
        raise CommandError(f"--processes takes a whole number from 1 to {_PROCESSES_MAX}")
    return int(text)
