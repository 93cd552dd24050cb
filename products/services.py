"""Writing products: draft → in review → published → retired, two people, never looser than the parent."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db import transaction

from products.domain.terms import Layer, ResolvedTerms, resolve
from products.models import Product, ProductVersion, RegulatoryParameter
from products.selectors import current_version, resolved_terms

_SEEDS = Path(__file__).parent / "seeds" / "products.json"


class SamePerson(ValueError):
    """Who drafts a version does not publish it."""


class NotADraft(ValueError):
    """Only a draft can be submitted, and only a version in review can be published."""


def draft_version(
    *, product: Product, values: dict[str, Any], valid_from: date, author: str
) -> ProductVersion:
    """A new draft stating ``values``. Raises ``LooserThanParent`` or ``InvalidTerms`` before anything is stored."""
    with transaction.atomic():
        locked = Product.objects.select_for_update().get(pk=product.pk)
        check_values(product=locked, values=values, valid_from=valid_from, author=author)
        last = locked.versions.order_by("-number").values_list("number", flat=True).first() or 0
        return ProductVersion.objects.create(
            product=locked, number=last + 1, values=values, valid_from=valid_from, author=author
        )


def check_values(
    *, product: Product, values: dict[str, Any], valid_from: date, author: str
) -> ResolvedTerms:
    """What the values would mean on top of the parent in force on ``valid_from``."""
    own = Layer(
        layer=product.kind, product_code=product.code, version=0, version_id=None, author=author,
        effective_from=valid_from,
        values={"name_zh": product.name_zh, "name_en": product.name_en, **values},
    )
    return resolve((*_layers_above(product, valid_from), own))


def _layers_above(product: Product, on: date) -> tuple[Layer, ...]:
    layers: list[Layer] = []
    parent = product.parent
    while parent is not None:
        version = current_version(parent.code, on)
        layers.insert(
            0,
            Layer(
                layer=parent.kind, product_code=parent.code, version=version.number,
                version_id=version.pk, author=version.author, effective_from=version.valid_from,
                values={"name_zh": parent.name_zh, "name_en": parent.name_en, **version.values},
            ),
        )
        parent = parent.parent
    return tuple(layers)


def submit(*, version: ProductVersion) -> ProductVersion:
    """draft → in review."""
    return _step(version, "draft", "in_review")


def publish(*, version: ProductVersion, checker: str) -> ProductVersion:
    """in review → published by a second person; the version before ends on this one's first day."""
    if checker == version.author or not checker:
        raise SamePerson("a version is published by another person than its author")
    with transaction.atomic():
        version = ProductVersion.objects.select_for_update(of=("self",)).select_related("product__parent").get(pk=version.pk)
        if version.state != "in_review":
            raise NotADraft(f"version is {version.state}")
        check_values(
            product=version.product, values=version.values, valid_from=version.valid_from, author=version.author
        )
        version.product.versions.filter(
            state="published", valid_to__isnull=True, valid_from__lt=version.valid_from
        ).update(valid_to=version.valid_from)
        version.state, version.checker = "published", checker
        version.save(update_fields=["state", "checker"])
    return version


def retire(*, version: ProductVersion, on: date) -> ProductVersion:
    """A published version ends on ``on``; contracts made under it keep their frozen copy."""
    with transaction.atomic():
        version = ProductVersion.objects.select_for_update().get(pk=version.pk)
        if version.state != "published":
            raise NotADraft(f"version is {version.state}")
        version.valid_to = on
        version.save(update_fields=["valid_to"])
    return version


def _step(version: ProductVersion, origin: str, target: str) -> ProductVersion:
    with transaction.atomic():
        version = ProductVersion.objects.select_for_update().get(pk=version.pk)
        if version.state != origin:
            raise NotADraft(f"version is {version.state}")
        version.state = target
        version.save(update_fields=["state"])
    return version


def seed() -> int:
    """Write the missing seed products (published as version 1) and parameters; returns how many were new."""
    seeds = json.loads(_SEEDS.read_text(encoding="utf-8"))
    valid_from, new = date.fromisoformat(seeds["valid_from"]), 0
    with transaction.atomic():
        for row in seeds["products"]:
            new += _seed_product(row, valid_from, seeds["author"], seeds["checker"])
        for row in seeds["parameters"]:
            _, created = RegulatoryParameter.objects.get_or_create(
                code=row["code"], valid_from=date.fromisoformat(row["valid_from"]),
                defaults={
                    "value": Decimal(row["value"]), "basis": row["basis"],
                    "valid_to": date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
                },
            )
            new += created
    return new


def _seed_product(row: dict[str, Any], valid_from: date, author: str, checker: str) -> int:
    parent = Product.objects.get(code=row["parent"]) if row["parent"] else None
    product, _ = Product.objects.get_or_create(
        code=row["code"],
        defaults={
            "parent": parent,
            **{k: row[k] for k in ("kind", "position", "name_zh", "name_en", "tagline_zh", "tagline_en")},
        },
    )
    if product.versions.exists():
        return 0
    version = draft_version(product=product, values=row["values"], valid_from=valid_from, author=author)
    resolved_terms(publish(version=submit(version=version), checker=checker).pk)
    return 1
