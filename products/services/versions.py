"""A version's way: draft → in review → published, by two people, never looser than the layer above.

A new version of a product takes its children along: each child in force is laid anew on top of it,
with its own values, from the same day. If one of them would be looser than its new parent, or
unlawful, the whole publication is refused and every such child is named.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from products.domain.law import breaches
from products.domain.terms import InvalidTerms, LooserThanParent, ResolvedTerms, resolve
from products.models import Product, ProductVersion
from products.selectors import current_version, layer_of, layers_of, legal_bounds

State = ProductVersion.State


class SamePerson(ValueError):
    """Who drafts a version does not publish it."""


class IllegalStep(ValueError):
    """The version's state does not allow this step."""


class WrongDay(ValueError):
    """The first or last day lies in the past, or does not fit the versions around it."""


class Unlawful(ValueError):
    """The terms say what the law forbids; the message names every field."""


@dataclass(frozen=True)
class Broken:
    """A child that cannot stand on the new version, and why."""

    product_code: str
    problem: str


class ChildrenBreak(ValueError):
    """Children of the product would be looser than its new version: ``broken`` names them."""

    def __init__(self, broken: tuple[Broken, ...]) -> None:
        super().__init__("; ".join(f"{one.product_code}: {one.problem}" for one in broken))
        self.broken = broken


def draft_version(
    *, product: Product, values: Mapping[str, Any], valid_from: date, author: str
) -> ProductVersion:
    """A new draft stating ``values`` (only what differs from the layer above).

    Raises ``LooserThanParent``, ``InvalidTerms`` or ``Unlawful`` before anything is stored.
    """
    with transaction.atomic():
        locked = Product.objects.select_for_update(of=("self",)).get(pk=product.pk)
        version = ProductVersion(
            product=locked, number=_next_number(locked), values=dict(values),
            valid_from=valid_from, author=author,
        )
        check(version=version)
        version.save()
        return version


def revise(*, version: ProductVersion, values: Mapping[str, Any]) -> ProductVersion:
    """Other values for a draft; the same checks as for a new one."""
    with transaction.atomic():
        version = _locked(version, State.DRAFT)
        version.values = dict(values)
        check(version=version)
        version.save(update_fields=["values"])
        return version


def check(*, version: ProductVersion) -> ResolvedTerms:
    """What the version means on top of the parent in force on its first day, if that is allowed."""
    parent = version.product.parent
    above = layers_of(current_version(parent.code, version.valid_from)) if parent else ()
    return _checked((*above, layer_of(version)), version.valid_from)


def submit(*, version: ProductVersion) -> ProductVersion:
    """draft → in review."""
    return _step(version, State.DRAFT, State.IN_REVIEW)


def send_back(*, version: ProductVersion) -> ProductVersion:
    """in review → draft, to be revised."""
    return _step(version, State.IN_REVIEW, State.DRAFT)


def publish(*, version: ProductVersion, checker: str, today: date) -> ProductVersion:
    """in review → published by a second person; the version before ends on this one's first day.

    Raises ``SamePerson``, ``IllegalStep``, ``WrongDay``, ``LooserThanParent``, ``InvalidTerms``,
    ``Unlawful`` or ``ChildrenBreak``; then nothing is changed.
    """
    if not checker or checker == version.author:
        raise SamePerson("a version is published by another person than its author")
    with transaction.atomic():
        _lock_all_products()
        version = _locked(version, State.IN_REVIEW)
        if version.valid_from < today:
            raise WrongDay(f"{version.valid_from} is past")
        version.parent_version = _standing_parent(version)
        check(version=version)
        before = _version_before(version)
        version.state, version.checker = State.PUBLISHED, checker
        if before is not None:
            _end(before, version.valid_from)
        version.save(update_fields=["state", "checker", "parent_version"])
        broken = _take_children(before, version) if before is not None else []
        if broken:
            raise ChildrenBreak(tuple(broken))
    return version


def retire(*, version: ProductVersion, on: date, today: date) -> ProductVersion:
    """A published version ends on ``on``, its first day no more; one not yet begun is withdrawn.

    Contracts keep their frozen copy. Raises ``WrongDay`` for the past or a day after its end, and
    ``IllegalStep`` while products derived from it would outlive it.
    """
    with transaction.atomic():
        _lock_all_products()
        version = _locked(version, State.PUBLISHED)
        if on < today or (version.valid_to is not None and on > version.valid_to):
            raise WrongDay(f"it cannot end on {on}")
        if _alive_after(version.derived.all(), on).exists():
            raise IllegalStep("products derived from it are still sold then")
        if on <= version.valid_from:
            _withdraw(version)
        else:
            _end(version, on)
    return version


def _take_children(before: ProductVersion, after: ProductVersion) -> list[Broken]:
    """Lay every child of ``before`` that lives on after the change anew on ``after``."""
    broken: list[Broken] = []
    alive = _alive_after(before.derived.all(), after.valid_from)
    for child in alive.select_related("product").order_by("product_id", "valid_from"):
        fresh = ProductVersion(
            product=child.product, number=_next_number(child.product), state=State.PUBLISHED,
            values=child.values, parent_version=after,
            valid_from=max(child.valid_from, after.valid_from), valid_to=child.valid_to,
            author=child.author, checker=child.checker,
        )
        if child.valid_from < after.valid_from:
            _end(child, after.valid_from)
        else:
            _withdraw(child)
        fresh.save()
        try:
            _checked(layers_of(fresh), fresh.valid_from)
        except (LooserThanParent, InvalidTerms, Unlawful) as error:
            broken.append(Broken(child.product.code, str(error)))
        broken.extend(_take_children(child, fresh))
    return broken


def _checked(layers: tuple[Any, ...], on: date) -> ResolvedTerms:
    resolved = resolve(layers)
    found = breaches(resolved.terms, legal_bounds(on))
    if found:
        raise Unlawful("; ".join(f"{one.field}: {one.value} against {one.bound}" for one in found))
    return resolved


def _standing_parent(version: ProductVersion) -> ProductVersion | None:
    """The parent's version to stand on, which must not end before this one."""
    parent = version.product.parent
    if parent is None:
        return None
    standing = current_version(parent.code, version.valid_from)
    if standing.valid_to is not None:
        raise WrongDay(f"{parent.code} changes on {standing.valid_to}: start then or later")
    return standing


def _version_before(version: ProductVersion) -> ProductVersion | None:
    last = version.product.versions.filter(state=State.PUBLISHED).order_by("-valid_from").first()
    if last is not None and last.valid_from >= version.valid_from:
        raise WrongDay(f"{last} already starts on {last.valid_from}")
    return last


def _alive_after(versions: QuerySet[ProductVersion], on: date) -> QuerySet[ProductVersion]:
    return versions.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=on), state=State.PUBLISHED)


def _end(version: ProductVersion, on: date) -> None:
    if version.valid_to is None or version.valid_to > on:
        version.valid_to = on
        version.save(update_fields=["valid_to"])


def _withdraw(version: ProductVersion) -> None:
    version.state = State.RETIRED
    version.save(update_fields=["state"])


def _next_number(product: Product) -> int:
    last = product.versions.order_by("-number").values_list("number", flat=True).first()
    return (last or 0) + 1


def _lock_all_products() -> None:
    """Publications are rare and touch whole branches: one at a time."""
    list(Product.objects.select_for_update(of=("self",)).order_by("pk").values_list("pk"))


def _locked(version: ProductVersion, state: str) -> ProductVersion:
    locked = (
        ProductVersion.objects.select_for_update(of=("self",))
        .select_related("product__parent")
        .get(pk=version.pk)
    )
    if locked.state != state:
        raise IllegalStep(f"the version is {locked.state}")
    return locked


def _step(version: ProductVersion, origin: str, target: str) -> ProductVersion:
    with transaction.atomic():
        version = _locked(version, origin)
        version.state = target
        version.save(update_fields=["state"])
    return version
