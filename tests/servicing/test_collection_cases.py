"""Cases: opened with an owner, moved up as it gets worse, closed when paid; promises judged."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from lending.errors import IllegalState, InvalidInput
from lending.models import CaseEvent, CollectionCase, Officer, PromiseToPay
from lending.services import collection_cases, contact_pauses, promises, repayments
from lending.services.collection_cases import Allocated
from tests.servicing.arrears import Arrears

pytestmark = pytest.mark.django_db


def test_a_case_moves_to_the_branch_and_to_head_office_and_is_closed_when_paid(
    arrears: Arrears,
) -> None:
    loan = arrears.late(1)
    due = loan.instalments.get(number=1).payable_on
    assert arrears.allocate() == Allocated(1, 0, 0, 0, 0)
    assert arrears.allocate() == Allocated(0, 0, 0, 0, 0)
    seen = []
    for days in (1, 30, 31, 61, 91, 181):
        arrears.morning(due + dt.timedelta(days=days))
        arrears.allocate()
        case = arrears.case(loan)
        seen.append((days, case.bucket, case.owner.role, case.state))
    assert seen == [
        (1, "M1", "officer", "open"),
        (30, "M1", "officer", "open"),
        (31, "M2", "manager", "open"),
        (61, "M3", "manager", "open"),
        (91, "M4", "head_office", "with_head_office"),
        (181, "M7+", "head_office", "with_head_office"),
    ]
    assert case.owner in Officer.objects.filter(role="head_office")
    assert list(case.events.order_by("day").values_list("kind", flat=True)) == [
        "opened", "moved", "moved", "moved", "moved",
    ]
    arrears.book.pay(loan, "14000.00", kind="payoff")
    assert arrears.allocate().closed == 1
    case = arrears.case(loan)
    assert (case.state, case.closed_reason) == ("closed", "settled")
    with pytest.raises(DatabaseError), transaction.atomic():
        CaseEvent.objects.filter(case=case).update(kind="nothing")


def test_a_case_that_gets_better_keeps_its_owner_and_new_arrears_are_a_new_case(
    arrears: Arrears,
) -> None:
    loan = arrears.late(40)
    arrears.allocate()
    assert arrears.case(loan).level == "branch"
    arrears.book.pay(loan, str(loan.instalments.get(number=1).amount + 20))
    arrears.allocate()
    case = arrears.case(loan)
    assert (case.bucket, case.level, case.owner.role) == ("M1", "branch", "manager")
    arrears.book.pay(loan, "2000.00")
    arrears.allocate()
    assert arrears.case(loan).closed_reason == "paid"
    arrears.morning(loan.instalments.get(number=4).payable_on + dt.timedelta(days=2))
    assert arrears.allocate().opened == 1
    assert CollectionCase.objects.filter(loan=loan).count() == 2


def test_promises_are_kept_or_broken_by_the_money_that_came(arrears: Arrears) -> None:
    kept, broken, early = (arrears.book.loan(grace_days=0) for _ in range(3))
    arrears.morning(kept.instalments.get(number=1).payable_on + dt.timedelta(days=5))
    arrears.allocate()
    day = arrears.book.business_date
    said = {"said_by": "borrower", "officer": arrears.officer(), "now": arrears.now}
    arrears.book.pay(broken, "300.00")  # before the word was given: does not count
    for loan in (kept, broken, early):
        promises.record(
            case=arrears.case(loan), amount=Decimal("300.00"),
            promised_on=day + dt.timedelta(days=2), **said,
        )
    assert {arrears.case(loan).state for loan in (kept, broken, early)} == {"promised"}
    arrears.book.pay(early, "300.00")
    taken_back = arrears.book.pay(broken, "300.00")
    repayments.reverse(
        transaction_id=taken_back.pk, reason="wrong loan", maker=None, checker=None, now=arrears.now
    )
    assert (arrears.allocate().kept, arrears.allocate()) == (1, Allocated(0, 0, 0, 0, 0))
    arrears.morning(day + dt.timedelta(days=2))
    assert arrears.allocate() == Allocated(0, 0, 0, 0, 0)
    arrears.book.pay(kept, "100.00")
    arrears.book.pay(kept, "200.00")
    arrears.morning(day + dt.timedelta(days=3))
    today = arrears.allocate()
    assert (today.kept, today.broken) == (1, 1)
    states = dict(PromiseToPay.objects.values_list("loan_id", "state"))
    assert states == {kept.pk: "kept", early.pk: "kept", broken.pk: "broken"}
    again = promises.record(
        case=arrears.case(kept), amount=Decimal("50.00"), promised_on=day + dt.timedelta(days=3), **said
    )
    with pytest.raises(IllegalState):
        promises.record(case=arrears.case(kept), amount=Decimal("1.00"),
                        promised_on=day + dt.timedelta(days=3), **said)
    arrears.morning(day + dt.timedelta(days=4))
    assert arrears.allocate().broken == 1
    again.refresh_from_db()
    assert (again.state, arrears.case(kept).state) == ("broken", "open")
    with pytest.raises(DatabaseError), transaction.atomic():
        PromiseToPay.objects.filter(pk=again.pk).update(state="kept")


def test_a_promise_that_cannot_be_is_refused(arrears: Arrears) -> None:
    loan = arrears.late(3)
    arrears.allocate()
    day = arrears.book.business_date
    fine = {
        "case": arrears.case(loan), "amount": Decimal("10.00"), "promised_on": day,
        "said_by": "borrower", "officer": arrears.officer(), "now": arrears.now,
    }
    for wrong in (
        {"amount": Decimal(0)}, {"amount": Decimal("0.001")}, {"amount": Decimal("1e9")},
        {"promised_on": day - dt.timedelta(days=1)}, {"promised_on": day + dt.timedelta(days=32)},
        {"said_by": "neighbour"},
    ):
        with pytest.raises(InvalidInput):
            promises.record(**{**fine, **wrong})
    with pytest.raises(InvalidInput):
        collection_cases.note(
            case=arrears.case(loan), text=" ", officer=arrears.officer(), now=arrears.now
        )


def test_a_hardship_is_a_task_for_a_week_even_before_the_loan_is_late(arrears: Arrears) -> None:
    loan = arrears.book.loan()
    first = contact_pauses.tell_hardship(loan=loan, reason="animal_disease", now=arrears.now)
    assert contact_pauses.tell_hardship(loan=loan, reason="illness", now=arrears.now) == first
    case = arrears.case(loan)
    assert (case.bucket, case.state, case.owner) == ("M0", "in_hardship", loan.officer)
    arrears.morning(arrears.book.business_date + dt.timedelta(days=6))
    assert arrears.allocate().closed == 0
    arrears.morning(arrears.book.business_date + dt.timedelta(days=1))
    assert arrears.allocate().closed == 1
    arrears.book.pay(loan, "13000.00", kind="payoff")
    loan.refresh_from_db()
    with pytest.raises(IllegalState):
        contact_pauses.tell_hardship(loan=loan, reason="illness", now=arrears.now)
