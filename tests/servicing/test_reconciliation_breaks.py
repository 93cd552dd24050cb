"""A difference is explained by two people, never by one, and only as it stood on the second one's page."""

import datetime as dt
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from lending.domain.reconciliation import Difference, Movement
from lending.errors import IllegalState, InvalidInput, NotFound, NotPermitted
from lending.models import AuditEntry, LegalEntity, ReconciliationBreak, ReconciliationRun
from lending.services import reconciliation_breaks as breaks
from products.money import ZERO

pytestmark = pytest.mark.django_db

WORD: dict[str, Any] = {"resolution": "bank_error_corrected", "explanation": "The bank booked it again."}


def run_with(now: dt.datetime, *amounts: Any) -> None:
    """A run of the day that found one difference for each amount of ours."""
    run = ReconciliationRun.objects.create(
        legal_entity=LegalEntity.objects.get(), business_date=now.date(), kind="manual", started_at=now
    )
    found = [
        Difference(ReconciliationBreak.Kind.AMOUNT, Movement("out", f"D{n}"), amount, ZERO, ZERO)
        for n, amount in enumerate(amounts)
    ]
    breaks.bring_along(run=run, differences=found, now=now)


@pytest.fixture
def row(bank: None, now: dt.datetime) -> ReconciliationBreak:
    run_with(now, 5)
    return ReconciliationBreak.objects.get()


@pytest.fixture
def first(bank: None) -> User:
    return User.objects.get(username="finance")


@pytest.fixture
def second(bank: None) -> User:
    return User.objects.get(username="finance.second")


def mark(row: ReconciliationBreak) -> str:
    row.refresh_from_db()
    return breaks.proposal_mark(row)


def test_two_people_explain_it_and_every_step_is_kept(
    row: ReconciliationBreak, first: User, second: User, now: dt.datetime
) -> None:
    breaks.take(break_id=row.pk, user=second, now=now)
    breaks.propose(break_id=row.pk, maker=first, now=now, **WORD)
    done = breaks.confirm(break_id=row.pk, checker=second, now=now, seen=mark(row))
    assert (done.state, done.maker, done.checker, done.resolved_at) == ("resolved", first, second, now)
    assert done.owner.user == second
    steps = [(s.what, s.by, s.resolution) for s in row.steps.order_by("id")]
    assert steps == [
        ("found", None, ""),
        ("taken", second, ""),
        ("proposed", first, "bank_error_corrected"),
        ("confirmed", second, "bank_error_corrected"),
    ]
    audited = AuditEntry.objects.filter(subject_type="reconciliation_break").order_by("id")
    assert [a.action for a in audited] == ["break.taken", "break.proposed", "break.confirmed"]
    with pytest.raises(IllegalState):
        breaks.take(break_id=row.pk, user=first, now=now)
    run_with(now, 5)
    row.refresh_from_db()
    assert row.state == "resolved", "explained stays explained while it is the same difference"


def test_one_person_alone_is_refused_by_service_and_database(
    row: ReconciliationBreak, first: User, now: dt.datetime
) -> None:
    breaks.propose(break_id=row.pk, maker=first, now=now, **WORD)
    with pytest.raises(NotPermitted):
        breaks.confirm(break_id=row.pk, checker=first, now=now, seen=mark(row))
    mine = ReconciliationBreak.objects.filter(pk=row.pk)
    alone = {"state": "resolved", "resolved_at": now}
    for change in ({**alone, "checker": first}, alone, {"checker": first}):
        with pytest.raises(IntegrityError), transaction.atomic():
            mine.update(**change)


def test_the_database_refuses_what_must_not_be(row: ReconciliationBreak, now: dt.datetime) -> None:
    for change in (
        {"state": "resolved"},
        {"state": "resolved", "resolved_at": now},
        {"state": "proposed"},
        {"resolved_at": now},
        {"resolution": "booked_late"},
        {"kind": "mood"},
        {"direction": "up"},
        {"resolution": "never_mind"},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            ReconciliationBreak.objects.filter(pk=row.pk).update(**change)


def test_a_proposal_that_changed_is_not_confirmed_and_one_sent_back_is_open(
    row: ReconciliationBreak, first: User, second: User, now: dt.datetime
) -> None:
    with pytest.raises(IllegalState):
        breaks.confirm(break_id=row.pk, checker=second, now=now, seen="")
    breaks.propose(break_id=row.pk, maker=first, now=now, **WORD)
    old = mark(row)
    later = now + dt.timedelta(minutes=1)
    breaks.propose(break_id=row.pk, maker=first, now=later, **{**WORD, "resolution": "other_day"})
    for act in (
        lambda: breaks.confirm(break_id=row.pk, checker=second, now=later, seen=old),
        lambda: breaks.send_back(break_id=row.pk, user=second, reason="Not so.", now=later, seen=old),
    ):
        with pytest.raises(IllegalState):
            act()
    breaks.send_back(
        break_id=row.pk, user=second, reason="Which day was it?", now=later, seen=mark(row)
    )
    row.refresh_from_db()
    assert (row.state, row.maker, row.resolution) == ("open", None, "")
    assert row.steps.order_by("id").last().text == "Which day was it?"


@pytest.mark.parametrize(
    ("amounts", "what"), [([6], "changed"), ([], "healed")], ids=["other sides", "cause gone"]
)
@pytest.mark.parametrize("is_confirmed", [False, True])
def test_a_new_run_outdates_a_proposal_and_reopens_what_is_another_difference_now(
    row: ReconciliationBreak,
    first: User,
    second: User,
    now: dt.datetime,
    amounts: list[int],
    what: str,
    is_confirmed: bool,
) -> None:
    breaks.propose(break_id=row.pk, maker=first, now=now, **WORD)
    if is_confirmed:
        breaks.confirm(break_id=row.pk, checker=second, now=now, seen=mark(row))
    run_with(now, *amounts)
    row.refresh_from_db()
    last = row.steps.order_by("id").last().what
    if what == "healed" and is_confirmed:
        assert (row.state, row.healed_at, last) == ("resolved", None, "confirmed")
    elif what == "healed":
        assert (row.state, row.healed_at, row.maker, last) == ("resolved", now, None, "healed")
    else:
        assert (row.state, row.ours, row.maker, row.checker, last) == ("open", 6, None, None, "changed")


def test_a_proposal_needs_a_code_and_a_sentence(
    row: ReconciliationBreak, first: User, now: dt.datetime
) -> None:
    for field, value in (
        ("resolution", ""),
        ("resolution", "never_mind"),
        ("explanation", " 1234 "),
        ("explanation", "x" * 301),
        ("explanation", "a\x00bcdef"),
    ):
        with pytest.raises(InvalidInput) as refusal:
            breaks.propose(break_id=row.pk, maker=first, now=now, **{**WORD, field: value})
        assert list(refusal.value.errors) == [field]


def test_others_may_not_and_what_is_not_there_is_not_found(
    row: ReconciliationBreak, first: User, now: dt.datetime
) -> None:
    officer = User.objects.get(username="liguoqiang")
    with pytest.raises(NotPermitted):
        breaks.take(break_id=row.pk, user=officer, now=now)
    with pytest.raises(NotPermitted):
        breaks.propose(break_id=row.pk, maker=officer, now=now, **WORD)
    with pytest.raises(NotFound):
        breaks.take(break_id=10**9, user=first, now=now)
