"""The seeds: dated parameters, the operating area, products as a version 1, income calendars."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import Q

from products.models import OperatingArea, Product, RegulatoryParameter
from products.services import income_calendars
from products.services.publications import publish
from products.services.versions import draft_version, submit

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
        new += income_calendars.seed(_read("income_calendars.json"))
    return new


def _read(name: str) -> Any:
    return json.loads((_SEEDS / name).read_text(encoding="utf-8"))


def _parameter(row: dict[str, Any]) -> bool:
    """One row unless its first day has a value already; it ends where the next one there begins."""
    first = date.fromisoformat(row["valid_from"])
    held = RegulatoryParameter.objects.filter(code=row["code"])
    if held.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gt=first), valid_from__lte=first
    ).exists():
        return False
    after = held.filter(valid_from__gt=first).order_by("valid_from").first()
    ends = [date.fromisoformat(row["valid_to"])] if row["valid_to"] else []
    ends += [after.valid_from] if after else []
    RegulatoryParameter.objects.create(
        code=row["code"], value=Decimal(row["value"]), basis=row["basis"],
        valid_from=first, valid_to=min(ends, default=None),
    )
    return True


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
