"""Credit lines: opened with the first payout, drawn, restored by what is repaid, frozen, cut, ended.

A line's use is the principal its loans owe. Whatever changes that balance tells ``follow`` in the same
transaction, so use and balances never part. Lock order: application or loan account first, then line.
"""

import secrets
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lending.domain.credit_lines import (
    LIVE_STATES,
    FreezeReason,
    LineState,
    MovementKind,
    opens_line,
)
from lending.domain.loan_flow import LoanState
from lending.errors import IllegalState, InvalidInput, NotFound
from lending.models import (
    CreditLine,
    LineMovement,
    Loan,
    LoanAccount,
    LoanContract,
    LoanTransaction,
    Officer,
)
from lending.selectors import business_day
from lending.selectors import credit_lines as line_selectors
from lending.services import audit
from products.domain.terms import LoanTerms
from products.money import ZERO

REASON_MIN, REASON_MAX = 4, 300


def begin(*, contract: LoanContract, loan: Loan, terms: LoanTerms, now: datetime) -> None:
    """A loan was booked: it draws on its line, or its contract opens one. Caller holds the transaction."""
    if loan.drawdown is None:
        open_for(contract=contract, loan=loan, terms=terms, now=now)
        return
    line = _locked(loan.drawdown.line_id)
    _use(line, loan.principal, loan, None, loan.start_date, now, str(loan.customer_id))


def open_for(
    *, contract: LoanContract, loan: Loan, terms: LoanTerms, now: datetime
) -> CreditLine | None:
    """The line of a revolving contract just paid out, its first loan drawn; None for any other.

    An older line of the same product ends: the new contract renews it. Caller holds the transaction.
    """
    if not opens_line(is_revolving=terms.is_revolving, method=contract.method):
        return None
    today = loan.start_date
    _end_older(loan, today, now)
    line = CreditLine.objects.create(
        line_no=f"L{today:%Y%m%d}{secrets.randbelow(10**9):09d}",
        customer=loan.customer,
        contract=contract,
        legal_entity=loan.legal_entity,
        branch=loan.branch,
        officer=loan.officer,
        product_code=loan.product_code,
        limit_amount=contract.amount,
        valid_until=loan.maturity_date,
        created_at=now,
    )
    actor = str(loan.customer_id)
    _note(line, MovementKind.GRANTED, today, now, actor, amount=contract.amount)
    _use(line, loan.principal, loan, None, today, now, actor)
    return line


def follow(
    *,
    account: LoanAccount,
    before_principal: Decimal,
    cause: LoanTransaction,
    business_date: date,
    now: datetime,
) -> None:
    """What ``cause`` did to the principal restores the loan's line, or (a reversal) draws it again.

    A write-off freezes the line for good. Caller holds the account's lock and the transaction.
    """
    change = account.principal_balance - before_principal
    if not change:
        return
    line = (
        CreditLine.objects.select_for_update()
        .filter(contract_id=account.loan.contract_id)
        .first()
    )
    if line is None:
        return
    _use(line, change, account.loan, cause, business_date, now, cause.channel)
    if account.loan.state == LoanState.WRITTEN_OFF and line.state in LIVE_STATES:
        _freeze(line, FreezeReason.WRITTEN_OFF, business_date, now, "system", "")


def freeze(*, line_id: UUID, officer: Officer, reason: str, now: datetime) -> CreditLine:
    """By hand: nothing can be drawn until a person releases the line."""
    reason = _clean_reason(reason)
    with transaction.atomic():
        line, today = _open_line(line_id)
        if line.freeze_reason == FreezeReason.STAFF:
            raise IllegalState(_("This line is frozen already."))
        _freeze(line, FreezeReason.STAFF, today, now, officer.staff_no, reason)
        _audit(line, "line.freeze", officer, reason, now)
    return line


def release(*, line_id: UUID, officer: Officer, reason: str, now: datetime) -> CreditLine:
    """By hand, and only while the customer owes nothing late."""
    reason = _clean_reason(reason)
    with transaction.atomic():
        line, today = _open_line(line_id)
        if line.state != LineState.FROZEN:
            raise IllegalState(_("This line is not frozen."))
        if line_selectors.is_late(line.customer_id):
            raise IllegalState(_("The customer is late with a payment. The line stays frozen."))
        line.state, line.freeze_reason = LineState.ACTIVE, ""
        line.save(update_fields=["state", "freeze_reason"])
        _note(line, MovementKind.RELEASED, today, now, officer.staff_no, reason=reason)
        _audit(line, "line.release", officer, reason, now)
    return line


def set_limit(
    *, line_id: UUID, limit: Decimal, officer: Officer, reason: str, now: datetime
) -> CreditLine:
    """Cut the limit, or raise a cut one again, never above what the contract granted.

    A limit below what is used stops drawing; loans run on.
    """
    reason = _clean_reason(reason)
    with transaction.atomic():
        line, today = _open_line(line_id)
        granted = line.contract.amount
        if not ZERO <= limit <= granted:
            raise InvalidInput.field(
                "limit",
                _("The limit must lie between 0 and %(granted)s yuan, as the contract granted.")
                % {"granted": f"{granted:,.2f}"},
            )
        if limit == line.limit_amount:
            raise InvalidInput.field("limit", _("This is the limit already."))
        moved = limit - line.limit_amount
        line.limit_amount, line.reviewed_on = limit, today
        line.save(update_fields=["limit_amount", "reviewed_on"])
        kind = MovementKind.RAISED if moved > 0 else MovementKind.CUT
        _note(line, kind, today, now, officer.staff_no, amount=abs(moved), reason=reason)
        _audit(line, f"line.{kind}", officer, reason, now, {"limit": str(limit)})
    return line


def _end_older(loan: Loan, today: date, now: datetime) -> None:
    older = CreditLine.objects.select_for_update().filter(
        customer=loan.customer, product_code=loan.product_code
    )
    for line in older.exclude(state=LineState.CLOSED):
        line.state, line.freeze_reason = LineState.CLOSED, ""
        line.save(update_fields=["state", "freeze_reason"])
        _note(line, MovementKind.RENEWED, today, now, str(loan.customer_id))


def _use(
    line: CreditLine,
    change: Decimal,
    loan: Loan,
    cause: LoanTransaction | None,
    business_date: date,
    now: datetime,
    actor: str,
) -> None:
    line.used_amount += change
    line.save(update_fields=["used_amount"])
    kind = MovementKind.DRAWN if change > 0 else MovementKind.RESTORED
    _note(line, kind, business_date, now, actor, amount=abs(change), loan=loan, cause=cause)


def _freeze(
    line: CreditLine, why: FreezeReason, day: date, now: datetime, actor: str, reason: str
) -> None:
    line.state, line.freeze_reason = LineState.FROZEN, why
    line.save(update_fields=["state", "freeze_reason"])
    _note(line, MovementKind.FROZEN, day, now, actor, reason=reason or why.value)


def _note(
    line: CreditLine,
    kind: MovementKind,
    day: date,
    now: datetime,
    actor: str,
    *,
    amount: Decimal = ZERO,
    reason: str = "",
    loan: Loan | None = None,
    cause: LoanTransaction | None = None,
) -> None:
    LineMovement.objects.create(
        line=line,
        kind=kind,
        amount=amount,
        limit_after=line.limit_amount,
        used_after=line.used_amount,
        loan=loan,
        transaction=cause,
        business_date=day,
        at=now,
        actor=actor,
        reason=reason,
    )


def _locked(line_id: UUID) -> CreditLine:
    line = (
        CreditLine.objects.select_for_update(of=("self",))
        .select_related("contract", "legal_entity")
        .filter(pk=line_id)
        .first()
    )
    if line is None:
        raise NotFound
    return line


def _open_line(line_id: UUID) -> tuple[CreditLine, date]:
    line = _locked(line_id)
    if line.state not in LIVE_STATES:
        raise IllegalState(_("This line has ended."))
    return line, business_day.current(line.legal_entity)


def _clean_reason(reason: str) -> str:
    text = reason.strip()
    if not REASON_MIN <= len(text) <= REASON_MAX or "\x00" in text:
        raise InvalidInput.field("reason", _("Please say why, in 4 to 300 characters."))
    return text


def _audit(
    line: CreditLine,
    action: str,
    officer: Officer,
    reason: str,
    now: datetime,
    detail: dict[str, str] | None = None,
) -> None:
    audit.record(
        actor=officer.staff_no,
        action=action,
        subject_type="credit_line",
        subject_id=str(line.pk),
        reason=reason,
        now=now,
        detail=detail,
    )
