"""Rate coupons and subsidies on the desk: the list, one with its effect and budget, and its steps."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lending.domain.coupons import Usage
from lending.domain.staff_duties import Duty, may
from lending.errors import DomainError, InvalidInput, NotFound
from lending.forms.officer_coupons import CouponForm, initial
from lending.selectors import coupon_effects
from lending.selectors import coupons as coupon_selectors
from lending.services import rate_coupons
from lending.staff_access import officer_of, require_duty, staff_required, staff_user
from lending.staff_pages import keyset, page, today
from products.selectors import MissingParameter
from products.selectors import coupons as coupon_rows

TABS = ("current", "making", "ended")


@require_safe
@staff_required
def coupon_list(request: HttpRequest) -> HttpResponse:
    """Coupons by tab, newest first, 50 a page, with what is used of each budget."""
    officer = require_duty(request, Duty.SEE_PRODUCTS)
    tab = request.GET.get("tab", "current")
    tab, day = tab if tab in TABS else "current", today()
    over = Q(state="retired") | Q(state="published", valid_to__lte=day)
    rows = {
        "current": coupon_rows.all_coupons().filter(state="published", valid_to__gt=day),
        "making": coupon_rows.all_coupons().filter(state__in=["draft", "in_review"]),
        "ended": coupon_rows.all_coupons().filter(over),
    }[tab]
    found = keyset(request, rows, field="created_at")
    figures = coupon_selectors.figures([row.code for row in found.rows])
    context = {
        "section": "coupons",
        "page": found,
        "lines": [_line(row, figures.get(row.code, {})) for row in found.rows],
        "tab": tab,
        "tabs": TABS,
        "today": day,
        "may_keep": may(officer.role, Duty.KEEP_COUPONS),
    }
    return page(request, "desk/coupons", context)


@require_safe
@staff_required
def coupon_page(request: HttpRequest, code: str) -> HttpResponse:
    """One coupon: what it says, its effect before and after, what is used; no customer's name."""
    require_duty(request, Duty.SEE_PRODUCTS)
    return _page(request, code)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required
def new_coupon(request: HttpRequest) -> HttpResponse:
    """The empty form; posted, a draft."""
    officer = require_duty(request, Duty.KEEP_COUPONS)
    start = {"valid_from": today(), "kind": "coupon", "effect": "bp_off"}
    form = CouponForm(request.POST or None, initial=start, english=_english())
    if request.method == "POST" and form.is_valid():
        code = form.cleaned_data["code"]
        return _saved(request, form, code, lambda values: rate_coupons.draft(
            code=code, values=values, officer=officer, now=timezone.now()
        ))
    return _form(request, form, "", 422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required
def edit_coupon(request: HttpRequest, code: str) -> HttpResponse:
    """The form of a draft."""
    officer = require_duty(request, Duty.KEEP_COUPONS)
    row = coupon_rows.by_code(code)
    if row is None or row.state != "draft":
        raise NotFound
    form = CouponForm(
        request.POST or None, initial=initial(row), english=_english(), fixed_code=True
    )
    if request.method == "POST" and form.is_valid():
        return _saved(request, form, code, lambda values: rate_coupons.revise(
            code=code, values=values, officer=officer, now=timezone.now()
        ))
    return _form(request, form, code, 422 if form.errors else 200)


@require_POST
@staff_required
def submit(request: HttpRequest, code: str) -> HttpResponse:
    """The draft is ready for a second person."""
    return _step(request, code, rate_coupons.submit)


@require_POST
@staff_required
def send_back(request: HttpRequest, code: str) -> HttpResponse:
    """Not yet: back to a draft."""
    return _step(request, code, rate_coupons.send_back)


@require_POST
@staff_required
def publish(request: HttpRequest, code: str) -> HttpResponse:
    """The second person releases what stood on the page."""
    seen = request.POST.get("seen", "")[:16]
    return _step(request, code, rate_coupons.publish, seen=seen, today=today())


@require_POST
@staff_required
def retire(request: HttpRequest, code: str) -> HttpResponse:
    """End it after a chosen last day; without one, from today on."""
    require_duty(request, Duty.RELEASE_COUPONS)
    text, day = request.POST.get("last_day", "")[:10], today()
    try:
        on = date.fromisoformat(text) + timedelta(days=1) if text else day
    except (ValueError, OverflowError):
        return _page(request, code, status=422, problem=_("Please enter a day of the calendar."))
    return _step(request, code, rate_coupons.retire, on=on, today=day)


def _step(
    request: HttpRequest, code: str, service: Callable[..., None], **word: Any
) -> HttpResponse:
    try:
        service(code=code, officer=officer_of(request), now=timezone.now(), **word)
    except NotFound:
        raise
    except DomainError as error:
        return _page(request, code, status=error.status, problem=error.message)
    return redirect("desk:coupon", code=code)


def _saved(
    request: HttpRequest,
    form: CouponForm,
    code: str,
    save: Callable[[dict[str, Any]], None],
) -> HttpResponse:
    try:
        save(form.values())
    except InvalidInput as error:
        form.add_problems(error.errors)
        return _form(request, form, "" if "code" in form.fields else code, error.status)
    return redirect("desk:coupon", code=code)


def _form(request: HttpRequest, form: CouponForm, code: str, status: int) -> HttpResponse:
    context = {"section": "coupons", "form": form, "code": code}
    return page(request, "desk/coupon_form", context, status=status)


def _page(
    request: HttpRequest, code: str, *, status: int = 200, problem: Any = ""
) -> HttpResponse:
    row = coupon_rows.by_code(code)
    if row is None:
        raise NotFound
    officer, day = officer_of(request), today()
    coupon = coupon_rows.coupon_of(row)
    try:
        effects = coupon_effects.effects(coupon, day)
    except MissingParameter:
        effects = []
    figures = coupon_selectors.figures([code]).get(code, {})
    releases = may(officer.role, Duty.RELEASE_COUPONS)
    mine = row.author == staff_user(request).get_username()
    context = {
        "section": "coupons",
        "row": row,
        "last_day": row.valid_to - timedelta(days=1),
        "effects": effects,
        "figures": sorted(figures.items()),
        "budget": _budget(row, figures),
        "seen": coupon_rows.fingerprint(row),
        "today": day,
        "problem": problem,
        "may_keep": may(officer.role, Duty.KEEP_COUPONS),
        "may_publish": releases and row.state == "in_review" and not mine,
        "may_send_back": releases and row.state == "in_review",
        "may_retire": releases and row.state == "published" and row.valid_to > day,
    }
    return page(request, "desk/coupon", context, status=status)


def _line(row: Any, figures: dict[str, Usage]) -> dict[str, Any]:
    last_day = row.valid_to - timedelta(days=1)
    return {"row": row, "last_day": last_day, **_budget(row, figures)}


def _budget(row: Any, figures: dict[str, Usage]) -> dict[str, Any]:
    """What live uses have taken, and the larger share of the two budgets (None: no budget)."""
    amount = sum((usage.amount for usage in figures.values()), start=Usage().amount)
    count = sum(usage.count for usage in figures.values())
    shares = [
        amount / row.budget_amount if row.budget_amount else None,
        count / row.budget_count if row.budget_count else None,
    ]
    known = [float(share) for share in shares if share is not None]
    return {"amount": amount, "count": count, "share": max(known, default=None)}


def _english() -> bool:
    return (get_language() or "").startswith("en")
