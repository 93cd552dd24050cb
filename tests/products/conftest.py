"""The seeded products, and layers to build terms from without a database."""

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest

import products
from products.domain.terms import BASE, CAMPAIGN, SUB_PRODUCT, Layer
from products.models import Product, ProductVersion
from products.services import publications, versions
from products.services.seeds import seed

SEEDS = Path(products.__file__).parent / "seeds" / "products.json"
ROWS = {row["code"]: row for row in json.loads(SEEDS.read_text(encoding="utf-8"))["products"]}
PARAMETERS = json.loads((SEEDS.parent / "parameters.json").read_text(encoding="utf-8"))
FIRST_DAY = dt.date(2025, 1, 1)
KINDS = (BASE, SUB_PRODUCT, CAMPAIGN)


def base_values(**changes: Any) -> dict[str, Any]:
    row = ROWS["shandai"]
    names = {"name_zh": row["name_zh"], "name_en": row["name_en"]}
    return {**names, **row["values"], **changes}


def stack(*differences: dict[str, Any], base: dict[str, Any] | None = None) -> tuple[Layer, ...]:
    """The base and layers that state only ``differences``."""
    return tuple(
        Layer(
            layer=KINDS[min(depth, 2)], product_code=f"layer-{depth}", version=depth + 1,
            version_id=100 + depth, author=f"author-{depth}", effective_from=FIRST_DAY,
            values=values,
        )
        for depth, values in enumerate((base or base_values(), *differences))
    )


@pytest.fixture
def seeded(db: None) -> None:
    seed()


def published(
    code: str, values: dict[str, Any], valid_from: dt.date, author: str = "wang"
) -> ProductVersion:
    """A version on its whole way: drafted by one, published by another."""
    version = versions.draft_version(
        product=Product.objects.get(code=code), values=values, valid_from=valid_from,
        author=author,
    )
    return publications.publish(
        version=versions.submit(version=version), checker="li", today=valid_from
    )
