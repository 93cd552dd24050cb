"""Papers about a loan: asked for, their facts fixed, printed by a worker, kept, and checked by code."""

import hashlib
import secrets
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lending import jobs
from lending.documents.loan_papers import compose, sha256_of
from lending.domain.loan_flow import LoanState
from lending.errors import IllegalState, InvalidInput, NotFound, TooMany
from lending.models import Loan, LoanAccount, LoanPaper
from lending.selectors import business_day, loan_lines, loan_lives
from lending.selectors.loan_lines import MONEY_IN, StatementLine
from products.encryption import mask_id_number
from products.money import ZERO

Kind = LoanPaper.Kind
#: No 0/O, 1/I/L: the code is read from paper and typed.
_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_CODE_LENGTH = 12
LINES_MAX = 2_000
CUSTOMER = "customer"
#: New ones a customer may ask for, a loan.
PAPERS_A_DAY = 50
_PREFIX = {
    Kind.STATEMENT: "DZ", Kind.PAYOFF_LETTER: "JQ", Kind.SETTLEMENT_LETTER: "JZ",
    Kind.INTEREST_CERTIFICATE: "LX",
}


def request(
    *,
    loan: Loan,
    kind: str,
    asked_by: str,
    now: datetime,
    period: tuple[date, date] | None = None,
) -> LoanPaper:
    """The paper with today's facts; the same facts again give the same paper. A worker prints it.

    Raises ``IllegalState`` (code ``not_settled``) for a settlement letter of a loan that is not, or a
    payoff letter of one that is; ``InvalidInput`` for a period that cannot be; ``TooMany``.
    """
    if kind not in _PREFIX:
        raise NotFound
    today = business_day.current(loan.legal_entity)
    dates = _period(loan, today, period)
    account = LoanAccount.objects.select_related("loan").filter(loan=loan).first()
    if account is None:
        raise NotFound
    facts = {**_common(loan), **_FACTS[kind](account, dates, today)}
    if kind in (Kind.STATEMENT, Kind.INTEREST_CERTIFICATE):
        facts |= {"period_from": dates[0].isoformat(), "period_to": dates[1].isoformat()}
    sha256 = sha256_of(facts)
    if asked_by == CUSTOMER:
        _require_few(loan, sha256, now)
    with transaction.atomic():
        paper, created = LoanPaper.objects.get_or_create(
            loan=loan,
            kind=kind,
            facts_sha256=sha256,
            defaults={
                "paper_no": f"{_PREFIX[Kind(kind)]}{today:%Y%m%d}{secrets.randbelow(10**8):08d}",
                "verification_code": "".join(
                    secrets.choice(_ALPHABET) for _n in range(_CODE_LENGTH)
                ),
                "period_from": dates[0],
                "period_to": dates[1],
                "business_date": today,
                "facts": facts,
                "asked_by": asked_by,
                "created_at": now,
            },
        )
        if created:
            jobs.render_loan_paper(paper.pk, now)
    return paper


def _require_few(loan: Loan, facts_sha256: str, now: datetime) -> None:
    """Every other period is another paper: a person needs a few of them, a program none."""
    papers = LoanPaper.objects.filter(loan=loan)
    if papers.filter(facts_sha256=facts_sha256).exists():
        return
    made = papers.filter(asked_by=CUSTOMER, created_at__gt=now - timedelta(days=1))
    if made.count() >= PAPERS_A_DAY:
        raise TooMany(
            _("Many papers were made for this loan today. Please try again tomorrow."),
            retry_after_s=3_600,
        )


def render(*, paper_id: UUID) -> None:
    """Print a paper once; safe to run twice."""
    ensure_pdf(LoanPaper.objects.get(pk=paper_id))


def ensure_pdf(paper: LoanPaper) -> bytes:
    """The paper's PDF, printed now when no worker has done it yet."""
    if paper.pdf_sha256:
        return bytes(paper.pdf)
    from lending.documents import loan_papers_pdf  # reportlab is only needed to print

    written = compose(
        kind=paper.kind, number=paper.paper_no, code=paper.verification_code, facts=paper.facts
    )
    pdf = loan_papers_pdf.render(written, check_at=check_address())
    with transaction.atomic():
        fresh = LoanPaper.objects.select_for_update().get(pk=paper.pk)
        if not fresh.pdf_sha256:
            fresh.pdf, fresh.pdf_sha256 = pdf, hashlib.sha256(pdf).hexdigest()
            fresh.save(update_fields=["pdf", "pdf_sha256"])
    paper.pdf, paper.pdf_sha256 = fresh.pdf, fresh.pdf_sha256
    return bytes(fresh.pdf)


def check_address() -> str:
    """Where anybody may check a paper by its code."""
    return f"{getattr(settings, 'PUBLIC_BASE_URL', '') or ''}/verify/"


def _period(
    loan: Loan, today: date, period: tuple[date, date] | None
) -> tuple[date, date]:
    first, last = period or (loan.start_date, today)
    if first > last or last > today:
        raise InvalidInput.field("to", _("The period must end by today and not before it begins."))
    return max(first, loan.start_date), max(last, loan.start_date)


def _common(loan: Loan) -> dict[str, Any]:
    application, entity = loan.application, loan.legal_entity
    id_number = application.id_number or loan.customer.id_number
    return {
        "lender": entity.name,
        "lender_en": entity.name_en,
        "borrower": application.name or loan.customer.name or "",
        "id_number": mask_id_number(id_number) if id_number else "",
        "note_no": loan.note_no,
        "contract_no": loan.contract.contract_no,
        "principal": str(loan.principal),
        "start": loan.start_date.isoformat(),
    }


def _statement(account: LoanAccount, dates: tuple[date, date], today: date) -> dict[str, Any]:
    lines = [line for line in loan_lines.lines_of(account.loan) if dates[0] <= line.day <= dates[1]]
    if len(lines) > LINES_MAX:
        raise InvalidInput.field("from", _("This period has too many lines. Please choose a shorter one."))
    state = loan_lives.state_on(account, dates[1])
    return {
        "on": dates[1].isoformat(),
        "balance": str(state.principal_balance),
        "due": str(state.due_amount),
        "lines": [_written(line) for line in lines],
        **_sums(lines),
    }


def _payoff(account: LoanAccount, dates: tuple[date, date], today: date) -> dict[str, Any]:
    if account.loan.state not in (LoanState.ACTIVE, LoanState.OVERDUE):
        raise IllegalState(_("This loan is closed: there is nothing to pay off."), code="loan_closed")
    quote = loan_lives.payoff_quote(account, today)
    return {
        "on": today.isoformat(),
        "amount": str(quote.amount),
        "owed_principal": str(quote.principal),
        "owed_interest": str(quote.interest),
        "owed_charges": str(quote.charges),
        "credit": str(quote.credit),
    }


def _settlement(account: LoanAccount, dates: tuple[date, date], today: date) -> dict[str, Any]:
    if account.loan.state != LoanState.SETTLED:
        raise IllegalState(_("This loan is not paid off yet."), code="not_settled")
    lines = loan_lines.lines_of(account.loan)
    # the last line that cleared something: a surplus and its refund come after the end
    settled_on = max(line.day for line in lines if line.principal or line.interest or line.charges)
    return {"settled_on": settled_on.isoformat(), **_sums(lines)}


def _interest(account: LoanAccount, dates: tuple[date, date], today: date) -> dict[str, Any]:
    lines = [line for line in loan_lines.lines_of(account.loan) if dates[0] <= line.day <= dates[1]]
    return _sums(lines)


_FACTS: dict[str, Callable[[LoanAccount, tuple[date, date], date], dict[str, Any]]] = {
    Kind.STATEMENT: _statement,
    Kind.PAYOFF_LETTER: _payoff,
    Kind.SETTLEMENT_LETTER: _settlement,
    Kind.INTEREST_CERTIFICATE: _interest,
}


def _written(line: StatementLine) -> dict[str, str]:
    return {
        "date": line.day.isoformat(),
        "kind": line.kind,
        "amount": str(line.amount),
        "principal": str(line.principal),
        "interest": str(line.interest),
        "charges": str(line.charges),
        "balance": str(line.balance),
        "note": line.note,
    }


def _sums(lines: list[StatementLine]) -> dict[str, str]:
    """What was really paid: money in, and its interest and charges (waivers and write-offs are none)."""
    paid = [line for line in lines if line.kind in MONEY_IN]
    by_money = [line for line in lines if line.kind in MONEY_IN or line.kind == "credit_use"]

    def total(values: list[Decimal]) -> str:
        return str(sum(values, ZERO))

    return {
        "paid": total([line.amount for line in paid]),
        "interest_paid": total([line.interest for line in by_money]),
        "charges_paid": total([line.charges for line in by_money]),
    }
