"""A version's way to its publication: draft → in review, by one person, never looser than above.

Publishing, which moves other versions too, stands in ``publications``.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction

from products.domain.law import breaches
from products.domain.terms import Layer, ResolvedTerms, resolve
from products.models import Product, ProductVersion
from products.selectors import layer_of, legal_bounds
from products.selectors.versions import layers_above
from products.services.errors import IllegalStep, Unlawful, WrongDay

State = ProductVersion.State


def draft_version(
    *,
    product: Product,
    values: Mapping[str, Any],
    valid_from: date,
    author: str,
    valid_to: date | None = None,
    note: str = "",
    in_flight: str = ProductVersion.InFlight.KEEP,
    cloned_from: ProductVersion | None = None,
) -> ProductVersion:
    """A new draft stating ``values`` (only what differs from the layer above).

    Raises ``LooserThanParent``, ``InvalidTerms``, ``Unlawful`` or ``WrongDay`` before anything is
    stored.
    """
    with transaction.atomic():
        locked = Product.objects.select_for_update(of=("self",)).get(pk=product.pk)
        version = ProductVersion(
            product=locked, number=next_number(locked), values=dict(values),
            valid_from=valid_from, valid_to=valid_to, author=author, note=note[:300],
            in_flight=in_flight, cloned_from=cloned_from,
        )
        check(version=version)
        version.save()
        return version


def revise(
    *,
    version: ProductVersion,
    values: Mapping[str, Any],
    valid_from: date | None = None,
    valid_to: date | None = None,
    note: str | None = None,
    in_flight: str | None = None,
) -> ProductVersion:
    """Other values for a draft; the same checks as for a new one. What is ``None`` stays, but for
    ``valid_to``: without it the version has no planned end.
    """
    with transaction.atomic():
        version = locked(version, State.DRAFT)
        version.values, version.valid_to = dict(values), valid_to
        version.valid_from = valid_from or version.valid_from
        version.note = version.note if note is None else note[:300]
        version.in_flight = in_flight or version.in_flight
        check(version=version)
        version.save(update_fields=["values", "valid_from", "valid_to", "note", "in_flight"])
        return version


def clone(*, version: ProductVersion, valid_from: date, author: str, note: str = "") -> ProductVersion:
    """A new draft with an old version's values: rolling back is publishing an old one anew."""
    return draft_version(
        product=version.product, values=version.values, valid_from=valid_from, author=author,
        note=note, in_flight=version.in_flight, cloned_from=version,
    )


def discard(*, version: ProductVersion) -> None:
    """Drop a draft for good, and the product with it if it never had another version."""
    with transaction.atomic():
        version = locked(version, State.DRAFT)
        product = version.product
        version.delete()
        if not product.versions.exists() and not product.children.exists():
            product.delete()


def check(*, version: ProductVersion) -> ResolvedTerms:
    """What the version means on top of the parent in force on its first day, if that is allowed."""
    if version.valid_to is not None and version.valid_to <= version.valid_from:
        raise WrongDay(f"{version.valid_to} is not after {version.valid_from}", code="order")
    return checked((*layers_above(version), layer_of(version)), version.valid_from)


def checked(layers: tuple[Layer, ...], on: date) -> ResolvedTerms:
    """The one guard: layers that neither loosen nor contradict nor break the law of the day."""
    resolved = resolve(layers)
    found = breaches(resolved.terms, legal_bounds(on))
    if found:
        raise Unlawful(found)
    return resolved


def submit(*, version: ProductVersion) -> ProductVersion:
    """draft → in review, after the same checks: the parent may have changed since."""
    with transaction.atomic():
        version = locked(version, State.DRAFT)
        check(version=version)
        version.state, version.answer = State.IN_REVIEW, ""
        version.save(update_fields=["state", "answer"])
    return version


def send_back(*, version: ProductVersion, answer: str = "") -> ProductVersion:
    """in review → draft, to be revised; ``answer`` tells the author why."""
    with transaction.atomic():
        version = locked(version, State.IN_REVIEW)
        version.state, version.answer = State.DRAFT, answer[:300]
        version.save(update_fields=["state", "answer"])
    return version


def next_number(product: Product) -> int:
    last = product.versions.order_by("-number").values_list("number", flat=True).first()
    return (last or 0) + 1


def locked(version: ProductVersion, state: str) -> ProductVersion:
    """The version's row, locked; raises ``IllegalStep`` unless it is in ``state``."""
    row = (
        ProductVersion.objects.select_for_update(of=("self",))
        .select_related("product__parent")
        .get(pk=version.pk)
    )
    if row.state != state:
        raise IllegalStep(row.state)
    return row
