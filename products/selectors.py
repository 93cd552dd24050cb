"""Reading products: the version in force, its resolved terms, the dated parameters."""

from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.db.models import Q, QuerySet

from products.domain.law import LegalBounds
from products.domain.terms import Layer, ResolvedTerms, resolve
from products.domain.true_rates import true_rate_band
from products.models import OperatingArea, Product, ProductVersion, RegulatoryParameter

_CACHE_MAX = 4096
#: Terms of published versions, which never change: neither they nor the layers they stand on.
_resolved: dict[int, ResolvedTerms] = {}


class NoVersion(LookupError):
    """The product has no published version on this day."""


class MissingParameter(LookupError):
    """No value of this parameter holds on this day: an error, never a default."""


def current_version(product_code: str, on: date) -> ProductVersion:
    """The published version of ``product_code`` that holds on ``on``; raises ``NoVersion``."""
    version: ProductVersion | None = (
        _holding(ProductVersion.objects.all(), on)
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
    process's publication cannot make them stale. A draft is resolved anew each time.
    """
    known = _resolved.get(product_version_id)
    if known is not None:
        return known
    version = (
        ProductVersion.objects.select_related(
            "product__parent", "parent_version__product", "parent_version__parent_version__product"
        )
        .filter(pk=product_version_id)
        .first()
    )
    if version is None:
        raise NoVersion(f"there is no version {product_version_id}")
    if version.state not in ("published", "retired"):
        return resolve((*_above_a_draft(version), layer_of(version)))
    terms = resolve(layers_of(version))
    if len(_resolved) >= _CACHE_MAX:
        _resolved.clear()
    _resolved[product_version_id] = terms
    return terms


def _above_a_draft(version: ProductVersion) -> tuple[Layer, ...]:
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
        _holding(ProductVersion.objects.filter(state="published"), on)
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


def parameter(code: str, on: date) -> Decimal:
    """The value of a dated parameter on ``on``; raises ``MissingParameter``."""
    return parameters((code,), on)[code]


def parameters(codes: tuple[str, ...], on: date) -> dict[str, Decimal]:
    """Several dated parameters at once; raises ``MissingParameter`` naming all that are missing."""
    held = dict(
        _holding(RegulatoryParameter.objects.filter(code__in=codes), on).values_list(
            "code", "value"
        )
    )
    missing = [code for code in codes if code not in held]
    if missing:
        raise MissingParameter(f"{', '.join(missing)} has no value on {on}")
    return held


def operating_counties(on: date) -> list[OperatingArea]:
    """The counties the bank may serve on ``on``."""
    return list(_holding(OperatingArea.objects.all(), on))


def legal_bounds(on: date) -> LegalBounds:
    """What every product must keep to on ``on``; raises ``MissingParameter``."""
    codes = {
        "total_cost_cap": "TOTAL_COST_CAP",
        "penalty_uplift_min": "PENALTY_UPLIFT_MIN",
        "penalty_uplift_max": "PENALTY_UPLIFT_MAX",
        "consumption_online_cap": "CONSUMPTION_ONLINE_CAP",
        "consumption_months_max": "CONSUMPTION_MONTHS_MAX",
        "adult_age": "ADULT_AGE",
    }
    held = parameters(tuple(codes.values()), on)
    return LegalBounds(
        **{name: held[code] for name, code in codes.items()},
        counties=frozenset(area.county for area in operating_counties(on)),
    )


def _holding(rows: QuerySet[Any], on: date) -> QuerySet[Any]:
    """Rows whose days contain ``on``; ``valid_to`` is the first day they no longer hold."""
    return rows.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=on), valid_from__lte=on)
