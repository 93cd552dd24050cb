"""``manage.py seed_products``: the products, the dated parameters and the operating area."""

from typing import Any

from django.core.management.base import BaseCommand

from products.services.seeds import seed


class Command(BaseCommand):
    help = "Seed products, regulatory parameters and the operating area; safe to repeat."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"products: {seed()} new rows")
