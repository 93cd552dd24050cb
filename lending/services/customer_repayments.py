"""What a customer may pay by card today, and the request for it. The money itself: ``card_transfers``."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lending.domain.loan_flow import OPEN_STATES
from lending.domain.servicing import plan
from lending.domain.servicing.facts import TransactionKind
from lending.errors import IllegalState, InvalidInput, NotFound
from lending.models import CardTransfer, Customer, LoanAccount
from lending.selectors import business_day, loan_dues, loan_lives, loans
from lending.selectors.loan_lives import EarlyPreview, PayoffQuote
from lending.services import card_transfers, loan_accounts
from products.domain.terms import LoanTerms
from products.money import ZERO, InvalidAmount, parse_amount

CHANNEL = "applicant"
DUE, PARTIAL_EARLY, PAYOFF = "due", "partial_early", "payoff"
#: what a person asks for → what it is recorded as
KINDS = {
    DUE: TransactionKind.REPAYMENT,
    PARTIAL_EARLY: TransactionKind.PARTIAL_EARLY,
    PAYOFF: TransactionKind.PAYOFF,
}
CHOICES = (plan.LOWER, plan.SHORTEN)


@dataclass(frozen=True)
class _Today:
    """The loan on the business date, under its account's lock."""

    account: LoanAccount
    day: date
    terms: LoanTerms


def request(
    *,
    loan_id: UUID,
    customer: Customer,
    kind: str,
    amount: str,
    choice: str | None,
    now: datetime,
    request_key: str = "",
) -> CardTransfer:
    """Ask the card for ``amount`` (yuan as text). ``request_key``: the same again is the same transfer.

    Raises ``NotFound`` for another person's loan, ``InvalidInput`` naming the field, ``IllegalState`` for
    a closed loan or while another payment is on its way.
    """
    loan = loans.one_of_customer(loan_id, customer)
    yuan = _yuan(amount)
    key = f"C{uuid.uuid5(loan.pk, request_key).hex}" if request_key else ""
    with transaction.atomic():
        account = loan_accounts.locked(loan.pk)
        known = CardTransfer.objects.filter(core_key=key).first() if key else None
        if known is not None:
            return _same(known, kind, yuan, choice)
        _require_open(account)
        card_transfers.require_none_on_its_way(loan.pk)
        today = _today(account)
        options = _check(today, kind, yuan, choice)
        return card_transfers.request(
            account=account,
            kind=KINDS[kind],
            amount=yuan,
            channel=CHANNEL,
            business_date=today.day,
            options=options,
            core_key=key,
            now=now,
        )


def quote(*, loan_id: UUID, customer: Customer) -> PayoffQuote:
    """What ends the loan today. Raises ``NotFound`` also for a loan with nothing to pay off."""
    account = _account(loan_id, customer)
    if account.loan.state not in OPEN_STATES:
        raise NotFound(_("This loan is closed: there is nothing to repay."))
    return loan_lives.payoff_quote(account, business_day.current(account.legal_entity))


def preview(*, loan_id: UUID, customer: Customer, amount: str) -> list[EarlyPreview]:
    """What paying ``amount`` early today would leave, for each choice the contract allows."""
    account, yuan = _account(loan_id, customer), _yuan(amount)
    _require_open(account)
    today = _today(account)
    allowed = [name for name in CHOICES if name in today.terms.early_repayment_options]
    if not allowed:
        _partial_early(today, yuan, None)
    return [_partial_early(today, yuan, name) for name in allowed]


def _account(loan_id: UUID, customer: Customer) -> LoanAccount:
    return loan_dues.account_of(loans.one_of_customer(loan_id, customer).pk)


def _today(account: LoanAccount) -> _Today:
    return _Today(
        account=account,
        day=business_day.current(account.legal_entity),
        terms=LoanTerms.from_dict(account.loan.contract.terms),
    )


def _yuan(text: str) -> Decimal:
    try:
        return parse_amount(text)
    except InvalidAmount:
        raise InvalidInput.field(
            "amount", _("Please enter an amount in yuan above zero, with at most two decimals.")
        ) from None


def _require_open(account: LoanAccount) -> None:
    if account.loan.state not in OPEN_STATES:
        raise IllegalState(_("This loan is closed: there is nothing to repay."), code="loan_closed")


def _same(known: CardTransfer, kind: str, amount: Decimal, choice: str | None) -> CardTransfer:
    """The request of this key; its answer was lost on the way, its effect was not."""
    options = known.options.get("choice")
    if (known.kind, known.amount) != (KINDS[kind], amount) or choice not in (None, options):
        raise InvalidInput(
            _("This Idempotency-Key was already used for another request."),
            code="idempotency_key_reuse",
        )
    return known


def _check(today: _Today, kind: str, amount: Decimal, choice: str | None) -> dict[str, Any]:
    """The options of the transaction, or a refusal that says what would do."""
    if kind != PARTIAL_EARLY and choice is not None:
        raise InvalidInput.field("choice", _("Only an early repayment of a part has a choice."))
    if kind == DUE:
        _check_due(today, amount)
    elif kind == PAYOFF:
        _check_payoff(today, amount)
    else:
        return {"choice": _partial_early(today, amount, choice).choice}
    return {}


def _check_due(today: _Today, amount: Decimal) -> None:
    state = loan_lives.state_on(today.account, today.day)
    coming = state.next_row
    next_amount = ZERO if coming is None else coming.principal_open + coming.interest_open
    most = state.due_amount + next_amount - state.credit
    if most <= 0:
        raise InvalidInput.field("amount", _("Nothing is due now."))
    if amount > most:
        message = _("At most ¥%(amount)s can be paid now: what is due and the next instalment.")
        raise InvalidInput.field("amount", message % {"amount": most})


def _check_payoff(today: _Today, amount: Decimal) -> None:
    right = loan_lives.payoff_quote(today.account, today.day).amount
    if loan_lives.state_on(today.account, today.day).undue_principal:
        _require_early_allowed(today, PAYOFF)
    if amount != right:
        message = _("To pay everything off today takes ¥%(amount)s.") % {"amount": right}
        raise InvalidInput.field("amount", message, code="not_the_payoff_amount")


def _partial_early(today: _Today, amount: Decimal, choice: str | None) -> EarlyPreview:
    options = today.terms.early_repayment_options
    chosen = choice or next((name for name in CHOICES if name in options), plan.LOWER)
    _require_early_allowed(today, chosen)
    tried = loan_lives.early_preview(
        today.account, amount=amount, choice=chosen, on=today.day
    )
    if tried.off_principal <= 0:
        message = _("¥%(amount)s is due first: please pay more than that, or just what is due.")
        raise InvalidInput.field("amount", message % {"amount": tried.due_first})
    if not tried.rows:
        raise InvalidInput.field("amount", _("This would pay everything: please pay off instead."))
    return tried


def _require_early_allowed(today: _Today, option: str) -> None:
    """The contract's word on early repayment: whether, and from which day."""
    if option not in today.terms.early_repayment_options:
        field = "kind" if option == PAYOFF else "choice"
        raise InvalidInput.field(field, _("The contract does not allow this early repayment."))
    first = today.account.start_date + timedelta(days=today.terms.early_repayment_lock_days)
    if today.day < first:
        message = _("Early repayment is possible from %(day)s.") % {"day": first.isoformat()}
        raise InvalidInput.field("kind", message)
