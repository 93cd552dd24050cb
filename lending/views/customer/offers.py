"""Choosing among offers, then the amount; figures come from the contract's own arithmetic."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, Decimal
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_http_methods, require_POST

from lending.domain.application_flow import State
from lending.errors import DomainError, IllegalState, NotFound
from lending.forms.customer import AmountForm
from lending.forms.customer_base import plain_amount
from lending.models import LoanApplication, Offer
from lending.selectors import business_day, explanations
from lending.selectors import offers as offer_selectors
from lending.services import contracts as contract_service
from lending.services import offers as offer_service
from lending.templatetags.customer_pages import day, yuan
from lending.views.customer import access
from products import selectors as product_selectors
from products.domain import apr as apr_arithmetic
from products.money import InvalidAmount, parse_amount

#: Up to so many payments are named one by one.
FEW = 3
_GET_POST = require_http_methods(["GET", "HEAD", "POST"])


@dataclass(frozen=True)
class Preview:
    """What one amount would cost: yuan, and the true annual rate as a fraction."""

    amount: Decimal
    usual: Decimal
    total_interest: Decimal
    apr: Decimal
    count: int
    monthly: bool
    even: bool
    by_month: tuple[Decimal, ...]
    sentence: str


def preview(application: LoanApplication, offer: Offer, amount: Decimal) -> Preview:
    """The figures of ``amount`` under ``offer`` if the loan began on today's business date."""
    terms = product_selectors.resolved_terms(application.product_version_id).terms
    start = business_day.current(application.legal_entity)
    schedule = contract_service.schedule_of(terms=terms, offer=offer, amount=amount, start=start)
    amounts = tuple(row.amount for row in schedule.instalments)
    by_month = _by_month(schedule.instalments, start)
    usual = sorted(amounts)[len(amounts) // 2]
    even = max(amounts) - min(amounts) <= max(Decimal(2), usual / 50)
    return Preview(
        amount=amount,
        usual=usual,
        total_interest=schedule.total_interest,
        apr=apr_arithmetic.apr(amount, start, [(r.due, r.amount) for r in schedule.instalments]),
        count=len(amounts),
        monthly=len(amounts) == len(by_month),
        even=even,
        by_month=by_month,
        sentence=_sentence(schedule.instalments, usual, even),
    )


def _by_month(rows: Any, start: date) -> tuple[Decimal, ...]:
    """What falls due in each month after ``start``, empty months included, for the chart."""
    months = [(row.due.year - start.year) * 12 + row.due.month - start.month for row in rows]
    sums = [Decimal(0)] * (max(months) or 1)
    for month, row in zip(months, rows, strict=True):
        sums[max(month, 1) - 1] += row.amount
    return tuple(sums)


def _sentence(rows: Any, usual: Decimal, even: bool) -> str:
    """The chart in words."""
    if len(rows) == 1:
        return _("One payment of %(amount)s on %(day)s.") % {
            "amount": yuan(rows[0].amount),
            "day": day(rows[0].due),
        }
    if len(rows) <= FEW:
        return pgettext("between months", ", ").join(
            _("%(amount)s in %(month)s")
            % {"amount": yuan(row.amount), "month": date_format(row.due, "YEAR_MONTH_FORMAT")}
            for row in rows
        )
    if even:
        return ngettext(
            "%(n)d payment of about %(amount)s.",
            "%(n)d payments of about %(amount)s each.",
            len(rows),
        ) % {"n": len(rows), "amount": yuan(usual)}
    big = [row for row in rows if row.amount > usual * 2]
    if big:
        months = pgettext("between months", ", ").join(
            date_format(row.due, "YEAR_MONTH_FORMAT") for row in big
        )
        return _("Usually %(usual)s; the large part in %(months)s.") % {
            "usual": yuan(usual),
            "months": months,
        }
    return _("First %(first)s, then a little less each time, last %(last)s.") % {
        "first": yuan(rows[0].amount),
        "last": yuan(rows[-1].amount),
    }


def presets(offer: Offer) -> list[Decimal]:
    """Up to four amounts to tap: all of it, and about three quarters, a half and a quarter."""
    found: list[Decimal] = []
    for share in (Decimal(1), Decimal("0.75"), Decimal("0.5"), Decimal("0.25")):
        steps = (offer.amount_max * share / offer.amount_step).to_integral_value(
            rounding=ROUND_DOWN
        )
        amount = max(offer.amount_min, steps * offer.amount_step)
        if amount not in found and amount <= offer.amount_max:
            found.append(amount)
    return found


@_GET_POST
@access.application_page(State.OFFERED)
def offers(request: HttpRequest, application: LoanApplication) -> HttpResponse:
    """All open offers side by side; one tap chooses."""
    rows = list(offer_selectors.open_offers(application, timezone.now()))
    problem = ""
    if request.method == "POST":
        chosen = next((row for row in rows if str(row.pk) == request.POST.get("offer")), None)
        if chosen is not None:
            return redirect(access.place_url("offer", application, chosen.pk))
        problem = _("Please choose one of the offers.")
    cards = [{"offer": row, "preview": preview(application, row, row.amount_max)} for row in rows]
    context = {
        "cards": cards,
        "problem": problem,
        "expires_at": rows[0].expires_at if rows else None,
        "helps": explanations.what_helps(application) if rows else [],
    }
    return access.page(
        request, "offers", context, application=application, step=7, status=422 if problem else 200
    )


@_GET_POST
@access.application_page(State.OFFERED)
def offer(request: HttpRequest, application: LoanApplication, offer_id: UUID) -> HttpResponse:
    """The amount of one offer: taps and a field; its figures; then take it."""
    row = application.offers.filter(pk=offer_id).first()
    if row is None:
        raise NotFound
    asked = request.POST.get("answer") if request.method == "POST" else request.GET.get("answer")
    form = _amount_form(row, {"answer": asked} if asked is not None else None)
    if request.method == "POST" and form.is_valid():
        try:
            offer_service.accept(
                application_id=application.pk,
                customer=application.customer,
                offer_id=row.pk,
                amount=form.cleaned_data["answer"],
                term_months=row.term_months,
                method=row.method,
                now=timezone.now(),
            )
        except IllegalState as error:
            if error.code == "illegal_state":
                return access.onwards(application)
            form.take(error)
        except DomainError as error:
            form.take(error)
        else:
            return access.onwards(application)
    amount = _shown_amount(row, asked)
    if amount is None and asked is not None and not form.errors:
        form.add_error("answer", _amount_hint(row))
    context = {
        "form": form,
        "offer": row,
        "presets": presets(row),
        "amount": amount,
        "preview": preview(application, row, amount) if amount is not None else None,
    }
    return access.page(
        request,
        "offer",
        context,
        application=application,
        step=7,
        back=access.place_url("offers", application),
    )


def _amount_hint(row: Offer) -> str:
    return _("From %(low)s to %(high)s, in steps of %(step)s.") % {
        "low": yuan(row.amount_min),
        "high": yuan(row.amount_max),
        "step": yuan(row.amount_step),
    }


def _amount_form(row: Offer, data: dict[str, Any] | None) -> AmountForm:
    return AmountForm(data, question="amount", label=_("Another amount"), hint=_amount_hint(row))


def _shown_amount(row: Offer, asked: str | None) -> Decimal | None:
    """The amount to work out: all of it at first; None when what was typed does not fit."""
    if asked is None:
        return row.amount_max
    try:
        amount = parse_amount(plain_amount(asked))
    except InvalidAmount:
        return None
    fits = row.amount_min <= amount <= row.amount_max and amount % row.amount_step == 0
    return amount if fits else None


@require_POST
@access.application_page(State.ACCEPTED)
def reopen(request: HttpRequest, application: LoanApplication) -> HttpResponse:
    """Back to the offers; the unsigned contract is void."""
    with suppress(IllegalState):  # already moved on in another tab: the stored state says where
        offer_service.reopen(
            application_id=application.pk, customer=application.customer, now=timezone.now()
        )
    return access.onwards(application)
