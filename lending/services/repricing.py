"""Running loans take the LPR of their repricing day: a rate change recorded like any other fact."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

import structlog
from django.db import DatabaseError, transaction

from lending.domain import repricing as rule
from lending.domain.servicing.facts import TransactionKind
from lending.errors import DomainError
from lending.models import (
    DeadLetter,
    LegalEntity,
    Loan,
    LoanAccount,
    LoanContract,
    LoanTransaction,
)
from lending.selectors import parameters
from lending.services import loan_accounts, repayments, sms
from products.domain.terms import LoanTerms
from products.money import ZERO

log = structlog.get_logger(__name__)
_PAGE = 200
_TASK = "lending.reprice_loan"


def reprice_due(*, legal_entity: LegalEntity, day: date, now: datetime) -> int:
    """Reprice every open loan whose repricing day is ``day`` or was missed; returns how many.

    Run on the morning of ``day`` (the business date), before its nights accrue: the new rate counts
    from the repricing day itself. A missing LPR stops the run (``NotConfigured``); a loan that fails by
    itself leaves a dead letter, stays due and is tried again the next day.
    """
    done, after = 0, 0
    while True:
        rows = list(
            LoanAccount.objects.filter(
                legal_entity=legal_entity, is_open=True, reprice_on__lte=day, pk__gt=after
            )
            .order_by("pk")
            .values_list("pk", "loan_id")[:_PAGE]
        )
        if not rows:
            return done
        for _pk, loan_id in rows:
            done += _try(loan_id, now)
        after = rows[-1][0]


def reprice(*, loan_id: UUID, now: datetime) -> LoanTransaction | None:
    """Give one loan the rate of its repricing day and set the next; None when the rate stays."""
    with transaction.atomic():
        account = loan_accounts.locked(loan_id)
        on = account.reprice_on
        if on is None or not account.is_open:
            return None
        contract, terms = account.loan.contract, LoanTerms.from_dict(account.loan.contract.terms)
        following = rule.next_day(terms.repricing, account.start_date, on)
        if _rate_was_restructured(account.loan):  # what was agreed with the borrower holds
            LoanAccount.objects.filter(pk=account.pk).update(reprice_on=None)
            return None
        before, rate = account.annual_rate, _rate_on(contract, terms, on)
        one = None
        if rate != before:
            one = repayments.record(
                loan_id=loan_id,
                kind=TransactionKind.RATE_CHANGE,
                amount=ZERO,
                channel="system",
                channel_ref=f"reprice:{loan_id}:{on}",
                now=now,
                value_date=on,
                options={"annual_rate": str(rate)},
            )
            _tell(account.loan, before, rate, on, now)
        LoanAccount.objects.filter(pk=account.pk).update(reprice_on=following)
    return one


def rate_of(contract: LoanContract, terms: LoanTerms, today: date) -> Decimal:
    """The contract's rate as of ``today``: as agreed, or as of its last repricing day."""
    on = rule.last_day(terms.repricing, _first_day(contract), today)
    return Decimal(contract.annual_rate) if on is None else _rate_on(contract, terms, on)


def _rate_on(contract: LoanContract, terms: LoanTerms, on: date) -> Decimal:
    spread = rule.spread_of(contract.provenance)
    if spread is None:  # the price kept no steps: what lay between rate and LPR on the day of the payout
        spread = contract.annual_rate - parameters.lpr(terms.lpr_tenor, _first_day(contract))
    return rule.rate_at(
        contract.provenance,
        spread=spread,
        lpr=parameters.lpr(terms.lpr_tenor, on),
        floor=terms.rate_floor,
        cap=terms.rate_cap,
    )


def _first_day(contract: LoanContract) -> date:
    return contract.loans.order_by("created_at").values_list("start_date", flat=True)[0]


def _try(loan_id: UUID, now: datetime) -> int:
    """One loan in its own transaction: what is wrong with it does not stop the others."""
    try:
        reprice(loan_id=loan_id, now=now)
        return 1
    except (ArithmeticError, AssertionError, DatabaseError, LookupError, ValueError) as error:
        problem: Exception = error
    except DomainError as error:
        if error.code == "not_configured":
            raise
        problem = error
    log.error("loan.not_repriced", loan_id=str(loan_id), problem=type(problem).__name__)
    DeadLetter.objects.get_or_create(
        task=_TASK,
        arguments={"loan_id": str(loan_id)},
        resolved_at=None,
        defaults={"error": type(problem).__name__, "at": now},
    )
    return 0


def _rate_was_restructured(loan: Loan) -> bool:
    return LoanTransaction.objects.filter(
        loan=loan,
        kind=TransactionKind.RESTRUCTURING,
        reversal__isnull=True,
        options__has_key="annual_rate",
    ).exists()


def _tell(loan: Loan, before: Decimal, rate: Decimal, on: date, now: datetime) -> None:
    following = loan.instalments.filter(is_billed=False).order_by("due_date").first()
    sms.queue(
        template="rate_changed",
        event_key=f"{loan.pk}:{on}",
        mobile=loan.customer.mobile,
        language=loan.customer.language,
        now=now,
        parameters={
            "note": loan.note_no[-6:],
            "before": f"{before:.4%}",
            "rate": f"{rate:.4%}",
            "since": on.isoformat(),
            "next_due": following.due_date.isoformat() if following else "–",
            "next_amount": f"{following.amount:,.2f}" if following else "–",
        },
    )
