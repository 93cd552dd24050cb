"""``manage.py build_traits``: traits of applications made before there were any. Safe to repeat."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from lending.services import traits

LIMIT = 100_000


class Command(BaseCommand):
    help = "Build the traits of older applications, newest first, so that rings reach back a year."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--limit", type=int, default=LIMIT, help="at most so many applications")

    def handle(self, *args: Any, **options: Any) -> None:
        built = traits.build_missing(limit=options["limit"])
        self.stdout.write(f"{built} applications")
