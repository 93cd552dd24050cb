"""A book with time that passes: accounts closed day by day, texts delivered to the sandbox."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from lending.models import CollectionCase, ContactAttempt, LegalEntity, Loan, LoanAccount, Officer
from lending.services import collection_cases, loan_accounts, loan_catch_up, reminders, sms
from tests.servicing.book import Book


@dataclass
class Arrears:
    """``now`` is the clock of contacts; the business date is the book's."""

    book: Book
    now: dt.datetime

    def late(self, days: int, **terms: Any) -> Loan:
        """A loan whose first instalment is ``days`` past due this morning."""
        loan = self.book.loan(grace_days=0, **terms)
        self.morning(loan.instalments.get(number=1).payable_on + dt.timedelta(days=days))
        return loan

    def morning(self, day: dt.date) -> None:
        """The business date has rolled to ``day``; every account is closed up to the evening before."""
        self.book.go_to(day)
        self.now = dt.datetime.combine(day, self.now.timetz())
        for account in LoanAccount.objects.all():
            with transaction.atomic():
                locked = loan_accounts.locked(account.loan_id)
                loan_catch_up.catch_up(account=locked, through_before=day, now=self.now)

    def at(self, hour: int, minute: int = 0) -> None:
        self.now = self.now.replace(hour=hour, minute=minute)

    @property
    def entity(self) -> LegalEntity:
        return LegalEntity.objects.get()

    def remind(self) -> int:
        return reminders.send_due(
            legal_entity=self.entity, day=self.book.business_date, now=self.now
        )

    def allocate(self) -> collection_cases.Allocated:
        return collection_cases.allocate(
            legal_entity=self.entity, day=self.book.business_date, now=self.now
        )

    def deliver(self, attempt: ContactAttempt) -> bool:
        assert attempt.sms_id is not None
        return sms.deliver(sms_id=attempt.sms_id, now=self.now)

    @staticmethod
    def case(loan: Loan) -> CollectionCase:
        return CollectionCase.objects.select_related("owner").order_by("-opened_on").filter(loan=loan)[0]

    @staticmethod
    def officer(role: str = "officer", branch: str = "BL") -> Officer:
        return Officer.objects.filter(role=role, branch__code=branch).order_by("pk")[0]
