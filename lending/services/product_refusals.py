"""Why the product factory refuses, in words for the desk: the field, both values, who forbids it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.utils.translation import gettext_lazy as _

from lending.errors import DomainError, IllegalState, InvalidInput, NotFound, NotPermitted
from products.domain.term_fields import plain
from products.domain.terms import InvalidTerms, LooserThanParent
from products.selectors import MissingParameter, NoVersion
from products.services.errors import (
    BadProduct,
    ChildrenBreak,
    IllegalStep,
    SamePerson,
    Unlawful,
    WrongDay,
)

FORBIDDEN = _("Your role may not do this. Ask head office if it should.")
_DAYS = {
    "past": _("The first day lies in the past."),
    "order": _("The last day must come after the first."),
    "taken": _("Another version already starts on that day or later."),
    "gap": _("There would be days on which this product is not sold. Start where the last version ends."),
    "end": _("It cannot end on that day."),
}
_BAD = {
    "shape": _("Please check the length and the characters."),
    "taken": _("This code is already used."),
    "kind": _("Nothing can be derived from a campaign product."),
}


@contextmanager
def in_words() -> Iterator[None]:
    """Turn what ``products`` raises into a ``DomainError`` whose ``errors`` name the fields."""
    try:
        yield
    except DomainError:
        raise
    except (LookupError, ValueError) as error:
        refusal = refusal_of(error)
        if refusal is None:
            raise
        raise refusal from error


def refusal_of(error: Exception) -> DomainError | None:
    """The refusal for an error of ``products``; ``None`` for one that is not a refusal."""
    if isinstance(error, LooserThanParent | InvalidTerms | Unlawful | ChildrenBreak):
        errors = field_errors(error)
        return InvalidInput(_("The product would break a rule. See the marked fields."), errors=errors)
    if isinstance(error, BadProduct):
        return InvalidInput.field(error.field, _BAD[error.code])
    if isinstance(error, WrongDay):
        return InvalidInput.field("valid_from", _DAYS.get(error.code, _DAYS["past"]))
    if isinstance(error, SamePerson):
        return NotPermitted(_("Who wrote a version does not release it. Ask a colleague."))
    if isinstance(error, IllegalStep):
        return IllegalState(_("The version has moved on meanwhile. Please load the page again."))
    if isinstance(error, NoVersion):
        return InvalidInput.field("valid_from", _("The product above is not sold on that day."))
    if isinstance(error, MissingParameter):
        return InvalidInput.field("valid_from", _("A number of the law is missing for that day."))
    return NotFound() if isinstance(error, LookupError) else None


def field_errors(error: Exception) -> dict[str, list[Any]]:
    """Field → sentences, for a guard's error; of several products for ``ChildrenBreak``."""
    if isinstance(error, LooserThanParent):
        return {error.field: [
            _("%(value)s is looser than %(inherited)s, which %(parent)s fixes.") % {
                "value": _short(error.value), "inherited": _short(error.inherited),
                "parent": error.parent,
            }
        ]}
    if isinstance(error, InvalidTerms):
        return {error.field or "values": [
            _("This value cannot be used: %(problem)s.") % {"problem": error.problem}
        ]}
    if isinstance(error, Unlawful):
        return {
            one.field: [
                _("%(value)s breaks the law's bound of %(bound)s.")
                % {"value": one.value, "bound": one.bound}
            ]
            for one in error.breaches
        }
    if isinstance(error, ChildrenBreak):
        return {"children": [
            _("%(product)s would break: %(problem)s")
            % {"product": one.product_code, "problem": _sentence(one.reason)}
            for one in error.broken
        ]}
    return {}


def _sentence(error: Exception) -> str:
    return " ".join(f"{name}: {text[0]}" for name, text in field_errors(error).items())


def _short(value: Any) -> str:
    written = plain(value)
    if isinstance(written, list):
        return ", ".join(map(str, written)) or "–"
    return str(written)
