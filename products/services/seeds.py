"""The seeds: dated parameters, the operating area, and every product as a published version 1."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db import transaction

from products.models import OperatingArea, Product, RegulatoryParameter
from products.services.versions import draft_version, publish, submit

_SEEDS = Path(__file__).resolve().parents[1] / "seeds"


def seed() -> int:
    """Write what is missing and touch nothing that is there; returns how many rows were new."""
    with transaction.atomic():
        new = sum(_parameter(row) for row in _read("parameters.json"))
        new += sum(_county(row) for row in _read("operating_area.json"))
        seeds = _read("products.json")
        valid_from = date.fromisoformat(seeds["valid_from"])
        for row in seeds["products"]:
            new += _product(row, valid_from, seeds["author"], seeds["checker"])
    return new


def _read(name: str) -> Any:
    return json.loads((_SEEDS / name).read_text(encoding="utf-8"))


def _parameter(row: dict[str, Any]) -> bool:
    _, created = RegulatoryParameter.objects.get_or_create(
        code=row["code"], valid_from=date.fromisoformat(row["valid_from"]),
        defaults={
            "value": Decimal(row["value"]), "basis": row["basis"],
            "valid_to": date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
        },
    )
    return created


def _county(row: dict[str, str]) -> bool:
    _, created = OperatingArea.objects.get_or_create(
        county=row["county"], valid_from=date.fromisoformat(row["valid_from"]),
        defaults={name: row[name] for name in ("name_zh", "name_en", "basis")},
    )
    return created


def _product(row: dict[str, Any], valid_from: date, author: str, checker: str) -> bool:
    names = ("kind", "position", "name_zh", "name_en", "tagline_zh", "tagline_en")
    parent = Product.objects.get(code=row["parent"]) if row["parent"] else None
    product, _ = Product.objects.get_or_create(
        code=row["code"], defaults={"parent": parent, **{name: row[name] for name in names}}
    )
    if product.versions.exists():
        return False
    version = draft_version(
        product=product, values=row["values"], valid_from=valid_from, author=author
    )
    publish(version=submit(version=version), checker=checker, today=valid_from)
    return True
