"""Changes of a loan by two people: one proposes what was tried out, another one lets it happen.

Money facts are written only on approval, by ``repayments``, in the transaction that decides the change.
"""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from lending.domain import loan_changes as rules
from lending.domain.loan_changes import ChangeKind, ChangeState
from lending.domain.staff_duties import Duty, may
from lending.errors import DomainError, IllegalState, InvalidInput, NotFound, NotPermitted
from lending.models import LoanAccount, LoanChange, LoanTransaction, Officer
from lending.selectors import business_day, worklists
from lending.selectors.loan_change_previews import Preview
from lending.services import (
    audit,
    card_transfers,
    loan_accounts,
    loan_change_checks,
    loan_vouchers,
    repayments,
)
from products.money import ZERO


def prepare(
    *,
    loan_id: UUID,
    kind: ChangeKind,
    maker: User,
    amount: Decimal | None = None,
    value_date: date | None = None,
    options: Mapping[str, Any] | None = None,
    target_id: UUID | None = None,
    voucher_no: str = "",
    voucher: bytes | None = None,
    reason: str = "",
) -> tuple[LoanChange, Preview]:
    """The change as it would be proposed, and what it would do. Nothing is written.

    Raises ``NotFound`` for a loan out of the maker's sight, ``InvalidInput`` and ``IllegalState`` for
    what cannot be.
    """
    _officer(maker, Duty.CHANGE_LOANS)
    account = (
        LoanAccount.objects.select_related("loan__contract", "legal_entity")
        .filter(loan__in=worklists.loans(maker).order_by(), loan_id=loan_id)
        .first()
    )
    if account is None:
        raise NotFound
    today = business_day.current(account.legal_entity)
    change = LoanChange(
        loan=account.loan,
        kind=kind,
        amount=amount if amount is not None else ZERO,
        value_date=value_date or today,
        options=dict(options or {}),
        target=LoanTransaction.objects.filter(pk=target_id).first() if target_id else None,
        voucher_no=loan_vouchers.normal(voucher_no),
        voucher=voucher,
        voucher_type=loan_vouchers.media_type(voucher),
        reason=_plain(reason),
        maker=maker,
    )
    return change, loan_change_checks.check(change, account, today)


def propose(
    *,
    loan_id: UUID,
    kind: ChangeKind,
    maker: User,
    reason: str,
    now: datetime,
    amount: Decimal | None = None,
    value_date: date | None = None,
    options: Mapping[str, Any] | None = None,
    target_id: UUID | None = None,
    voucher_no: str = "",
    voucher: bytes | None = None,
) -> LoanChange:
    """The first pair of eyes: written down with a reason, once it was found possible."""
    change, _preview = prepare(
        loan_id=loan_id,
        kind=kind,
        maker=maker,
        amount=amount,
        value_date=value_date,
        options=options,
        target_id=target_id,
        voucher_no=voucher_no,
        voucher=voucher,
        reason=reason,
    )
    if not rules.REASON_MIN <= len(change.reason) <= rules.REASON_MAX:
        raise InvalidInput.field("reason", _("Please give a reason (5 to 300 characters)."))
    change.proposed_at = now
    with transaction.atomic():
        try:
            with transaction.atomic():
                change.save(force_insert=True)
        except IntegrityError as error:
            raise _asked_already(error) from None
        _record(change, maker, "loan_change.propose", now, reason=change.reason)
    return change


def approve(
    *, change_id: UUID, checker: User, now: datetime, seen: str | None = None, note: str = ""
) -> LoanChange:
    """The second pair of eyes: the change happens as proposed, exactly once.

    ``seen``: ``seen_mark`` of the page the checker looked at; a loan that has changed since is not
    changed on an old picture. What has become impossible meanwhile ends as ``failed``, with its error.
    """
    officer = _officer(checker, Duty.RELEASE_LOAN_CHANGES)
    with transaction.atomic():
        change, account = _locked(change_id, checker)
        if change.maker_id == checker.pk:
            raise NotPermitted(_("Another person than the one who proposed must approve."))
        today = business_day.current(account.legal_entity)
        if seen not in (None, seen_mark(account, today)):
            raise IllegalState(_("The loan has changed meanwhile. Please look at it again."))
        try:
            with transaction.atomic():
                loan_change_checks.check(change, account, today)
                _authority(change, officer)
                change.result = _carry_out(change, checker, today, now)
            change.state = ChangeState.APPROVED
        except NotPermitted:
            raise
        except DomainError as error:
            change.state, change.error = ChangeState.FAILED, str(error.message)[:300]
        _decided(change, checker, note, now)
        _record(change, checker, "loan_change.approve", now, reason=change.checker_note)
    return change


def send_back(*, change_id: UUID, checker: User, note: str, now: datetime) -> LoanChange:
    """The second person says no, and why; the first may propose anew."""
    _officer(checker, Duty.RELEASE_LOAN_CHANGES)
    if not rules.REASON_MIN <= len(_plain(note)) <= rules.REASON_MAX:
        raise InvalidInput.field("note", _("Please give a reason (5 to 300 characters)."))
    with transaction.atomic():
        change, _account = _locked(change_id, checker)
        if change.maker_id == checker.pk:
            raise NotPermitted(_("Your own proposal you can withdraw."))
        change.state = ChangeState.SENT_BACK
        _decided(change, checker, note, now)
        _record(change, checker, "loan_change.send_back", now, reason=change.checker_note)
    return change


def withdraw(*, change_id: UUID, maker: User, now: datetime) -> LoanChange:
    """The first person takes the own proposal back."""
    with transaction.atomic():
        change, _account = _locked(change_id, maker)
        if change.maker_id != maker.pk:
            raise NotPermitted(_("Only the person who proposed may withdraw."))
        change.state, change.checked_at = ChangeState.WITHDRAWN, now
        change.save(update_fields=["state", "checked_at"])
        _record(change, maker, "loan_change.withdraw", now)
    return change


def seen_mark(account: LoanAccount, today: date) -> str:
    """Changes whenever the loan does, and with the business date."""
    return f"{account.version}-{account.closed_through:%Y%m%d}-{today:%Y%m%d}"


def _carry_out(
    change: LoanChange, checker: User, today: date, now: datetime
) -> LoanTransaction | None:
    kind = ChangeKind(change.kind)
    if kind is ChangeKind.REVERSAL:
        assert change.target_id is not None
        return repayments.reverse(
            transaction_id=change.target_id,
            reason=change.reason,
            maker=change.maker,
            checker=checker,
            now=now,
        )
    if kind is ChangeKind.REFUND:
        # booked when the core bank has said yes: the transfer carries it on
        card_transfers.request_refund(
            loan_id=change.loan_id, amount=change.amount, change_id=change.pk, now=now
        )
        return None
    plan_only = kind in (ChangeKind.EXTENSION, ChangeKind.RESTRUCTURING)
    return repayments.record(
        loan_id=change.loan_id,
        kind=rules.transaction_kind(kind),
        amount=ZERO if plan_only else change.amount,
        channel=loan_vouchers.CHANNEL,
        channel_ref=loan_vouchers.channel_ref(change)
        if kind in rules.VOUCHER_KINDS
        else f"change:{change.pk}",
        value_date=change.value_date,
        options=change.options,
        reason=change.reason,
        maker=change.maker,
        checker=checker,
        now=now,
    )


def _authority(change: LoanChange, checker: Officer) -> None:
    if not rules.needs_head_office(ChangeKind(change.kind), change.amount):
        return
    maker = worklists.officer_of(change.maker)
    if rules.HEAD_OFFICE not in (checker.role, maker.role if maker else ""):
        raise NotPermitted(_("A change of this size needs head office as one of the two people."))


def _locked(change_id: UUID, user: User) -> tuple[LoanChange, LoanAccount]:
    """The open change and its loan's account, locked; always the account first: one lock order."""
    visible = worklists.loans(user).order_by()
    found = LoanChange.objects.filter(pk=change_id, loan__in=visible).values_list("loan_id", flat=True)
    loan_id = found.first()
    if loan_id is None:
        raise NotFound
    account = loan_accounts.locked(loan_id)
    change = (
        LoanChange.objects.select_for_update(of=("self",))
        .select_related("maker", "target", "loan__contract")
        .get(pk=change_id)
    )
    if change.state != ChangeState.PROPOSED:
        raise IllegalState(_("This change is decided already."), code="decided")
    return change, account


def _decided(change: LoanChange, checker: User, note: str, now: datetime) -> None:
    change.checker, change.checked_at = checker, now
    change.checker_note = _plain(note)[: rules.REASON_MAX]
    change.save(
        update_fields=["state", "checker", "checked_at", "checker_note", "result", "error"]
    )


def _officer(user: User, duty: Duty) -> Officer:
    officer = worklists.officer_of(user)
    if officer is None or not may(officer.role, duty):
        raise NotPermitted(_("Your role may not do this. Ask head office if it should."))
    return officer


def _plain(text: str) -> str:
    """Trimmed and printable: a reason is one line of words."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _asked_already(error: IntegrityError) -> DomainError:
    if "loan_change_one_open_voucher" in str(error):
        return InvalidInput.field(
            "voucher_no", _("This voucher waits for a second person already.")
        )
    if "loan_change_one_open_reversal" in str(error):
        return IllegalState(_("A reversal of this transaction waits already."))
    raise error


def _record(
    change: LoanChange, user: User, action: str, now: datetime, *, reason: str = ""
) -> None:
    officer = worklists.officer_of(user)
    audit.record(
        actor=officer.staff_no if officer else user.get_username(),
        action=action,
        subject_type="loan_change",
        subject_id=str(change.pk),
        reason=reason,
        now=now,
        detail={"kind": change.kind, "state": change.state, "amount": str(change.amount)},
    )
