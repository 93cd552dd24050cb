"""Tools on a loan's page: a payoff quote for any day, early repayment tried out both ways, and what
may be asked for. Reads only.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from lending.domain.loan_changes import ChangeKind as Kind
from lending.domain.servicing.plan import LOWER, SHORTEN
from lending.forms.customer_base import plain_amount
from lending.models import Loan, LoanAccount
from lending.selectors import loan_lives
from lending.selectors.loan_positions import Position
from products.money import InvalidAmount, parse_amount


def asked(
    request: HttpRequest, account: LoanAccount, position: Position, day: date
) -> dict[str, Any]:
    """The answers to ``quote_on`` and ``early``; a wrong question gets a word beside its field."""
    found: dict[str, Any] = {
        "quote_on": request.GET.get("quote_on", "")[:10],
        "early": request.GET.get("early", "")[:16],
        "last_day": max(account.loan.maturity_date, day),
    }
    if found["quote_on"]:
        found.update(_quote(account, found["quote_on"], day, found["last_day"]))
    if found["early"]:
        found.update(_early(account, found["early"], position, day))
    return found


def _quote(account: LoanAccount, text: str, day: date, last: date) -> Mapping[str, Any]:
    try:
        on = date.fromisoformat(text)
    except ValueError:
        return {"quote_wrong": _("Please enter a day of the calendar.")}
    if not day <= on <= last:
        return {"quote_wrong": _("Please choose a day from today to the last due date.")}
    return {"quote": loan_lives.payoff_quote(account, on)}


def _early(
    account: LoanAccount, text: str, position: Position, day: date
) -> Mapping[str, Any]:
    try:
        amount = parse_amount(plain_amount(text))
    except InvalidAmount:
        return {"early_wrong": _("Please enter an amount above zero with at most two decimals.")}
    if not position.due_now < amount < position.payoff:
        return {"early_wrong": _("It must be more than what is due and less than the payoff.")}
    previews = [
        loan_lives.early_preview(account, amount=amount, choice=choice, on=day)
        for choice in (SHORTEN, LOWER)
    ]
    return {"previews": previews, "early_amount": amount}


def kinds_for(loan: Loan, position: Position) -> list[str]:
    """What can sensibly be asked for in the loan's state, most usual first. Proposing checks again."""
    refund = [Kind.REFUND] if position.credit else []
    if position.is_written_off:
        return [str(kind) for kind in ([Kind.RECOVERY] if position.claim else []) + refund]
    if not position.owed:
        return [str(kind) for kind in refund]
    kinds = [Kind.REPAYMENT]
    if position.principal_undue:
        kinds += [Kind.PARTIAL_EARLY, Kind.PAYOFF]
    if position.penalty or position.compound or position.interest_due:
        kinds.append(Kind.WAIVER)
    kinds += refund
    if position.principal_undue and not position.overdue:
        kinds.append(Kind.EXTENSION)
    if position.principal:
        kinds += [Kind.RESTRUCTURING, Kind.WRITE_OFF]
    return [str(kind) for kind in kinds]
