"""``manage.py verify_audit``: walk the audit chain and name the first entry that does not fit."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from lending.models import AuditEntry
from lending.services.audit import FIRST_HASH, seal


class Command(BaseCommand):
    help = "Check the audit hash chain; exit 1 names the first bad entry."

    def handle(self, *args: Any, **options: Any) -> None:
        previous, count = FIRST_HASH, 0
        for entry in AuditEntry.objects.order_by("id").iterator(chunk_size=2_000):
            if entry.previous_hash != previous or seal(entry) != entry.entry_hash:
                raise CommandError(f"audit entry {entry.pk} does not fit the chain")
            previous, count = entry.entry_hash, count + 1
        self.stdout.write(f"{count} entries, chain unbroken")
