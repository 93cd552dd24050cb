"""``manage.py seed_demo``: the invented bank with products, strategies, staff and codes. Safe to repeat."""

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from lending.services import demo_bank


class Command(BaseCommand):
    help = "Seed the demo bank into this database (demo mode only)."

    def handle(self, *args: Any, **options: Any) -> None:
        if not getattr(settings, "DEMO", False):
            raise CommandError("the demo bank is for demo mode only (DJANGO_ENV=demo)")
        call_command("seed_products", stdout=self.stdout)
        call_command("seed_strategies", stdout=self.stdout)
        call_command("seed_scorecards", stdout=self.stdout)
        now = timezone.now()
        demo_bank.seed(today=timezone.localdate(now), now=now)
        self.stdout.write("demo bank ready")
