"""Money that moved on all three sides, or on one or two of them only; the core bank's day is today."""

import datetime as dt
import uuid
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx

from lending.gateways import core_bank
from lending.models import CardTransfer, Disbursement, Loan, ReconciliationBreak, ReconciliationRun
from lending.services import reconciliation
from tests.sandbox_client import Sandbox
from tests.servicing.book import Book


@dataclass
class Desk:
    """One bank with a core bank of its own. ``now`` is the clock's: the core bank books by it."""

    book: Book
    sandbox: Sandbox
    log: Path  # the core bank's own rows

    @property
    def now(self) -> dt.datetime:
        return self.book.now

    @property
    def day(self) -> dt.date:
        return self.now.date()

    def run(self, *, minutes: int = 0, day: dt.date | None = None, **more: Any) -> ReconciliationRun:
        now = self.now + dt.timedelta(minutes=minutes)
        return reconciliation.reconcile(day=day or self.day, now=now, **more)

    def paid_out(self, **bank: Any) -> Loan:
        """A loan paid out; ``bank`` changes what the core bank was told."""
        loan = self.book.loan()
        self.bank_paid(self.payout(loan), **bank)
        return loan

    def payout(self, loan: Loan) -> Disbursement:
        return Disbursement.objects.select_related("bank_card").get(application=loan.application)

    def bank_paid(self, payout: Disbursement, **changes: Any) -> None:
        order = {
            "key": payout.core_key,
            "amount": payout.amount,
            "payee_card": payout.bank_card.card_number,
            "payee_name": "",
            **changes,
        }
        assert core_bank.pay(core_bank.TransferOrder(**order)).outcome == "succeeded"

    def bank_collected(self, key: str, amount: str, card: str) -> None:
        body = {"key": key, "amount": amount, "payer_card": card}
        httpx.post(
            f"{self.sandbox.url}/corebank/collect", json=body, trust_env=False
        ).raise_for_status()

    def collected(
        self,
        loan: Loan,
        amount: str = "500.00",
        *,
        booked: str | None = "same",
        bank: str | None = "same",
        **changes: Any,
    ) -> CardTransfer:
        """Money in from the borrower's card. ``booked``, ``bank``: another amount there, or nothing."""
        card, key = self.payout(loan).bank_card, f"C{uuid.uuid4().hex}"
        if bank:
            self.bank_collected(key, amount if bank == "same" else bank, card.card_number)
        one = None
        if booked:
            paid = amount if booked == "same" else booked
            one = self.book.pay(loan, paid, channel="auto_debit", channel_ref=key)
        values = {"state": "succeeded", "core_txn_id": f"T{key}", "settled_at": self.now, **changes}
        return CardTransfer.objects.create(
            loan=loan,
            bank_card=card,
            direction="in",
            kind="repayment",
            channel="applicant",
            core_key=key,
            amount=Decimal(amount),
            business_date=self.book.business_date,
            transaction=one,
            created_at=self.now,
            first_sent_at=self.now,
            **values,
        )

    @staticmethod
    def breaks(**where: Any) -> list[ReconciliationBreak]:
        return list(ReconciliationBreak.objects.filter(**where).order_by("id"))

    @classmethod
    def kinds(cls, **where: Any) -> list[str]:
        return [row.kind for row in cls.breaks(**where)]
