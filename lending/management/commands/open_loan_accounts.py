"""``manage.py open_loan_accounts``: servicing accounts for loans that have none. Safe to repeat."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from lending.models import LegalEntity
from lending.services import loan_accounts


class Command(BaseCommand):
    help = "Open the servicing account of every loan that has none; part of an upgrade."

    def handle(self, *args: Any, **options: Any) -> None:
        for entity in LegalEntity.objects.order_by("pk"):
            opened, failed = loan_accounts.open_missing(legal_entity=entity, now=timezone.now())
            if opened or failed:
                self.stdout.write(f"{entity.code}: {opened} opened, {failed} could not be")
