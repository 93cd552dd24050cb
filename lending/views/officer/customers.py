"""Customers of the viewer: the list with exact search, and one customer's whole story."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from lending.errors import NotFound
from lending.selectors import desk, worklists
from lending.staff_access import staff_required, staff_user
from lending.staff_pages import Page, keyset, page

_ROWS_MAX = 50


@require_safe
@staff_required
def customer_list(request: HttpRequest) -> HttpResponse:
    """Newest first, 50 a page."""
    rows = worklists.customers(staff_user(request))
    return page(
        request,
        "desk/customers",
        {
            "section": "customers",
            "page": keyset(request, rows, field="created_at"),
        },
    )


@require_POST
@staff_required
def customer_search(request: HttpRequest) -> HttpResponse:
    """To the customer with exactly this number. By POST: a mobile or ID number belongs in no address.

    Personal data is encrypted, so there is nothing to search but whole numbers.
    """
    text = request.POST.get("q", "").strip()[:40].replace("\x00", "")
    found = desk.find_customers(staff_user(request), text)
    if len(found) == 1:
        return redirect("desk:customer", customer_id=found[0].pk)
    return page(
        request,
        "desk/customers",
        {
            "section": "customers",
            "page": Page(rows=found, next_query="", is_first=True),
            "not_found": not found,
        },
    )


@require_safe
@staff_required
def customer_page(request: HttpRequest, customer_id: UUID) -> HttpResponse:
    """Applications, loans and events of one customer."""
    user = staff_user(request)
    customer = worklists.customers(user).filter(pk=customer_id).first()
    if customer is None:
        raise NotFound
    applications = (
        worklists.visible_applications(user)
        .filter(customer=customer)
        .order_by("-created_at")[:_ROWS_MAX]
    )
    return page(
        request,
        "desk/customer",
        {
            "section": "customers",
            "customer": customer,
            "applications": list(applications),
            "lines": list(
                worklists.credit_lines(user).filter(customer=customer).order_by("-created_at")[:_ROWS_MAX]
            ),
            "loans": list(worklists.loans(user).filter(customer=customer)[:_ROWS_MAX]),
            "story": desk.story(customer_id=customer.pk),
        },
    )
