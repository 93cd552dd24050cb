"""The few questions of the product: occupation, income, household, industry …"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lending import events
from lending.domain.application_flow import State
from lending.errors import InvalidInput
from lending.models import Customer, LoanApplication
from lending.selectors import applications as application_selectors
from lending.services import moves, traits
from products.money import InvalidAmount, parse_amount

EDITABLE_STATES = (State.DRAFT, State.IDENTIFIED, State.CONSENTED)
_WORD_MAX = 40


def _word(value: Any) -> str:
    text = str(value).strip()
    if not isinstance(value, str) or not 0 < len(text) <= _WORD_MAX or not text.isprintable():
        raise ValueError
    return text


def _amount_or_zero(value: Any) -> str:
    if str(value).strip() in ("0", "0.0", "0.00"):
        return "0.00"
    try:
        return str(parse_amount(value))
    except InvalidAmount:
        raise ValueError from None


def _count(low: int, high: int) -> Callable[[Any], int]:
    def read(value: Any) -> int:
        text = str(value).strip()
        if (
            isinstance(value, bool)
            or not (text.isascii() and text.isdigit())
            or not low <= int(text) <= high
        ):
            raise ValueError
        return int(text)

    return read


#: question → (reader, message when it cannot be read)
_QUESTIONS: Mapping[str, tuple[Callable[[Any], Any], Any]] = {
    "occupation": (_word, _("Please choose what you do.")),
    "industry": (_word, _("Please choose where your income comes from.")),
    "employer": (_word, _("Please enter the name of your employer.")),
    "monthly_income": (
        _amount_or_zero,
        _("Please enter your monthly income in yuan, for example 4000."),
    ),
    "household_size": (_count(1, 30), _("Please enter how many people live in your home (1–30).")),
    "marital_status": (_word, _("Please choose your marital status.")),
    "years_in_trade": (_count(0, 80), _("Please enter the number of years.")),
}


def save(
    *, application_id: UUID, customer: Customer, answers: Mapping[str, Any], now: datetime
) -> LoanApplication:
    """Keep the given answers (one page may send one). Raises ``InvalidInput`` with every wrong field."""
    clean = _clean(answers)
    with transaction.atomic():
        application = moves.locked(application_id, customer=customer)
        moves.require_state(application, *EDITABLE_STATES)
        application.profile = {**application.profile, **clean}
        complete = not application_selectors.missing_answers(application)
        if complete and application.profiled_at is None:
            application.profiled_at = now
            events.record("application.profiled", at=now, application=application)
        application.save(update_fields=["profile", "profiled_at"])
        traits.wrote(application=application, texts=traits.free_texts(clean), now=now)
    return application


def _clean(answers: Mapping[str, Any]) -> dict[str, Any]:
    clean: dict[str, Any] = {}
    errors: dict[str, list[Any]] = {}
    for question, value in answers.items():
        if question not in _QUESTIONS:
            errors[str(question)[:_WORD_MAX]] = [_("Unknown question.")]
            continue
        reader, message = _QUESTIONS[question]
        try:
            clean[question] = reader(value)
        except (ValueError, TypeError):
            errors[question] = [message]
    if errors:
        raise InvalidInput(_("Please check the marked fields."), errors=errors)
    return clean
