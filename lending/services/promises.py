"""Promises to pay: written down with who gave them; judged by the daily allocation."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from lending.domain.collection_rules import PROMISE_DAYS_MAX, SAID_BY, CaseState
from lending.errors import IllegalState, InvalidInput
from lending.models import CollectionCase, LoanTransaction, Officer, PromiseToPay
from lending.selectors import business_day
from lending.services import audit, collection_cases


def record(
    *,
    case: CollectionCase,
    amount: Decimal,
    promised_on: date,
    said_by: str,
    officer: Officer,
    now: datetime,
) -> PromiseToPay:
    """So much by that day; the ladder is silent until then. One runs at a time.

    Raises ``InvalidInput`` (amount, day, who) or ``IllegalState`` (another runs, the case is closed).
    """
    today = business_day.current(case.legal_entity)
    _check(case, amount, promised_on, said_by, today)
    with transaction.atomic():
        fresh = CollectionCase.objects.select_for_update().get(pk=case.pk)
        if fresh.state == CaseState.CLOSED:
            raise IllegalState(_("This case is closed."))
        if PromiseToPay.objects.filter(loan=fresh.loan_id, state="open").exists():
            raise IllegalState(_("A promise is running already."))
        last = LoanTransaction.objects.filter(loan=fresh.loan_id).aggregate(n=Max("number"))["n"]
        one = PromiseToPay.objects.create(
            case=fresh,
            loan_id=fresh.loan_id,
            amount=amount,
            promised_on=promised_on,
            said_by=said_by,
            after_number=last or 0,
            made_on=today,
            officer=officer,
            created_at=now,
        )
        _tell(fresh, one, now)
    case.state = fresh.state
    return one


def _check(
    case: CollectionCase, amount: Decimal, promised_on: date, said_by: str, today: date
) -> None:
    if amount <= 0 or amount > case.loan.principal * 3 or amount != round(amount, 2):
        raise InvalidInput.field("amount", _("Please enter the amount the borrower promised."))
    if not today <= promised_on <= today + timedelta(days=PROMISE_DAYS_MAX):
        raise InvalidInput.field("promised_on", _("The day must lie within the next 31 days."))
    if said_by not in SAID_BY:
        raise InvalidInput.field("said_by", _("Please say who promised it."))


def _tell(case: CollectionCase, one: PromiseToPay, now: datetime) -> None:
    """The case waits for the promise's day; the word stands in its history and in the audit chain."""
    if case.state != CaseState.IN_HARDSHIP:
        collection_cases.set_state(case=case, state=CaseState.PROMISED)
    data = {"amount": str(one.amount), "on": one.promised_on.isoformat()}
    collection_cases.tell(
        case=case,
        kind="promise",
        data={**data, "said_by": one.said_by},
        officer=one.officer,
        now=now,
    )
    audit.record(
        actor=one.officer.user.get_username(),
        action="arrears.promise",
        subject_type="collection_case",
        subject_id=str(case.pk),
        detail=data,
        now=now,
    )
