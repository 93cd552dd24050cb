"""The guard on trial: what would be refused, and whom it would break. Nothing is stored."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction

from lending.errors import DomainError
from lending.services.product_refusals import field_errors, in_words
from products.domain.term_fields import FIELDS, InvalidTerms, is_not_looser, read_value
from products.domain.terms import LooserThanParent, ResolvedTerms, resolve
from products.selectors.versions import layer_of, layers_above, version_by_id
from products.services import publications, versions
from products.services.errors import Broken


@dataclass(frozen=True)
class Refused:
    """One field the guard refuses; ``parent`` ("" if it is no matter of layers) fixes ``inherited``."""

    field: str
    sentences: tuple[Any, ...]
    value: Any = None
    inherited: Any = None
    parent: str = ""


@dataclass(frozen=True)
class Guard:
    """``terms`` are what the version would mean; None while something is refused."""

    refused: tuple[Refused, ...] = ()
    broken: tuple[Broken, ...] = ()
    terms: ResolvedTerms | None = None

    @property
    def passes(self) -> bool:
        return not self.refused and not self.broken


class _Undo(Exception):
    """Takes back what was only tried."""


def check(
    *, version_id: int, values: Mapping[str, Any], valid_from: date, valid_to: date | None,
    today: date,
) -> Guard:
    """Every field a draft with these values would be refused for, and the children it would break."""
    version = version_by_id(version_id)
    version.values, version.valid_from, version.valid_to = dict(values), valid_from, valid_to
    refused = _refused(lambda: _all_looser(version)) or _refused(
        lambda: versions.check(version=version)
    )
    return Guard(refused) if refused else _tried(version, today)


def rehearse(*, version_id: int, today: date) -> Guard:
    """The same for a version as it is stored."""
    version = version_by_id(version_id)
    return check(
        version_id=version_id, values=version.values, valid_from=version.valid_from,
        valid_to=version.valid_to, today=today,
    )


def _tried(version: Any, today: date) -> Guard:
    broken: tuple[Broken, ...] = ()

    def attempt() -> None:
        nonlocal broken
        try:
            with transaction.atomic():
                version.save(update_fields=["values", "valid_from", "valid_to"])
                broken = publications.rehearse(version=version, today=today)
                raise _Undo
        except _Undo:
            pass

    refused = _refused(attempt)
    terms = None if refused else resolve((*layers_above(version), layer_of(version)))
    return Guard(refused, broken, terms)


def _all_looser(version: Any) -> tuple[Refused, ...]:
    """The guard stops at the first looser value; people want to see them all."""
    above = layers_above(version)
    if not above:
        return ()
    inherited = resolve(above)
    found = []
    for name, written in version.values.items():
        try:
            value = read_value(name, written)
        except InvalidTerms:
            continue  # the guard itself names it
        held = inherited.origin(name)
        if name in FIELDS and not is_not_looser(name, value, held.value):
            error = LooserThanParent(name, value, held.value, held.product_code)
            found.append(_of_layers(error))
    return tuple(found)


def _of_layers(error: LooserThanParent) -> Refused:
    sentences = tuple(field_errors(error)[error.field])
    return Refused(error.field, sentences, error.value, error.inherited, error.parent)


def _refused(attempt: Callable[[], Any]) -> tuple[Refused, ...]:
    """What ``attempt`` returns if it is refusals already, or the refusals it raises."""
    try:
        with in_words():
            found = attempt()
    except DomainError as error:
        named = error.errors or {"": [error.message]}
        return tuple(Refused(field, tuple(texts)) for field, texts in named.items())
    return found if isinstance(found, tuple) else ()
