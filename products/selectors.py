"""Reading products: the version in force, its resolved terms, the dated parameters."""

from datetime import date
from decimal import Decimal
from functools import lru_cache

from django.db.models import Q, QuerySet

from products.domain.terms import Layer, ResolvedTerms, resolve
from products.models import Product, ProductVersion, RegulatoryParameter

_LAYERS_MAX = 3


class NoVersion(LookupError):
    """The product has no published version on this day."""


class MissingParameter(LookupError):
    """No value of this parameter holds on this day: an error, never a default."""


def current_version(product_code: str, on: date) -> ProductVersion:
    """The published version of ``product_code`` that holds on ``on``; raises ``NoVersion``."""
    version = _in_force(on).select_related("product").filter(product__code=product_code).first()
    if version is None:
        raise NoVersion(f"{product_code} has no published version on {on}")
    return version


def resolved_terms(product_version_id: int) -> ResolvedTerms:
    """The terms a version means, with provenance. Layers above are those in force on its first day.

    Cached per process: a published version and the published layers above it never change.
    """
    return _resolved(product_version_id)


@lru_cache(maxsize=512)
def _resolved(product_version_id: int) -> ResolvedTerms:
    version = ProductVersion.objects.select_related("product__parent__parent").get(pk=product_version_id)
    layers = [_layer(version)]
    product = version.product.parent
    for _ in range(_LAYERS_MAX):
        if product is None:
            break
        layers.append(_layer(current_version(product.code, version.valid_from)))
        product = product.parent
    return resolve(tuple(reversed(layers)))


def _layer(version: ProductVersion) -> Layer:
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


def _in_force(on: date) -> QuerySet[ProductVersion]:
    return ProductVersion.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gt=on), state="published", valid_from__lte=on
    )


def published_products(on: date) -> list[tuple[Product, ResolvedTerms]]:
    """Base and sub-products on sale on ``on`` with their terms; campaigns are by invitation."""
    versions = _in_force(on).select_related("product").exclude(product__kind="campaign").order_by(
        "product__position", "product__code"
    )
    return [(version.product, resolved_terms(version.pk)) for version in versions]


def product_names() -> dict[str, tuple[str, str]]:
    """code → (Chinese name, English name)."""
    return {code: (zh, en) for code, zh, en in Product.objects.values_list("code", "name_zh", "name_en")}


def parameter(code: str, on: date) -> Decimal:
    """The value of a dated parameter on ``on``; raises ``MissingParameter``."""
    value = (
        RegulatoryParameter.objects.filter(
            Q(valid_to__isnull=True) | Q(valid_to__gt=on), code=code, valid_from__lte=on
        )
        .values_list("value", flat=True)
        .first()
    )
    if value is None:
        raise MissingParameter(f"{code} has no value on {on}")
    return value
