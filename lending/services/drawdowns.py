"""Drawing on a line: checked, written and paid by the machinery of every payout, exactly once.

The request, its payout with the key, and the outbox row are one transaction; what the core bank says
comes back through ``settlements``, which books the loan and moves the line (``paid``, ``refused``).
"""

import hashlib
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lending import events
from lending.domain.credit_lines import ON_ITS_WAY, DrawdownState, LineState
from lending.errors import IllegalState, InvalidInput
from lending.models import CreditLine, Customer, Drawdown
from lending.selectors import business_day
from lending.selectors import credit_lines as line_selectors
from lending.selectors import loans as loan_selectors
from lending.services import disbursements, moves, repricing
from lending.services.applications import clean_amount
from products.domain.terms import LoanTerms


def request(
    *,
    customer: Customer,
    amount: Any,
    now: datetime,
    line_id: UUID | None = None,
    loan_id: UUID | None = None,
    term_months: int | None = None,
    request_key: str | None = None,
) -> Drawdown:
    """Ask for ``amount`` of one's own line (named by itself or by one of its loans).

    ``request_key``: the caller's Idempotency-Key; the same one again gives the first drawing.
    Raises ``InvalidInput`` for amount or term, ``IllegalState`` while nothing may be drawn.
    """
    wanted = clean_amount("amount", amount)
    line = _line_of(customer, line_id, loan_id)
    key = hashlib.sha256(request_key.encode()).hexdigest() if request_key else None
    with transaction.atomic():
        application = moves.locked(line.contract.application_id, customer=customer)
        line = (
            CreditLine.objects.select_for_update(of=("self",))
            .select_related("contract__offer", "legal_entity")
            .get(pk=line.pk)
        )
        known = Drawdown.objects.filter(line=line, request_key=key).first() if key else None
        if known is not None:
            return _same(known, wanted, term_months or int(line.contract.term_months))
        drawdown = _written(line, wanted, term_months, key, now)
        disbursements.request_drawing(
            application=application,
            drawdown=drawdown,
            bank_card=line_selectors.card_of(line),
            now=now,
        )
        _tell(drawdown, customer, now)
    return drawdown


def _same(known: Drawdown, amount: Decimal, term_months: int) -> Drawdown:
    """The drawing of this key; its answer was lost on the way, its effect was not."""
    if (known.amount, known.term_months) != (amount, term_months):
        raise InvalidInput(
            _("This Idempotency-Key was already used for another request."),
            code="idempotency_key_reuse",
        )
    return known


def _tell(drawdown: Drawdown, customer: Customer, now: datetime) -> None:
    events.record(
        "drawdown.requested",
        at=now,
        customer_id=customer.pk,
        product_code=drawdown.line.product_code,
        data={"drawdown_id": str(drawdown.pk)},
    )


def _written(
    line: CreditLine, amount: Decimal, term_months: int | None, key: str | None, now: datetime
) -> Drawdown:
    """The drawing's row after everything that can be refused."""
    today = business_day.current(line.legal_entity)
    terms = LoanTerms.from_dict(line.contract.terms)
    _check_line(line, today, now)
    _check_amount(line, terms, amount)
    return Drawdown.objects.create(
        line=line,
        amount=amount,
        term_months=_term(line, terms, term_months),
        annual_rate=repricing.rate_of(line.contract, terms, today),
        request_key=key,
        created_at=now,
    )


def _line_of(customer: Customer, line_id: UUID | None, loan_id: UUID | None) -> CreditLine:
    if (line_id is None) == (loan_id is None):
        raise InvalidInput.field("line_id", _("Please name one line, or one loan of it."))
    if line_id is not None:
        return line_selectors.one_of_customer(line_id, customer)
    line = line_selectors.of_loan(loan_selectors.one_of_customer(loan_id, customer))
    if line is None:
        raise InvalidInput.field("loan_id", _("This loan belongs to no revolving line."))
    return line


def _check_line(line: CreditLine, today: date, now: datetime) -> None:
    if line.state == LineState.FROZEN:
        raise IllegalState(
            _("Your line is frozen for now. Please ask your loan officer."), code="line_frozen"
        )
    if line.state != LineState.ACTIVE or line.valid_until < today:
        raise IllegalState(_("Your line has ended. You can apply for a new one."), code="line_ended")
    if line_selectors.is_late(line.customer_id):
        raise IllegalState(_("A payment is late. Please pay it first."), code="payment_late")
    if line.drawdowns.filter(state__in=ON_ITS_WAY).exists():
        raise IllegalState(
            _("Your last drawing is still on its way. Please wait for it."), code="drawing_under_way"
        )
    if line_selectors.card_changed(line, now):
        raise IllegalState(
            _("A bank card was changed within the last 24 hours. Please try again tomorrow."),
            code="card_changed",
        )


def _check_amount(line: CreditLine, terms: LoanTerms, amount: Decimal) -> None:
    free = line_selectors.available(line)
    message: Any = None
    if amount > free:
        message = _("You can draw at most %(free)s yuan.") % {"free": f"{free:,.2f}"}
    elif amount < terms.amount_min:
        message = _("The smallest drawing is %(least)s yuan.") % {
            "least": f"{terms.amount_min:,.0f}"
        }
    elif amount % terms.amount_step:
        message = _("Please choose a multiple of %(step)s yuan.") % {
            "step": f"{terms.amount_step:,.0f}"
        }
    if message is not None:
        raise InvalidInput.field("amount", message)


def _term(line: CreditLine, terms: LoanTerms, wanted: int | None) -> int:
    longest = int(line.contract.term_months)
    if wanted is None:
        return longest
    allowed = sorted({longest, *(m for m in terms.term_months if m <= longest)})
    if wanted not in allowed:
        raise InvalidInput.field(
            "term_months",
            _("Please choose one of %(terms)s months.") % {"terms": ", ".join(map(str, allowed))},
        )
    return wanted


def is_finished(drawdown: Drawdown) -> bool:
    """Paid, or refused by the bank: nothing more will happen."""
    return drawdown.state in (DrawdownState.BOOKED, DrawdownState.REJECTED)
