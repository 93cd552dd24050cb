"""Which accounts events book to, on the desk: what is in force, propose, release; the chart of accounts."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_POST

from lending.domain import event_accounts as rules
from lending.domain.staff_duties import Duty, may
from lending.errors import DomainError, InvalidInput, NotFound
from lending.models import Account
from lending.selectors import event_accounts as mapping
from lending.services import event_accounts, ledger_accounts
from lending.staff_access import officer_of, require_duty, staff_required
from lending.staff_pages import page
from products import selectors as product_selectors

_FIELDS = {"product": 40, "role": 20, "event": 30, "account": 20, "reason": 301}
_ACCOUNT_FIELDS = {"code": 21, "kind": 10, "name": 61, "name_en": 61}


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required
def mapping_page(request: HttpRequest) -> HttpResponse:
    """The mapping in force, what waits, its history; posted, a proposal."""
    require_duty(request, Duty.SEE_BOOKS)
    if request.method != "POST":
        return _mapping(request)
    require_duty(request, Duty.KEEP_ACCOUNTS)
    typed = _typed(request, _FIELDS)
    try:
        event_accounts.propose(
            product_code=typed["product"],
            role=typed["role"],
            event=typed["event"],
            account_code=typed["account"],
            reason=typed["reason"],
            officer=officer_of(request),
            now=timezone.now(),
        )
    except DomainError as error:
        return _mapping(request, error=error, typed=typed)
    return redirect("desk:ledger-mapping")


@require_POST
@staff_required
def release(request: HttpRequest, change_id: int) -> HttpResponse:
    """The second person puts a change in force."""
    return _decided(request, change_id, event_accounts.release)


@require_POST
@staff_required
def refuse(request: HttpRequest, change_id: int) -> HttpResponse:
    """A second person says no, or its maker takes it back."""
    return _decided(request, change_id, event_accounts.refuse)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required
def chart_page(request: HttpRequest) -> HttpResponse:
    """The chart of accounts; posted, a new account."""
    require_duty(request, Duty.SEE_BOOKS)
    if request.method != "POST":
        return _chart(request)
    require_duty(request, Duty.KEEP_ACCOUNTS)
    typed = _typed(request, _ACCOUNT_FIELDS)
    try:
        ledger_accounts.add(**typed, officer=officer_of(request), now=timezone.now())
    except InvalidInput as error:
        return _chart(request, error=error, typed=typed)
    return redirect("desk:ledger-chart")


def _decided(request: HttpRequest, change_id: int, verb: Callable[..., Any]) -> HttpResponse:
    require_duty(request, Duty.KEEP_ACCOUNTS)
    try:
        verb(change_id=change_id, officer=officer_of(request), now=timezone.now())
    except NotFound:
        raise
    except DomainError as error:
        return _mapping(request, error=error)
    return redirect("desk:ledger-mapping")


def _typed(request: HttpRequest, fields: dict[str, int]) -> dict[str, str]:
    """What was typed, no longer than a little beyond what may stand there."""
    found = {name: request.POST.get(name, "")[:most].strip() for name, most in fields.items()}
    if any("\x00" in text for name, text in found.items() if name != "reason"):
        raise NotFound
    return found


def _mapping(
    request: HttpRequest, *, error: DomainError | None = None, typed: dict[str, str] | None = None
) -> HttpResponse:
    officer = officer_of(request)
    english = (get_language() or "").startswith("en")
    names = product_selectors.product_names()
    changes = mapping.history()
    context = {
        "section": "servicing",
        "mapped": mapping.in_force(),
        "waiting": [row for row in changes if row.state == "proposed"],
        "history": [row for row in changes if row.state != "proposed"],
        "products": [(code, both[1 if english else 0]) for code, both in sorted(names.items())],
        "roles": [account for account in mapping.chart() if account.code in rules.EVENTS_OF],
        "accounts": mapping.chart(),
        "events": sorted(
            {e for role, found in rules.EVENTS_OF.items() for e in found
             if rules.kind_of(role) not in rules.CARRYING}
        ),
        "me": officer.user_id,
        "may_keep": may(officer.role, Duty.KEEP_ACCOUNTS),
        "error": error,
        "typed": typed or {},
    }
    return page(request, "desk/servicing/ledger_mapping", context, error.status if error else 200)


def _chart(
    request: HttpRequest, *, error: InvalidInput | None = None, typed: dict[str, str] | None = None
) -> HttpResponse:
    roles = mapping.roles_of_accounts()
    context = {
        "section": "servicing",
        "accounts": [(account, roles.get(account.code)) for account in mapping.chart()],
        "kinds": Account.Kind.values,
        "may_keep": may(officer_of(request).role, Duty.KEEP_ACCOUNTS),
        "error": error,
        "typed": typed or {},
    }
    return page(request, "desk/servicing/ledger_chart", context, error.status if error else 200)
