"""``manage.py check_parameters [--on DATE]``: whether every number the platform needs has a value."""

import sys
from datetime import date, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from products.domain.parameter_codes import REQUIRED
from products.selectors.dated import parameter_gaps


class Command(BaseCommand):
    help = "Name the dated numbers without a value on a day (default today), one a line; exit 1."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--on", default="", help="the day, as 2026-12-31")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            on = date.fromisoformat(options["on"]) if options["on"] else timezone.localdate()
            after = on + timedelta(days=1)
        except (ValueError, OverflowError):
            raise CommandError(f"{options['on']} is not a day like 2026-12-31") from None
        missing = [gap.code for gap in parameter_gaps(REQUIRED, on, after)]
        for code in missing:
            self.stdout.write(f"{code} has no value on {on}")
        if missing:
            sys.exit(1)
