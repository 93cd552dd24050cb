"""``manage.py reconcile [--date D]``: our books against the core bank's statement of a day."""

from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from lending.gateways.core_bank import StatementUnavailable
from lending.services import reconciliation


class Command(BaseCommand):
    help = "Compare disbursements, journals and the core bank's statement; exit 1 while differences are open."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--date", type=date.fromisoformat, help="YYYY-MM-DD, default today")

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        day = options["date"] or timezone.localdate(now)
        try:
            open_breaks = reconciliation.reconcile(day=day, now=now)
        except StatementUnavailable as error:
            raise CommandError(
                f"the core bank's statement of {day} could not be read: {error}"
            ) from None
        if open_breaks:
            raise CommandError(
                f"{open_breaks} open differences on {day}; see reconciliation breaks"
            )
        self.stdout.write(f"{day}: books and core bank agree")
