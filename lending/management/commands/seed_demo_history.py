"""``manage.py seed_demo_history --customers N``: people of the sandbox walk the real journey."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connections
from django.utils import timezone

from lending.models import Customer
from lending.services import demo_history, demo_lists


class Command(BaseCommand):
    help = "Fill an empty demo bank with customers and loans; needs the sandbox to be running."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--customers", type=int, default=60)
        parser.add_argument("--threads", type=int, default=4)

    def handle(self, *args: Any, **options: Any) -> None:
        if not getattr(settings, "DEMO", False) or not settings.SANDBOX_URL:
            raise CommandError("the demo history needs demo mode and the sandbox (SANDBOX_URL)")
        if Customer.objects.exists():
            self.stdout.write("customers exist already: nothing to do")
            return
        now = timezone.now()
        listed = demo_lists.seed(url=settings.SANDBOX_URL, today=timezone.localdate(now), now=now)
        self.stdout.write(f"  {listed} people on customer lists")
        walkers = demo_history.cast(customers=options["customers"], url=settings.SANDBOX_URL)
        states: Counter[str] = Counter()
        with ThreadPoolExecutor(options["threads"]) as pool:
            for number, state in enumerate(pool.map(_walk, walkers), start=1):
                states[state] += 1
                if number % 20 == 0:
                    self.stdout.write(f"  {number} of {len(walkers)} customers")
                    self.stdout.flush()
        self.stdout.write(", ".join(f"{count} {state}" for state, count in sorted(states.items())))


def _walk(walker: demo_history.Walker) -> str:
    try:
        return demo_history.walk(walker, clock=timezone.now)
    finally:
        connections.close_all()
