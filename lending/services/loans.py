"""Booking a loan: note, schedule, journal and line, in the transaction that settles the payout."""

import secrets
from datetime import datetime
from decimal import Decimal

from lending import events
from lending.domain.postings import Event
from lending.models import Disbursement, Loan, LoanApplication
from lending.services import business_day, credit_lines, ledger, loan_accounts
from lending.services.contracts import schedule_of
from products.domain import apr
from products.domain.schedule import Schedule
from products.domain.terms import LoanTerms


def book(*, application: LoanApplication, disbursement: Disbursement, now: datetime) -> Loan:
    """The loan of a succeeded disbursement, dated by the business day. Caller holds the transaction."""
    contract = disbursement.contract
    today = business_day.held(contract.legal_entity)
    terms = LoanTerms.from_dict(contract.terms)
    drawing = disbursement.drawdown
    rate = drawing.annual_rate if drawing else contract.annual_rate
    schedule = schedule_of(
        terms=terms, offer=contract.offer, amount=disbursement.amount, start=today,
        annual_rate=rate, term_months=drawing.term_months if drawing else None,
    )
    loan = Loan.objects.create(
        note_no=f"N{today:%Y%m%d}{secrets.randbelow(10**9):09d}",
        contract=contract,
        application=application,
        drawdown=drawing,
        customer=application.customer,
        legal_entity=contract.legal_entity,
        branch=application.branch,
        officer=application.officer,
        product_code=application.product_code,
        principal=disbursement.amount,
        principal_balance=disbursement.amount,
        annual_rate=rate,
        apr=_true_rate(disbursement, schedule) if drawing else contract.apr,
        term_months=drawing.term_months if drawing else contract.term_months,
        method=contract.method,
        start_date=today,
        maturity_date=schedule.instalments[-1].due,
        created_at=now,
    )
    loan_accounts.open_account(loan=loan, terms=terms, schedule=schedule, now=now)
    _post_payout(loan, disbursement, now)
    credit_lines.begin(contract=contract, loan=loan, terms=terms, now=now)
    events.record("loan.booked", at=now, application=application, loan_id=loan.pk)
    return loan


def _post_payout(loan: Loan, disbursement: Disbursement, now: datetime) -> None:
    ledger.post_events(
        kind="disbursement",
        source_type="disbursement",
        source_id=str(disbursement.pk),
        events={Event.DISBURSED: disbursement.amount},
        product_code=loan.product_code,
        legal_entity=loan.legal_entity,
        branch=loan.branch,
        accounting_date=loan.start_date,
        now=now,
        loan=loan,
    )


def _true_rate(disbursement: Disbursement, schedule: Schedule) -> Decimal:
    found = apr.apr(disbursement.amount, schedule.start, schedule.flows())
    return found.quantize(Decimal("0.000001"))

