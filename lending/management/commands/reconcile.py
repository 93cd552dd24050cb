"""``manage.py reconcile [--date D]``: our books against the core bank's statement of a day."""

from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from lending.models import ReconciliationRun
from lending.services import reconciliation


class Command(BaseCommand):
    help = "Compare payments, ledger and core bank of a day; exit 1 while differences are open."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--date", type=date.fromisoformat, help="YYYY-MM-DD, default today")

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        day = options["date"] or timezone.localdate(now)
        run = reconciliation.reconcile(day=day, now=now)
        if run.state == ReconciliationRun.State.UNAVAILABLE:
            raise CommandError(
                f"the core bank's statement of {day} could not be read: {run.problem}"
            )
        if run.breaks_open:
            raise CommandError(
                f"{run.breaks_open} open differences on {day}; see reconciliation breaks"
            )
        self.stdout.write(f"{day}: books and core bank agree")
