"""Reading the dated numbers: what is missing on which days, and which products a new one breaks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from products.domain.date_gaps import Span, uncovered
from products.domain.law import breaches
from products.models import ProductVersion, RegulatoryParameter
from products.selectors import MissingParameter, legal_bounds, resolved_terms


@dataclass(frozen=True)
class Gap:
    """``code`` has no value from ``since`` on; again on ``until`` (None: none is planned)."""

    code: str
    since: date
    until: date | None


def parameter_gaps(codes: Sequence[str], since: date, until: date | None = None) -> list[Gap]:
    """Where ``codes`` have no value on days from ``since`` up to, not including, ``until``.

    ``until`` None looks ahead without end. One query; in the order of ``codes``.
    """
    spans: dict[str, list[Span]] = {code: [] for code in codes}
    rows = RegulatoryParameter.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gt=since), code__in=codes
    )
    for code, first, end in rows.values_list("code", "valid_from", "valid_to"):
        spans[code].append((first, end))
    return [
        Gap(code, first, end)
        for code, held in spans.items()
        for first, end in uncovered(held, since, until)
    ]


def unlawful_products(on: date) -> list[str]:
    """Codes of products published for days from ``on`` that break the numbers of their first such
    day, sorted; empty while a number is missing (the gap itself is told elsewhere)."""
    found = set()
    versions = ProductVersion.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gt=on), state=ProductVersion.State.PUBLISHED
    )
    for version in versions.select_related("product"):
        try:
            law = legal_bounds(max(on, version.valid_from))
        except MissingParameter:
            continue
        if breaches(resolved_terms(version.pk).terms, law):
            found.add(version.product.code)
    return sorted(found)


def products_in_county(county: str, on: date) -> list[str]:
    """Codes of products published for ``on`` or later days that name ``county``, sorted."""
    versions = ProductVersion.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gt=on), state=ProductVersion.State.PUBLISHED
    )
    return sorted(
        {
            version.product.code
            for version in versions.select_related("product")
            if county in resolved_terms(version.pk).terms.counties
        }
    )
