"""check_invariants sees collections and refunds: clean after honest work, loud after each kind of lie."""

import datetime as dt

import pytest
from django.db import connection

from lending.models import CardTransfer
from lending.selectors.invariants import calls_come_to_an_end, no_money_lost, no_money_twice
from lending.services import card_transfers
from tests.servicing.cards import Cards

pytestmark = pytest.mark.django_db


def complaints() -> dict[str, str]:
    """Of this test's keys: other tests' transfers are in the sandbox's log, not in this database."""
    mine = set(CardTransfer.objects.values_list("core_key", flat=True))
    now = dt.datetime.now(dt.UTC)
    found = [*no_money_twice(now), *no_money_lost(now), *calls_come_to_an_end(now)]
    return {breach["row"]: breach["detail"] for breach in found if breach["row"] in mine}


def test_honest_work_is_clean_and_lies_are_named(cards: Cards) -> None:
    honest, denied, stuck = cards.due_loans(3)
    cards.request_due()
    assert cards.send(honest) == "succeeded"
    cards.book.pay(honest, "20.00")
    credit = cards.book.account(honest).credit
    card_transfers.request_refund(loan_id=honest.pk, amount=credit, now=cards.at(1))
    assert cards.send(honest) == "succeeded"
    cards.sandbox.fault("corebank", "collect", "reject")
    assert cards.send(denied) == "rejected"
    # the sandbox books on the machine's date: bring the requests to it
    _move_to_today()
    stuck_key = cards.of(stuck).core_key
    assert complaints() == {stuck_key: "still created after its deadline"}
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE lending_cardtransfer DISABLE TRIGGER card_transfer_steps")
    forged = CardTransfer.objects.filter(loan=honest, direction="in")
    forged.update(amount=1)
    CardTransfer.objects.filter(loan=denied).update(state="succeeded", core_txn_id="CBX")
    said = complaints()
    assert said[forged.get().core_key].startswith("moved 1.00, booked")
    assert said[cards.of(denied).core_key] == "moved, not booked: "
    assert len(said) == 3


def _move_to_today() -> None:
    now = dt.datetime.now(dt.UTC)
    CardTransfer.objects.update(created_at=now - dt.timedelta(days=1))
