"""Everything that happens to a loan after the payout is recorded here, or reversed here. One way:

lock the account → append the fact → replay the whole life → write state, plan and books. A back-dated
fact and a reversal take the same way as today's: the replay says what differs, the books follow.
"""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Max, Sum
from django.utils.translation import gettext_lazy as _

from lending import events
from lending.domain.servicing.facts import MONEY_IN, TransactionKind
from lending.domain.servicing.replay import ImpossibleTransaction
from lending.errors import IllegalState, InvalidInput, NotFound
from lending.models import LoanAccount, LoanTransaction
from lending.selectors import card_transfers, loan_lives
from lending.services import business_day, credit_lines, loan_accounts, loan_bookings, loan_catch_up
from products.money import AMOUNT_MAX, CENT

_MONEY_OUT = frozenset({TransactionKind.CREDIT_USE, TransactionKind.REFUND})
#: Money that waits may not be used while a refund of it is on its way to the customer.
_USES_CREDIT = frozenset({*_MONEY_OUT, TransactionKind.PAYOFF})


def record(
    *,
    loan_id: UUID,
    kind: TransactionKind,
    amount: Decimal,
    channel: str,
    channel_ref: str,
    now: datetime,
    value_date: date | None = None,
    options: Mapping[str, Any] | None = None,
    reason: str = "",
    maker: User | None = None,
    checker: User | None = None,
) -> LoanTransaction:
    """Write one fact and everything that follows from it, in one transaction.

    ``value_date`` (default: the business date) may lie back as far as the payout, never ahead. The same
    (channel, channel_ref) again returns the first row if it says the same, else raises
    ``IllegalState`` (code ``other_content``). Raises ``InvalidInput`` for dates and amounts that cannot be.
    """
    with transaction.atomic():
        account = loan_accounts.locked(loan_id)
        known = LoanTransaction.objects.filter(channel=channel, channel_ref=channel_ref).first()
        if known is not None:
            return _same(known, loan_id, kind, amount)
        today = business_day.held(account.legal_entity)
        day = value_date or today
        _check(account, kind, amount, day, today)
        _keep_refunds(account, kind, channel_ref)
        one = LoanTransaction.objects.create(
            loan=account.loan,
            number=_next_number(account),
            kind=kind,
            value_date=day,
            booked_on=today,
            amount=amount,
            options=dict(options or {}),
            channel=channel,
            channel_ref=channel_ref,
            reason=reason,
            maker=maker,
            checker=checker,
            created_at=now,
        )
        _follow(account, one, today, now)
        _tell(one, now)
        return one


def reverse(
    *,
    transaction_id: UUID,
    reason: str,
    maker: User | None,
    checker: User | None,
    now: datetime,
) -> LoanTransaction:
    """Take a transaction back: a row of its own; the loan becomes what it would be without the first.

    Possible once (database unique). Raises ``NotFound``, or ``IllegalState`` for one that is reversed.
    """
    with transaction.atomic():
        found = LoanTransaction.objects.filter(pk=transaction_id).first()
        if found is None or found.kind == "reversal":
            raise NotFound
        account = loan_accounts.locked(found.loan_id)
        if LoanTransaction.objects.filter(reverses=found).exists():
            raise IllegalState(_("This transaction is reversed already."))
        today = business_day.held(account.legal_entity)
        one = LoanTransaction.objects.create(
            loan=account.loan,
            number=_next_number(account),
            kind="reversal",
            value_date=found.value_date,
            booked_on=today,
            amount=found.amount,
            channel="reversal",
            channel_ref=str(found.pk),
            reverses=found,
            reason=reason,
            maker=maker,
            checker=checker,
            created_at=now,
        )
        _follow(account, one, today, now)
        _tell(one, now)
        return one


def _follow(account: LoanAccount, cause: LoanTransaction, today: date, now: datetime) -> None:
    """Replay, then write what came out. The account first catches up with days it has missed."""
    loan_catch_up.catch_up(account=account, through_before=today, now=now, leave_out=cause)
    before = loan_bookings.receivables_of(account)
    before_principal = account.principal_balance
    as_of = max(loan_catch_up.as_of(account), cause.value_date)
    try:
        result = loan_lives.replayed(account, as_of)
    except ImpossibleTransaction as error:
        raise _refusal(error) from None
    _cover_refunds(account, result.state.credit, cause)
    everything = list(LoanTransaction.objects.filter(loan=account.loan).order_by("number"))
    loan_accounts.write_state(account, state=result.state, cause=cause, now=now)
    loan_bookings.book_changes(
        account=account,
        before=before,
        splits=result.splits,
        transactions=everything,
        cause=cause,
        booked_on=today,
        now=now,
    )
    credit_lines.follow(
        account=account,
        before_principal=before_principal,
        cause=cause,
        business_date=today,
        now=now,
    )


def _refusal(error: ImpossibleTransaction) -> InvalidInput:
    if error.code == "refund_above_credit":
        return InvalidInput.field(
            "amount", _("This is more money than waits for the customer; part of it was refunded.")
        )
    return InvalidInput.field("value_date", _("This day is not open for the loan."))


def _same(
    known: LoanTransaction, loan_id: UUID, kind: TransactionKind, amount: Decimal
) -> LoanTransaction:
    if (known.loan_id, known.kind, known.amount) != (loan_id, kind, amount):
        raise IllegalState(
            _("This reference was used for something else."), code="other_content"
        )
    return known


def _check(
    account: LoanAccount, kind: TransactionKind, amount: Decimal, day: date, today: date
) -> None:
    if day > today:
        raise InvalidInput.field("value_date", _("The day has not come yet."))
    if day < account.start_date:
        raise InvalidInput.field("value_date", _("The loan was not paid out yet on this day."))
    if (
        not amount.is_finite()
        or abs(amount) > AMOUNT_MAX
        or amount != amount.quantize(CENT)
    ):
        raise InvalidInput.field(
            "amount", _("Please enter an amount in yuan with ordinary digits, for example 20000.")
        )
    if amount < 0 or (kind in MONEY_IN | _MONEY_OUT and amount == 0):
        raise InvalidInput.field("amount", _("The amount must be above zero."))


def _keep_refunds(account: LoanAccount, kind: TransactionKind, channel_ref: str) -> None:
    if kind not in _USES_CREDIT:
        return
    if card_transfers.refunds_not_booked(account.loan_id).exclude(core_key=channel_ref).exists():
        raise _refund_under_way()


def _cover_refunds(account: LoanAccount, credit: Decimal, cause: LoanTransaction) -> None:
    """Whatever happens to the loan, what is on its way back to the customer still waits afterwards."""
    others = card_transfers.refunds_not_booked(account.loan_id).exclude(core_key=cause.channel_ref)
    if credit < (others.aggregate(sum=Sum("amount"))["sum"] or 0):
        raise _refund_under_way()


def _refund_under_way() -> IllegalState:
    return IllegalState(
        _("A refund of this loan is on its way. Please wait for it."), code="refund_on_its_way"
    )


def _next_number(account: LoanAccount) -> int:
    last = LoanTransaction.objects.filter(loan=account.loan).aggregate(n=Max("number"))["n"]
    return (last or 0) + 1


def _tell(one: LoanTransaction, now: datetime) -> None:
    events.record(
        f"loan.{one.kind}",
        at=now,
        application=one.loan.application,
        loan_id=one.loan_id,
        data={"transaction_id": str(one.pk)},
    )
