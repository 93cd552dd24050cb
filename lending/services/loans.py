"""Booking a loan: note, schedule and journal, in the transaction that settles the payout."""

import secrets
from datetime import datetime

from lending import events
from lending.domain import postings
from lending.models import Disbursement, Instalment, Loan, LoanApplication
from lending.selectors import business_day
from lending.services import ledger
from lending.services.contracts import schedule_of
from products.domain.schedule import Schedule
from products.domain.terms import LoanTerms


def book(*, application: LoanApplication, disbursement: Disbursement, now: datetime) -> Loan:
    """The loan of a succeeded disbursement, dated by the business day. Caller holds the transaction."""
    contract = disbursement.contract
    today = business_day.current(contract.legal_entity)
    schedule = schedule_of(
        terms=LoanTerms.from_dict(contract.terms),
        offer=contract.offer,
        amount=disbursement.amount,
        start=today,
    )
    loan = Loan.objects.create(
        note_no=f"N{today:%Y%m%d}{secrets.randbelow(10**9):09d}",
        contract=contract,
        application=application,
        customer=application.customer,
        legal_entity=contract.legal_entity,
        branch=application.branch,
        officer=application.officer,
        product_code=application.product_code,
        principal=disbursement.amount,
        principal_balance=disbursement.amount,
        annual_rate=contract.annual_rate,
        apr=contract.apr,
        term_months=contract.term_months,
        method=contract.method,
        start_date=today,
        maturity_date=schedule.instalments[-1].due,
        created_at=now,
    )
    _book_instalments(loan, schedule)
    ledger.post(
        kind="disbursement",
        source_type="disbursement",
        source_id=str(disbursement.pk),
        lines=postings.disbursement(disbursement.amount),
        legal_entity=contract.legal_entity,
        branch=application.branch,
        accounting_date=today,
        now=now,
        loan=loan,
    )
    events.record("loan.booked", at=now, application=application, loan_id=loan.pk)
    return loan


def _book_instalments(loan: Loan, schedule: Schedule) -> None:
    Instalment.objects.bulk_create(
        Instalment(
            loan=loan,
            number=row.n,
            due_date=row.due,
            principal=row.principal,
            interest=row.interest,
            balance_after=row.balance,
        )
        for row in schedule.instalments
    )
