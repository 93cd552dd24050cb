"""The ledger on PostgreSQL: balanced, append-only, its accounts changed by two people."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import IntegrityError, InternalError, connection, transaction
from django.db.models import ProtectedError, Sum

from lending.domain.postings import DEFAULT_PAIRS, Event, Line
from lending.errors import IllegalState, InvalidInput, NotPermitted
from lending.models import (
    Account,
    AccountsChange,
    AuditEntry,
    Branch,
    EventAccounts,
    Journal,
    LegalEntity,
    Loan,
    Officer,
    Posting,
)
from lending.selectors import event_accounts as mapping
from lending.services import event_accounts, ledger, ledger_accounts
from tests.servicing.book import Book

pytestmark = pytest.mark.django_db
REFUSED = (IntegrityError, InternalError)


def person(username: str) -> Officer:
    return Officer.objects.select_related("user").get(user__username=username)


def write(lines: tuple[Line, ...], source_id: str = "1", day: dt.date | None = None) -> Journal:
    branch = Branch.objects.get(code="BL")
    return ledger.post(
        kind="test", source_type="test", source_id=source_id, lines=lines,
        legal_entity=branch.legal_entity, branch=branch,
        accounting_date=day or dt.date(2026, 11, 24),
        now=dt.datetime(2026, 11, 24, 10, tzinfo=dt.UTC),
    )


def two(amount: str = "5.00") -> tuple[Line, ...]:
    return Line("1011", Decimal(amount)), Line("1301", -Decimal(amount))


def smuggle(journal: Journal, day: dt.date, amounts: dict[str, int]) -> None:
    """Lines past ``ledger.post``, then what the database says at commit."""
    for code, amount in amounts.items():
        Posting.objects.create(
            journal=journal, account=Account.objects.get(code=code),
            branch=Branch.objects.get(code="BL"), accounting_date=day, amount=amount,
        )
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def changed(
    book: Book, role: str, account: str, *, product: str = "", event: str = ""
) -> AccountsChange:
    change = event_accounts.propose(
        product_code=product, role=role, event=event, account_code=account, reason="own accounts",
        officer=person("finance"), now=book.now,
    )
    return event_accounts.release(
        change_id=change.pk, officer=person("finance.second"), now=book.now
    )


def new_account(book: Book, code: str, kind: str = "asset") -> Account:
    return ledger_accounts.add(
        code=code, kind=kind, name=f"科目{code}", name_en=f"Account {code}",
        officer=person("finance"), now=book.now,
    )


def balances(**where: object) -> dict[str, Decimal]:
    rows = Posting.objects.filter(**where).values_list("account__code").annotate(Sum("amount"))
    return {code: total for code, total in rows if total}


def test_a_journal_balances_or_does_not_exist(bank: None) -> None:
    with pytest.raises(ledger.Unbalanced):
        write((Line("1011", Decimal(5)), Line("1301", Decimal(-4))))
    with pytest.raises(ledger.UnknownAccount):
        write((Line("1011", Decimal(5)), Line("4711", Decimal(-5))))
    assert not Journal.objects.exists()
    journal = write(two())
    with pytest.raises(IntegrityError, match="does not balance"), transaction.atomic():
        smuggle(journal, journal.accounting_date, {"1011": 1})


def test_a_posting_carries_the_day_of_its_journal(bank: None) -> None:
    journal = write(two())
    assert set(journal.postings.values_list("accounting_date", flat=True)) == {
        journal.accounting_date
    }
    with pytest.raises(IntegrityError, match="another day"), transaction.atomic():
        smuggle(journal, dt.date(2026, 1, 1), {"1011": 1, "1301": -1})


def test_nothing_of_a_journal_is_changed_or_removed(bank: None) -> None:
    journal = write(two())
    assert Journal.objects.get(pk=journal.pk).kind == "test"
    for rows in (Journal.objects.all(), Posting.objects.all()):
        for act in (lambda r=rows: r.update(id=r[0].pk), lambda r=rows: r._raw_delete("default")):
            with pytest.raises(REFUSED, match="append-only"), transaction.atomic():
                act()
    with pytest.raises(IntegrityError), transaction.atomic():
        write(two())
    assert write(two(), "2").pk != journal.pk


def test_the_books_begin_with_the_default_accounts(bank: None) -> None:
    assert dict(ledger.pairs_of("shandai")) == dict(DEFAULT_PAIRS)
    assert EventAccounts.objects.filter(is_in_force=True).count() == sum(
        len(pairs) for pairs in DEFAULT_PAIRS.values()
    )


def test_an_event_without_rows_still_books(book: Book) -> None:
    EventAccounts.objects.update(is_in_force=False, valid_to=book.business_date)
    assert dict(ledger.pairs_of("shandai")) == dict(DEFAULT_PAIRS)
    book.pay(book.loan(), "100.00")


def test_accounts_change_with_two_people_and_at_once(book: Book) -> None:
    new_account(book, "601101", "income")
    change = event_accounts.propose(
        product_code="", role="6011", event="interest_waived", account_code="601101",
        reason="waivers apart", officer=person("finance"), now=book.now,
    )
    with pytest.raises(NotPermitted):
        event_accounts.release(change_id=change.pk, officer=person("finance"), now=book.now)
    with pytest.raises(NotPermitted):
        event_accounts.release(change_id=change.pk, officer=person("liguoqiang"), now=book.now)
    with pytest.raises(IntegrityError, match="two_people"), transaction.atomic():
        AccountsChange.objects.filter(pk=change.pk).update(checker=person("finance").user)
    with pytest.raises(IllegalState):
        event_accounts.propose(
            product_code="", role="6011", event="interest_waived", account_code="",
            reason="once more", officer=person("finance.second"), now=book.now,
        )
    assert ledger.pairs_of("x")[Event.INTEREST_WAIVED] == (("6011", "1132"),)
    event_accounts.release(change_id=change.pk, officer=person("finance.second"), now=book.now)
    assert ledger.pairs_of("x")[Event.INTEREST_WAIVED] == (("601101", "1132"),)
    assert ledger.pairs_of("x")[Event.INTEREST_ACCRUED] == (("1132", "6011"),)
    with pytest.raises(IllegalState):
        event_accounts.refuse(change_id=change.pk, officer=person("finance"), now=book.now)
    with pytest.raises(REFUSED, match="not edited"), transaction.atomic():
        AccountsChange.objects.filter(pk=change.pk).update(role="6012")
    assert set(AuditEntry.objects.values_list("action", flat=True)) == {
        "ledger.account.add", "ledger.accounts.propose", "ledger.accounts.release",
    }


def test_a_product_of_its_own_accounts_takes_its_balance_along(book: Book) -> None:
    old = book.loan()
    book.product_code = "huicundai"
    other = book.loan()
    new_account(book, "130101")
    changed(book, "1301", "130101", product="shandai")
    book.product_code = "shandai"
    book.pay(old, "2000.00", kind="partial_early")
    book.pay(other, "2000.00", kind="partial_early")
    old.refresh_from_db()
    other.refresh_from_db()
    found = balances()
    assert (found["130101"], found["1301"]) == (old.principal_balance, other.principal_balance)
    moved = Journal.objects.get(kind="account_moved")
    assert (moved.product_code, moved.source_type) == ("shandai", "accounts_change")
    assert mapping.role_accounts("1301") == {"1301", "130101"}
    changed(book, "1301", "", product="shandai")  # back to the bank's accounts
    assert balances().get("130101", 0) == 0
    assert ledger.pairs_of("shandai")[Event.DISBURSED] == (("1301", "1011"),)
    assert not EventAccounts.objects.filter(product_code="shandai", is_in_force=True).exists()


def test_the_bank_may_change_an_account_for_every_product(book: Book) -> None:
    loan = book.loan()
    new_account(book, "101102")
    new_account(book, "130199")
    changed(book, "1301", "130199", product="shandai")
    changed(book, "1011", "101102")
    assert ledger.pairs_of("shandai")[Event.DISBURSED] == (("130199", "101102"),)
    assert ledger.pairs_of("huicundai")[Event.DISBURSED] == (("1301", "101102"),)
    assert balances() == {"130199": loan.principal, "101102": -loan.principal}


IMPOSSIBLE: tuple[tuple[dict[str, str], str], ...] = (
    ({"role": "9999"}, "role"),
    ({"product_code": "no-such"}, "product_code"),
    ({"account_code": "4711"}, "account"),
    ({"account_code": "6012"}, "account"),  # another kind
    ({"account_code": "1132"}, "account"),  # serves something else
    ({"event": "provisioned"}, "event"),
    ({"event": "disbursed"}, "event"),  # carries a balance: every event at once
    ({"reason": " a "}, "reason"),
    ({"reason": "abcdef\x00"}, "reason"),
)


def test_a_change_that_cannot_be_is_refused_at_its_field(book: Book) -> None:
    new_account(book, "130101")
    good = {
        "product_code": "", "role": "1301", "event": "", "account_code": "130101",
        "reason": "own accounts",
    }
    for change, field in IMPOSSIBLE:
        with pytest.raises(InvalidInput) as refused:
            event_accounts.propose(**{**good, **change}, officer=person("finance"), now=book.now)  # type: ignore[arg-type]
        assert list(refused.value.errors) == [field], change


def test_accounts_are_added_and_never_deleted(book: Book) -> None:
    new_account(book, "130101")
    for wrong in ("12", "abcd", "１２３４", "1" * 21, "130101"):
        with pytest.raises(InvalidInput) as refused:
            new_account(book, wrong)
        assert list(refused.value.errors) == ["code"]
    with pytest.raises(InvalidInput):
        new_account(book, "130102", "profit")
    book.loan()
    for code in ("130101", "1301"):
        with pytest.raises((*REFUSED, ProtectedError)), transaction.atomic():
            Account.objects.get(code=code).delete()
    with pytest.raises(REFUSED, match="code and kind stay"), transaction.atomic():
        Account.objects.filter(code="1301").update(kind="liability")
    Account.objects.filter(code="130101").update(kind="liability")


def test_a_reversal_books_to_the_accounts_of_its_journal(book: Book) -> None:
    loan: Loan = book.loan()
    journal = Journal.objects.get(kind="disbursement")
    new_account(book, "130101")
    changed(book, "1301", "130101")
    undone = ledger.reverse(journal=journal, accounting_date=book.business_date, now=book.now)
    assert undone.product_code == loan.product_code
    assert {p.account.code: p.amount for p in undone.postings.select_related("account")} == {
        "1301": -loan.principal, "1011": loan.principal,
    }
    assert LegalEntity.objects.get() == undone.legal_entity
    changed(book, "1301", "130101")  # said again: what came back to the old account goes along
    assert balances() == {}
