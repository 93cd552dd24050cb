"""The rows of the product pages: terms with their layer, the editor's fields, differences, refusals."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.forms import BoundField
from django.utils.translation import get_language, gettext

from lending.errors import DomainError
from lending.forms import term_texts
from lending.forms.officer_products import TermsForm
from lending.selectors import products as product_people
from lending.services.product_checks import Guard
from lending.services.product_refusals import field_errors, in_words
from lending.views.officer import product_words as words
from products.domain.differences import Difference
from products.domain.term_fields import GROUPS
from products.domain.terms import Layer, LooserThanParent, Provenance, ResolvedTerms, resolve
from products.selectors.versions import layers_above, product_names, resolved_terms


@dataclass(frozen=True)
class Row:
    """A term to read: what it is, and which layer says so; ``is_own`` if this version does."""

    name: str
    label: str
    value: str
    origin: Provenance
    product: str
    author: str
    is_own: bool


@dataclass(frozen=True)
class EditRow:
    """A term to write: what stands above (``codes``: as one would type it) and what may be done."""

    name: str
    field: BoundField | None
    inherited: str
    codes: str
    whose: str
    version: int | None
    rule: str
    is_own: bool


@dataclass(frozen=True)
class ChangeRow:
    label: str
    before: str
    after: str
    before_layer: str
    after_layer: str
    direction: str
    direction_word: str


@dataclass(frozen=True)
class RefusalRow:
    """A refused field, or a child that would break, and why."""

    field: str
    label: str
    sentences: tuple[Any, ...]


def names() -> dict[str, str]:
    """Product code → its name in the reader's language, fresh from the database."""
    column = 1 if (get_language() or "").startswith("en") else 0
    return {code: pair[column] for code, pair in product_names().items()}


def terms_of(version: Any) -> tuple[ResolvedTerms | None, DomainError | None]:
    """What the version means, or why a draft means nothing just now (its parent has changed)."""
    try:
        with in_words():
            return resolved_terms(version.pk), None
    except DomainError as error:
        return None, error


def groups(terms: ResolvedTerms, version: Any) -> list[tuple[str, list[Row]]]:
    """The terms in the order of the pages, each with its layer."""
    called = names()
    staff = product_people.staff_names(one.author for one in terms.provenance)
    rows: dict[str, list[Row]] = {group: [] for group in GROUPS}
    for one in terms.provenance:
        rows[words.FIELDS[one.field].group].append(Row(
            one.field, words.label(one.field), words.show(one.field, one.value), one,
            called.get(one.product_code, one.product_code), staff.get(one.author, one.author),
            one.product_code == version.product.code,
        ))
    return [(str(words.GROUPS[group]), found) for group, found in rows.items()]


def edit_groups(form: TermsForm, version: Any) -> list[tuple[str, list[EditRow]]]:
    """Every term with the value above it and its field, in the order of the pages."""
    above, called = _above(version), names()
    rows: dict[str, list[EditRow]] = {group: [] for group in GROUPS}
    for name, field in words.FIELDS.items():
        held = above.origin(name) if above else None
        kind = words.TERMS[name].kind
        rows[field.group].append(EditRow(
            name,
            form[name] if name in form.fields else None,
            words.show(name, held.value) if held else "–",
            term_texts.written(kind, held.value) if held and kind in _AS_CODES else "",
            called.get(held.product_code, held.product_code) if held else "",
            held.version if held else None,
            words.rule(name),
            name in version.values,
        ))
    return [(str(words.GROUPS[group]), found) for group, found in rows.items()]


_AS_CODES = frozenset({"codes", "spreads", "tiers"})


def _above(version: Any) -> ResolvedTerms | None:
    """The terms above; the product's own names stand over those of its parent."""
    try:
        with in_words():
            layers = layers_above(version)
            if not layers:
                return None
            product = version.product
            own = Layer(
                product.kind, product.code, version.number, version.pk, version.author,
                version.valid_from, {"name_zh": product.name_zh, "name_en": product.name_en},
            )
            return resolve((*layers, own))
    except DomainError:
        return None


def changes(found: Iterable[Difference]) -> list[ChangeRow]:
    """Differences in words."""
    called = names()
    return [
        ChangeRow(
            words.label(one.field), words.show(one.field, one.before),
            words.show(one.field, one.after), called.get(one.before_layer, one.before_layer),
            called.get(one.after_layer, one.after_layer), one.direction,
            str(words.DIRECTIONS[one.direction]),
        )
        for one in found
    ]


def refusals(guard: Guard) -> list[RefusalRow]:
    """What the guard refuses, in words."""
    called = names()
    return [
        RefusalRow(
            one.field,
            _label(one.field),
            (_looser(one.field, one.value, one.inherited, one.parent, called),)
            if one.parent
            else one.sentences,
        )
        for one in guard.refused
    ]


def broken(guard: Guard) -> list[RefusalRow]:
    """The children that would break: ``label`` is the child, then as for a refused field."""
    called, found = names(), []
    for one in guard.broken:
        child, error = called.get(one.product_code, one.product_code), one.reason
        if isinstance(error, LooserThanParent):
            sentence = _looser(error.field, error.value, error.inherited, error.parent, called)
            label = f"{child} · {words.label(error.field)}"
            found.append(RefusalRow(error.field, label, (sentence,)))
        else:
            named = field_errors(error)
            texts = tuple(f"{_label(name)}: {text}" for name, row in named.items() for text in row)
            found.append(RefusalRow("", child, texts))
    return found


def _looser(name: str, value: Any, inherited: Any, parent: str, called: Mapping[str, str]) -> str:
    """Both values as people write them, who fixes the one above, and what may be done."""
    return gettext("%(value)s is looser than %(inherited)s of %(parent)s: it %(rule)s.") % {
        "value": words.show(name, value), "inherited": words.show(name, inherited),
        "parent": called.get(parent, parent), "rule": words.rule(name),
    }


def _label(name: str) -> str:
    plain: Mapping[str, str] = {"valid_from": str(TermsForm.base_fields["valid_from"].label)}
    return plain.get(name) or words.label(name)
