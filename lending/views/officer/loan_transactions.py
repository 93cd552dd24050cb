"""Transactions of all loans on the desk: where a clerk finds the one that is wrong."""

from datetime import date
from decimal import Decimal

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from lending.forms.customer_base import plain, plain_amount
from lending.selectors import loan_transactions
from lending.selectors.loan_transactions import Wanted
from lending.staff_access import staff_required, staff_user
from lending.staff_pages import keyset, page
from lending.views.officer.loan_changes import require_sight
from lending.views.officer.loan_words import CHANNELS, TRANSACTIONS
from products.money import InvalidAmount, parse_amount


@require_safe
@staff_required
def transaction_list(request: HttpRequest) -> HttpResponse:
    """Newest first, 50 a page, narrowed by the filters; one that cannot be read says so and is left out."""
    require_sight(request)
    wanted, wrong = _wanted(request)
    rows = loan_transactions.found(staff_user(request), wanted)
    context = {
        "section": "servicing",
        "page": keyset(request, rows, field="created_at"),
        "wanted": wanted,
        "asked": {name: request.GET.get(name, "")[:40] for name in ("amount", "reference", "note_no")},
        "wrong": wrong,
        "kinds": tuple(TRANSACTIONS),
        "channels": tuple(CHANNELS),
        "is_narrowed": wanted != Wanted(),
    }
    return page(request, "desk/servicing/transactions", context)


def _wanted(request: HttpRequest) -> tuple[Wanted, dict[str, object]]:
    wrong: dict[str, object] = {}
    kind, channel = request.GET.get("kind", ""), request.GET.get("channel", "")
    return (
        Wanted(
            since=_day(request, "since", wrong),
            until=_day(request, "until", wrong),
            amount=_amount(request, wrong),
            kind=kind if kind in TRANSACTIONS else "",
            channel=channel if channel in CHANNELS else "",
            note_no=plain(request.GET.get("note_no", "")[:30]).upper(),
            reference=plain(request.GET.get("reference", "")[:80]),
        ),
        wrong,
    )


def _day(request: HttpRequest, name: str, wrong: dict[str, object]) -> date | None:
    text = request.GET.get(name, "")[:10]
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        wrong[name] = _("Please enter a day of the calendar.")
        return None


def _amount(request: HttpRequest, wrong: dict[str, object]) -> Decimal | None:
    text = request.GET.get("amount", "")[:20]
    if not text.strip():
        return None
    try:
        return parse_amount(plain_amount(text))
    except InvalidAmount:
        wrong["amount"] = _("Please enter an amount above zero with at most two decimals.")
        return None
