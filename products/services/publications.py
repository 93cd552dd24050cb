"""Publishing and retiring: by two people, and the whole branch below goes along or nothing does.

A new version of a product takes its children along: each child in force is laid anew on top of it,
with its own values, from the same day. If one of them would be looser than its new parent, or
unlawful, the whole publication is refused and every such child is named. A version published under
a parent that is to change later is laid anew on that change, too, and checked against it now.
"""

from datetime import date

from django.db import transaction
from django.db.models import QuerySet

from products.domain.terms import InvalidTerms, LooserThanParent
from products.models import Product, ProductVersion
from products.selectors import current_version, layers_of
from products.selectors.days import alive_after
from products.services.errors import (
    Broken,
    ChildrenBreak,
    IllegalStep,
    SamePerson,
    Unlawful,
    WrongDay,
)
from products.services.versions import check, checked, locked, next_number

State = ProductVersion.State


class _Rehearsal(Exception):
    """Undoes a rehearsed publication."""


def publish(*, version: ProductVersion, checker: str, today: date) -> ProductVersion:
    """in review → published by a second person; the version before ends on this one's first day.

    Raises ``SamePerson``, ``IllegalStep``, ``WrongDay``, ``LooserThanParent``, ``InvalidTerms``,
    ``Unlawful`` or ``ChildrenBreak``; then nothing is changed.
    """
    if not checker or checker == version.author:
        raise SamePerson("a version is published by another person than its author")
    with transaction.atomic():
        _lock_all_products()
        version = locked(version, State.IN_REVIEW)
        return _published(version, checker, today)


def rehearse(*, version: ProductVersion, today: date) -> tuple[Broken, ...]:
    """The children that would break if the version were published now; nothing is changed.

    Works for drafts, too. Raises what ``publish`` raises for the version itself.
    """
    broken: tuple[Broken, ...] = ()
    try:
        with transaction.atomic():
            _lock_all_products()
            fresh = locked(version, version.state)
            if fresh.state not in (State.DRAFT, State.IN_REVIEW):
                raise IllegalStep(fresh.state)
            try:
                _published(fresh, f"not {fresh.author}"[:60], today)
            except ChildrenBreak as error:
                broken = error.broken
            raise _Rehearsal
    except _Rehearsal:
        return broken


def retire(*, version: ProductVersion, on: date, today: date) -> ProductVersion:
    """A published version ends on ``on``, its first day no more; one not yet begun is withdrawn.

    Contracts keep their frozen copy. Raises ``WrongDay`` for the past or a day after its end, and
    ``IllegalStep`` while products derived from it would outlive it.
    """
    with transaction.atomic():
        _lock_all_products()
        version = locked(version, State.PUBLISHED)
        if on < today or (version.valid_to is not None and on > version.valid_to):
            raise WrongDay(f"it cannot end on {on}", code="end")
        if _alive(version.derived.all(), on).exists():
            raise IllegalStep(version.state, "products derived from it are still sold then")
        if on <= version.valid_from:
            _withdraw(version)
        else:
            _end(version, on)
    return version


def _published(version: ProductVersion, checker: str, today: date) -> ProductVersion:
    if version.valid_from < today:
        raise WrongDay(f"{version.valid_from} is past", code="past")
    version.parent_version = _standing_parent(version)
    check(version=version)
    before = _version_before(version)
    version.state, version.checker = State.PUBLISHED, checker
    wished_end = version.valid_to
    if before is not None:
        _end(before, version.valid_from)
    parent_end = version.parent_version.valid_to if version.parent_version else None
    version.valid_to = _earlier(wished_end, parent_end)
    version.save(update_fields=["state", "checker", "parent_version", "valid_to"])
    broken = _take_children(before, version) if before is not None else []
    broken += _follow_parent(version, wished_end)
    if broken:
        raise ChildrenBreak(tuple(broken))
    return version


def _follow_parent(version: ProductVersion, wished_end: date | None) -> list[Broken]:
    """Lay the version anew on what its parent is already scheduled to become."""
    parent = version.parent_version
    if parent is None or parent.valid_to is None or version.valid_to != parent.valid_to:
        return []
    after = (
        ProductVersion.objects.filter(
            product=parent.product, state=State.PUBLISHED, valid_from=parent.valid_to
        )
        .select_related("product")
        .first()
    )
    if after is None or (wished_end is not None and wished_end <= after.valid_from):
        return []
    fresh, broken = _relaid(version, after, after.valid_from, _earlier(wished_end, after.valid_to))
    return broken + _follow_parent(fresh, wished_end)


def _take_children(before: ProductVersion, after: ProductVersion) -> list[Broken]:
    """Lay every child of ``before`` that lives on after the change anew on ``after``."""
    broken: list[Broken] = []
    alive = _alive(before.derived.all(), after.valid_from)
    for child in alive.select_related("product").order_by("product_id", "valid_from"):
        first, last = max(child.valid_from, after.valid_from), child.valid_to
        if child.valid_from < after.valid_from:
            _end(child, after.valid_from)
        else:
            _withdraw(child)
        fresh, problems = _relaid(child, after, first, _earlier(last, after.valid_to))
        broken += problems
        broken += _take_children(child, fresh)
    return broken


def _relaid(
    version: ProductVersion, parent: ProductVersion, first: date, last: date | None
) -> tuple[ProductVersion, list[Broken]]:
    """The same words of the same two people, standing on another version of the parent."""
    fresh = ProductVersion.objects.create(
        product=version.product, number=next_number(version.product), state=State.PUBLISHED,
        values=version.values, parent_version=parent, valid_from=first, valid_to=last,
        author=version.author, checker=version.checker, in_flight=parent.in_flight,
        cloned_from=version,
    )
    try:
        checked(layers_of(fresh), first)
    except (LooserThanParent, InvalidTerms, Unlawful) as error:
        return fresh, [Broken(version.product.code, error)]
    return fresh, []


def _standing_parent(version: ProductVersion) -> ProductVersion | None:
    """The parent's version in force on the first day; one that ends for good ends its children."""
    parent = version.product.parent
    return None if parent is None else current_version(parent.code, version.valid_from)


def _version_before(version: ProductVersion) -> ProductVersion | None:
    """The last published version, which this one follows without a gap; a campaign may pause."""
    last = version.product.versions.filter(state=State.PUBLISHED).order_by("-valid_from").first()
    if last is None:
        return None
    if last.valid_from >= version.valid_from:
        raise WrongDay(f"{last} already starts on {last.valid_from}", code="taken")
    if (
        last.valid_to is not None
        and last.valid_to < version.valid_from
        and version.product.kind != Product.Kind.CAMPAIGN
    ):
        raise WrongDay(f"nothing holds from {last.valid_to} to {version.valid_from}", code="gap")
    return last


def _alive(versions: QuerySet[ProductVersion], on: date) -> QuerySet[ProductVersion]:
    return alive_after(versions.filter(state=State.PUBLISHED), on)


def _earlier(one: date | None, other: date | None) -> date | None:
    return min((day for day in (one, other) if day is not None), default=None)


def _end(version: ProductVersion, on: date) -> None:
    if version.valid_to is None or version.valid_to > on:
        version.valid_to = on
        version.save(update_fields=["valid_to"])


def _withdraw(version: ProductVersion) -> None:
    version.state = State.RETIRED
    version.save(update_fields=["state"])


def _lock_all_products() -> None:
    """Publications are rare and touch whole branches: one at a time."""
    list(Product.objects.select_for_update(of=("self",)).order_by("pk").values_list("pk"))
