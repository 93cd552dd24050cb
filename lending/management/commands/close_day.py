"""``manage.py close_day [--date D] [--until D] [--workers N]``: end of day. Safe to repeat."""

import os
import time
from datetime import date, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from lending.errors import IllegalState
from lending.models import BusinessDay, EndOfDayRun, LegalEntity
from lending.selectors import business_day
from lending.services import end_of_day


class Command(BaseCommand):
    help = "Close the business date (or --date, or every day through --until); refuses gaps and the future."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--date", type=date.fromisoformat, help="YYYY-MM-DD: the day to close")
        parser.add_argument("--until", type=date.fromisoformat, help="YYYY-MM-DD: close through this day")
        parser.add_argument("--workers", type=int, default=2, help="connections at work (default 2)")
        parser.add_argument(
            "--ahead", action="store_true", help="practice only: days the calendar has not reached"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["date"] and options["until"]:
            raise CommandError("--date or --until, not both")
        if not 1 <= options["workers"] <= 32:
            raise CommandError("--workers lies between 1 and 32")
        if options["ahead"] and os.environ.get("DJANGO_ENV", "demo") == "production":
            raise CommandError("--ahead is for practice, never for production")
        entities = [row.legal_entity for row in BusinessDay.objects.select_related("legal_entity")]
        if not entities:
            raise CommandError("the bank has no business date yet")
        for entity in entities:
            self._close_entity(entity, options)

    def _close_entity(self, entity: LegalEntity, options: dict[str, Any]) -> None:
        today, current = timezone.localdate(), business_day.current(entity)
        ahead = options["ahead"]
        until = options["until"]
        if until is None:
            wanted = options["date"] or current
            if wanted < current or (options["date"] is None and wanted > today and not ahead):
                closed = wanted if wanted < current else current - timedelta(days=1)
                self.stdout.write(f"{closed} is already closed; the business date is {current}")
                return
            self._close(entity, wanted, options)
            return
        if until > today and not ahead:
            raise CommandError(f"{until} lies in the future; today is {today}")
        if until < current:
            self.stdout.write(f"{until} is already closed; the business date is {current}")
        while current <= until:
            self._close(entity, current, options)
            current += timedelta(days=1)

    def _close(self, entity: LegalEntity, day: date, options: dict[str, Any]) -> None:
        started, now = time.perf_counter(), timezone.now()
        try:
            run, _ = end_of_day.begin(legal_entity=entity, day=day, now=now, ahead=options["ahead"])
        except IllegalState as error:
            raise CommandError(self._refusal(entity, day, error.code)) from None
        run = end_of_day.work(run_id=run.pk, now=now, workers=options["workers"])
        if run.state != EndOfDayRun.State.DONE:
            raise CommandError(f"{day} stopped at step {run.step}: {run.problem}")
        ms = round((time.perf_counter() - started) * 1_000)
        self.stdout.write(
            f"{day}: {run.figures['loans']} loans, {run.figures['parked']} parked, {ms} ms"
        )

    def _refusal(self, entity: LegalEntity, day: date, code: str) -> str:
        current = business_day.current(entity)
        return {
            "already_closed": f"{day} is already closed; the business date is {current}",
            "gap": f"{day} cannot be closed: {current} is still open",
            "future": f"{day} lies in the future; today is {timezone.localdate()}",
        }.get(code, f"{day} cannot be closed: another day is being closed")
