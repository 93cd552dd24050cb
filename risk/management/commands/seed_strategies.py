"""Publish the strategies kept in risk/seeds/; safe to repeat."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from risk.services.strategies import publish

SEEDS = Path(__file__).resolve().parents[2] / "seeds"


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        for path in sorted(SEEDS.glob("*_strategy.json")):
            definition = json.loads(path.read_text(encoding="utf-8"))
            version = publish(definition=definition, author="risk.manager", now=timezone.now())
            self.stdout.write(f"{version} {version.sha256[:12]}")
