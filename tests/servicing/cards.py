"""Card transfers in tests: loans brought to a morning, calls at a moment, and the bank's own log."""

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Sum

from lending.models import CardTransfer, LegalEntity, Loan, LoanAccount, Posting
from lending.services import auto_debits, card_transfers, loan_accounts, loan_catch_up
from tests.sandbox_client import Sandbox
from tests.servicing.book import Book


@dataclass
class Cards:
    book: Book
    sandbox: Sandbox

    def due_loans(self, count: int, **terms: Any) -> list[Loan]:
        """Loans on the morning of their first due date."""
        loans = [self.book.loan(**terms) for _ in range(count)]
        self.morning(loans[0].instalments.get(number=1).due_date)
        return loans

    def morning(self, day: dt.date) -> None:
        """The business date, with every account closed up to it."""
        self.book.go_to(day)
        for loan_id in LoanAccount.objects.values_list("loan_id", flat=True):
            with transaction.atomic():
                account = loan_accounts.locked(loan_id)
                loan_catch_up.catch_up(account=account, through_before=day, now=self.book.now)

    @property
    def bank(self) -> LegalEntity:
        return LegalEntity.objects.get()

    def at(self, after_s: float) -> dt.datetime:
        return self.book.now + dt.timedelta(seconds=after_s)

    def request_due(self) -> int:
        return auto_debits.request_due(
            legal_entity=self.bank, day=self.book.business_date, now=self.book.now
        )

    def of(self, loan: Loan) -> CardTransfer:
        return CardTransfer.objects.filter(loan=loan).latest("created_at", "business_date")

    @staticmethod
    def of_card(loan: Loan) -> str:
        return str(loan.application.bank_card.card_number)

    def send(self, loan: Loan, after_s: float = 0) -> str:
        card_transfers.send(transfer_id=self.of(loan).pk, now=self.at(after_s))
        return str(self.of(loan).state)

    def ask(self, loan: Loan, after_s: float) -> str:
        card_transfers.query(transfer_id=self.of(loan).pk, now=self.at(after_s))
        return str(self.of(loan).state)

    def collected(self, transfer: CardTransfer) -> list[Decimal]:
        """What the bank's log says this key moved."""
        log = [*self.sandbox.collections(), *self.sandbox.transfers()]
        return [Decimal(row["amount"]) for row in log if row["key"] == transfer.core_key]

    def assert_booked_once(self, loan: Loan) -> None:
        """The bank's log has each key at most once, and the loan's books say exactly the same."""
        transfers = list(CardTransfer.objects.filter(loan=loan).select_related("transaction"))
        log = Counter(row["key"] for row in self.sandbox.collections())
        total = Decimal(0)
        for one in transfers:
            assert log[one.core_key] == (one.state == "succeeded"), one.state
            if one.state == "succeeded":
                assert one.transaction is not None, one.booking_error
                assert [one.transaction.amount] == self.collected(one)
                total += one.amount
        cash = Posting.objects.filter(loan=loan, account__code="1011").aggregate(s=Sum("amount"))["s"]
        assert cash == total - loan.principal
