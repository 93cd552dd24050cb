"""Replay stored decisions: count, equal, different. Exit 1 if a same-version replay differs."""

from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from risk.replay import replay_all
from risk.strategies import NoPublishedStrategy, find_version


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--since", metavar="DATE", help="first business date, YYYY-MM-DD")
        parser.add_argument(
            "--strategy", metavar="CODE[@N]", help="replay under this version and report what moves"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            since = date.fromisoformat(options["since"]) if options["since"] else None
            under = find_version(options["strategy"], timezone.localdate()) if options["strategy"] else None
        except ValueError:
            raise CommandError("--since takes a date like 2026-11-24") from None
        except NoPublishedStrategy as error:
            raise CommandError(f"there is no strategy {error}") from None
        report = replay_all(since=since, under=under)
        self.stdout.write(
            f"count {report.count}  equal {report.equal}  different {report.different}"
            f"  other version {report.other}"
        )
        for move, times in sorted(report.moves.items()):
            self.stdout.write(f"  {move}: {times}")
        if report.different:
            ids = ", ".join(str(decision_id) for decision_id in report.examples)
            raise CommandError(f"{report.different} same-version replays differ: {ids}")
