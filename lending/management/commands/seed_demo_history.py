"""``manage.py seed_demo_history --customers N``: eighteen months of the bank, people of the sandbox in it."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from lending.models import Customer, LegalEntity
from lending.services import demo_history, demo_lists, demo_years


class Command(BaseCommand):
    help = "Fill an empty demo bank with customers, loans and closed days; needs the sandbox to be running."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--customers", type=int, default=400)
        parser.add_argument("--days", type=int, default=demo_years.DAYS)
        parser.add_argument("--processes", type=int, default=2)

    def handle(self, *args: Any, **options: Any) -> None:
        if not getattr(settings, "DEMO", False) or not settings.SANDBOX_URL:
            raise CommandError("the demo history needs demo mode and the sandbox (SANDBOX_URL)")
        if Customer.objects.exists():
            self.stdout.write("customers exist already: nothing to do")
            return
        now = timezone.now()
        last = timezone.localdate(now)
        first = last - timedelta(days=options["days"])
        entity = LegalEntity.objects.order_by("pk")[0]
        listed = demo_lists.seed(url=settings.SANDBOX_URL, today=first, now=now)
        self.stdout.write(f"  {listed} people on customer lists")
        demo_years.begin_on(entity=entity, day=first, now=now)
        years = demo_years.Years(
            url=settings.SANDBOX_URL,
            entity=entity,
            first=first,
            last=last,
            walkers=demo_history.cast(customers=options["customers"], url=settings.SANDBOX_URL),
            hands=options["processes"],
            in_processes=True,
        )
        for number, day in enumerate(years.tell(), start=1):
            if number % 60 == 0:
                self.stdout.write(f"  {day}: {sum(years.states.values())} customers")
                self.stdout.flush()
        self.stdout.write(
            ", ".join(f"{count} {state}" for state, count in sorted(years.states.items()))
        )
