"""``manage.py check_invariants [--json]``: what must always be true, checked now."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from lending.gateways.core_bank import StatementUnavailable
from lending.selectors.invariants import INVARIANTS


class Command(BaseCommand):
    help = "Check the money and state invariants; exit 1 names every row that breaks one."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--json", action="store_true", help="one JSON object on standard output"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        results: dict[str, list[dict[str, str]]] = {}
        for name, check in INVARIANTS.items():
            try:
                results[name] = list(check(now))
            except StatementUnavailable as error:
                results[name] = [
                    {
                        "invariant": name.split()[0],
                        "row": "core bank",
                        "detail": f"no statement: {error}",
                    }
                ]
        breaches = [breach for found in results.values() for breach in found]
        if options["json"]:
            self.stdout.write(
                json.dumps({"ok": not breaches, "breaches": breaches}, ensure_ascii=False)
            )
        else:
            for name, found in results.items():
                self.stdout.write(f"{'ok    ' if not found else 'BROKEN'} {name}")
                for breach in found:
                    self.stdout.write(f"       {breach['row']}: {breach['detail']}")
        if breaches:
            raise CommandError(f"{len(breaches)} breaches")
