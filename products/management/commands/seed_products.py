"""``manage.py seed_products``: the base, the sub-products, two campaigns and the dated parameters."""

from typing import Any

from django.core.management.base import BaseCommand

from products.services import seed


class Command(BaseCommand):
    help = "Seed products and regulatory parameters; safe to repeat."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"products: {seed()} new rows")
