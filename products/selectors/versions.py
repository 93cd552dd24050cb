"""Versions of products: the one in force, its resolved terms, its history."""

import json
from datetime import date
from decimal import Decimal
from functools import lru_cache

from django.db import connection
from django.db.models import Q, QuerySet

from products.domain.terms import Layer, ResolvedTerms, resolve
from products.domain.true_rates import true_rate_band
from products.models import Product, ProductVersion
from products.selectors.days import holding
from products.selectors.parameters import parameter

_CACHE_MAX = 4096
_FINAL = ("published", "retired")
#: Terms of published versions, which never change: neither they nor the layers they stand on.
_resolved: dict[int, ResolvedTerms] = {}


#: In SQL: three layers as model instances would take longer than laying them.
_STACK = """
WITH RECURSIVE stack AS (
    SELECT version.*, 0 AS depth FROM products_productversion AS version WHERE version.id = %s
    UNION ALL
    SELECT above.*, stack.depth + 1
      FROM stack JOIN products_productversion AS above ON above.id = stack.parent_version_id
)
SELECT product.kind, product.code, product.name_zh, product.name_en, stack.number, stack.id,
       stack.author, stack.valid_from, stack."values"::text, stack.state
  FROM stack JOIN products_product AS product ON product.id = stack.product_id
 ORDER BY stack.depth DESC
"""


class NoVersion(LookupError):
    """The product has no published version on this day."""


def current_version(product_code: str, on: date) -> ProductVersion:
    """The published version of ``product_code`` that holds on ``on``; raises ``NoVersion``."""
    version: ProductVersion | None = (
        holding(ProductVersion.objects.all(), on)
        .filter(product__code=product_code, state="published")
        .select_related("product")
        .first()
    )
    if version is None:
        raise NoVersion(f"{product_code} has no published version on {on}")
    return version


def resolved_terms(product_version_id: int) -> ResolvedTerms:
    """The terms a version means, with provenance; raises ``NoVersion`` for an unknown id.

    Kept in this process for published versions: they and what they stand on are final, so another
    process's publication cannot make them stale. A draft is resolved anew each time, on what its
    parent says on its first day.
    """
    known = _resolved.get(product_version_id)
    if known is not None:
        return known
    state, layers = _stack(product_version_id)
    if state not in _FINAL:
        version = version_by_id(product_version_id)
        return resolve((*layers_above(version), layer_of(version)))
    terms = resolve(layers)
    if len(_resolved) >= _CACHE_MAX:
        _resolved.clear()
    _resolved[product_version_id] = terms
    return terms


def _stack(version_id: int) -> tuple[str, tuple[Layer, ...]]:
    """The version's state, and the layers it was published on, base first: one short query."""
    with connection.cursor() as cursor:
        cursor.execute(_STACK, [version_id])
        rows = cursor.fetchall()
    if not rows:
        raise NoVersion(f"there is no version {version_id}")
    layers = [
        Layer(
            layer=kind, product_code=code, version=number, version_id=pk, author=author,
            effective_from=valid_from,
            values={"name_zh": name_zh, "name_en": name_en, **json.loads(values)},
        )
        for kind, code, name_zh, name_en, number, pk, author, valid_from, values, _ in rows
    ]
    return rows[-1][-1], tuple(layers)


def forget() -> None:
    """Empty this process's memory of terms, as a new process has it."""
    _resolved.clear()


def layers_above(version: ProductVersion) -> tuple[Layer, ...]:
    """What a draft stands on: its parent's version in force on its first day. Raises ``NoVersion``."""
    parent = version.product.parent
    return layers_of(current_version(parent.code, version.valid_from)) if parent else ()


def layers_of(version: ProductVersion) -> tuple[Layer, ...]:
    """A published version and what it stands on, base first."""
    layers: list[Layer] = []
    standing: ProductVersion | None = version
    while standing is not None:
        layers.insert(0, layer_of(standing))
        standing = standing.parent_version
    return tuple(layers)


def layer_of(version: ProductVersion) -> Layer:
    """The version's own words: its values, and the product's names unless it states others."""
    product = version.product
    return Layer(
        layer=product.kind,
        product_code=product.code,
        version=version.number,
        version_id=version.pk,
        author=version.author,
        effective_from=version.valid_from,
        values={"name_zh": product.name_zh, "name_en": product.name_en, **version.values},
    )


def published_products(on: date) -> list[tuple[Product, ResolvedTerms]]:
    """Base and sub-products on sale on ``on`` with their terms; campaigns are by invitation."""
    versions = (
        holding(ProductVersion.objects.filter(state="published"), on)
        .exclude(product__kind="campaign")
        .select_related("product")
        .order_by("product__position", "product__code")
    )
    return [(version.product, resolved_terms(version.pk)) for version in versions]


def true_rates(product_version_id: int, on: date) -> tuple[Decimal, Decimal]:
    """Lowest and highest true annual rate of a version on ``on`` (fractions, four decimals).

    Raises ``MissingParameter`` without an LPR for the day.
    """
    tenor = resolved_terms(product_version_id).terms.lpr_tenor
    return _true_rates(product_version_id, parameter(f"LPR_{tenor}", on), on)


@lru_cache(maxsize=256)
def _true_rates(product_version_id: int, lpr: Decimal, on: date) -> tuple[Decimal, Decimal]:
    return true_rate_band(resolved_terms(product_version_id).terms, lpr=lpr, start=on)


def product_names() -> dict[str, tuple[str, str]]:
    """code → (Chinese name, English name)."""
    names = Product.objects.values_list("code", "name_zh", "name_en")
    return {code: (zh, en) for code, zh, en in names}


def product_by_code(code: str) -> Product:
    """Raises ``NoVersion`` for an unknown code."""
    product = Product.objects.select_related("parent__parent").filter(code=code).first()
    if product is None:
        raise NoVersion(f"there is no product {code[:40]}")
    return product


def version_by_id(version_id: int) -> ProductVersion:
    """A version with its product; raises ``NoVersion``."""
    version = (
        ProductVersion.objects.select_related("product__parent", "parent_version__product")
        .filter(pk=version_id)
        .first()
    )
    if version is None:
        raise NoVersion(f"there is no version {version_id}")
    return version


def all_products() -> QuerySet[Product]:
    """Every product with its versions (newest first); the caller pages."""
    return Product.objects.select_related("parent").prefetch_related("versions")


def tree() -> list[Product]:
    """Every product, parents before their children, each with its versions (newest first)."""
    rows = list(Product.objects.select_related("parent").prefetch_related("versions"))
    found: list[Product] = []

    def lay(parent_id: int | None) -> None:
        for row in rows:
            if row.parent_id == parent_id:
                found.append(row)
                lay(row.pk)

    lay(None)
    return found


def codes_below(product_code: str) -> list[str]:
    """The product's code and those of everything derived from it."""
    return list(
        Product.objects.filter(
            Q(code=product_code) | Q(parent__code=product_code)
            | Q(parent__parent__code=product_code)
        ).values_list("code", flat=True)
    )
