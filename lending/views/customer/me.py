"""My loans, their schedules, and my settings."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_http_methods

from lending.errors import IllegalState, InvalidInput, TooMany
from lending.models import Customer
from lending.selectors import applications as application_selectors
from lending.selectors import loan_pages, loan_positions
from lending.selectors import loans as loan_selectors
from lending.services import consents as consent_service
from lending.services import loan_papers
from lending.views.customer import access
from products import selectors as product_selectors
from products.encryption import mask_id_number, mask_mobile, mask_name


@require_GET
@access.customer_page
def me(request: HttpRequest, customer: Customer) -> HttpResponse:
    """Loans with what is due next, and an unfinished application to go on with."""
    loans: list[dict[str, Any]] = []
    names, english = product_selectors.product_names(), (get_language() or "").startswith("en")
    rows = list(loan_selectors.of_customer(customer)[:20])
    for loan in rows:
        loans.append(
            {
                "loan": loan,
                "next": loan_selectors.next_open(loan),
                "product": names.get(loan.product_code, ("", ""))[1 if english else 0],
            }
        )
    context = {
        "loans": loans,
        "unfinished": application_selectors.latest_open(customer),
        "refused": access.refused(customer),
        "name": mask_name(customer.name or ""),
    }
    return access.page(request, "me", context)


@require_GET
@access.customer_page
def loan(request: HttpRequest, customer: Customer, loan_id: UUID) -> HttpResponse:
    row = loan_selectors.one_of_customer(loan_id, customer)
    instalments = list(loan_selectors.schedule(row).order_by("due_date", "number"))
    account = loan_pages.account_of(row)
    context = {
        "loan": row,
        "instalments": instalments,
        "position": loan_positions.of_account(account, instalments) if account else None,
    }
    return access.page(request, "loan", context, application=row.application, back="/me/")


@require_GET
@access.customer_page
def paper(
    request: HttpRequest, customer: Customer, loan_id: UUID, kind: str
) -> HttpResponse:
    """A statement or letter of one's own loan as PDF; back to the loan where there is none."""
    row = loan_selectors.one_of_customer(loan_id, customer)
    try:
        found = loan_papers.request(loan=row, kind=kind, asked_by="customer", now=timezone.now())
    except (IllegalState, InvalidInput, TooMany):
        return redirect("customer:loan", row.pk)
    answer = HttpResponse(loan_papers.ensure_pdf(found), content_type="application/pdf")
    answer.headers["Content-Disposition"] = f'attachment; filename="{found.paper_no}.pdf"'
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
@access.customer_page
def settings(request: HttpRequest, customer: Customer) -> HttpResponse:
    """Marketing on or off; what we know, masked."""
    if request.method == "POST":
        consent_service.set_marketing(
            customer=customer, accepts=request.POST.get("marketing") == "on", now=timezone.now()
        )
        return redirect("/me/settings/?saved=1")
    context = {
        "mobile": mask_mobile(customer.mobile),
        "name": mask_name(customer.name or ""),
        "id_number": mask_id_number(customer.id_number) if customer.id_number else "",
        "saved": "saved" in request.GET,
    }
    return access.page(request, "settings", context, back="/me/")
