"""What it costs, the paper, the signature."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from lending.documents import contract as paper
from lending.domain.application_flow import State
from lending.errors import DomainError, IllegalState
from lending.forms.customer import CodeForm
from lending.models import LoanApplication, LoanContract
from lending.selectors import contracts as contract_selectors
from lending.services import contracts as contract_service
from lending.services import otp as otp_service
from lending.services import signatures as signature_service
from lending.views.customer import access
from products.encryption import mask_mobile

_GET_POST = require_http_methods(["GET", "HEAD", "POST"])
#: A contract can be read and kept from acceptance on.
_WITH_CONTRACT = (State.ACCEPTED, State.SIGNED, State.DISBURSING, State.DISBURSED)


def reading_seconds(contract: LoanContract, now: datetime) -> int:
    """Whole seconds since the cost sheet was first shown (server's clock); 0 when it never was."""
    if contract.cost_sheet_shown_at is None:
        return 0
    return max(0, int((now - contract.cost_sheet_shown_at).total_seconds()))


def _left(contract: LoanContract, now: datetime) -> int:
    return max(0, signature_service.reading_seconds(contract.application) - reading_seconds(contract, now))


def _words(contract: LoanContract) -> SafeString:
    """The stored paper itself, word for word, to stand inside our page."""
    stored = paper.article(bytes(contract.html).decode())
    return mark_safe(stored)  # noqa: S308  (rendered by our own template with every value escaped)


@_GET_POST
@access.application_page(State.ACCEPTED)
def cost(request: HttpRequest, application: LoanApplication) -> HttpResponse:
    """综合融资成本明示表: everything the loan costs, and time to read it."""
    contract, now = contract_selectors.of_application(application), timezone.now()
    problem = ""
    if contract.cost_sheet_shown_at is None:
        contract_service.note_cost_sheet_shown(contract=contract, now=now)
        contract = contract_selectors.of_application(application)
    if request.method == "POST":
        left = _left(contract, now)
        if left == 0:
            return redirect(access.place_url("contract", application))
        problem = _("Please take %(n)d more seconds to read what the loan costs.") % {"n": left}
    context = {
        "contract": contract,
        "sheet": {**contract.cost_sheet, "items_listed": contract.cost_sheet["items"]},
        "left": _left(contract, now),
        "problem": problem,
        "instalments": contract.schedule_preview["instalments"],
    }
    return access.page(
        request, "cost", context, application=application, step=8, status=422 if problem else 200
    )


@require_GET
@access.application_page(State.ACCEPTED)
def contract(request: HttpRequest, application: LoanApplication) -> HttpResponse:
    """The paper itself, its fingerprint, and a printed copy."""
    row = contract_selectors.of_application(application)
    if _left(row, timezone.now()) > 0:
        return redirect(access.place_url("cost", application))
    context = {"contract": row, "paper": _words(row)}
    return access.page(
        request,
        "contract",
        context,
        application=application,
        step=8,
        back=access.place_url("cost", application),
    )


@require_GET
@access.application_page(*_WITH_CONTRACT)
def pdf(request: HttpRequest, application: LoanApplication) -> HttpResponse:
    row = contract_selectors.of_application(application)
    response = HttpResponse(contract_service.ensure_pdf(row), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{row.contract_no}.pdf"'
    response["Cache-Control"] = "no-store, private"
    return response


@_GET_POST
@access.application_page(State.ACCEPTED)
def sign(request: HttpRequest, application: LoanApplication) -> HttpResponse:
    """A code to the customer's own number signs the very paper that was shown."""
    row, now = contract_selectors.of_application(application), timezone.now()
    if _left(row, now) > 0:
        return redirect(access.place_url("cost", application))
    if request.method == "POST" and "send" in request.POST:
        return _send_code(request, application, row)
    form = CodeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            signature_service.sign(
                application_id=application.pk,
                customer=application.customer,
                otp=form.cleaned_data["otp"],
                document_sha256=request.POST.get("document_sha256", ""),
                cost_sheet_seconds=reading_seconds(row, now),
                client_ip=access.client_ip(request),
                user_agent=request.META.get("HTTP_USER_AGENT", ""),
                now=now,
            )
        except IllegalState as error:
            if error.code == "illegal_state":
                return access.onwards(application)
            form.take(error)
        except DomainError as error:
            _take_signing(form, error)
        else:
            return access.onwards(application)
    return _sign_page(request, application, row, form=form)


def _take_signing(form: CodeForm, error: DomainError) -> None:
    """A wrong code stands beside the field; a changed paper or an expired offer on top."""
    if error.code in ("wrong_code", "code_expired", "code_locked"):
        form.add_error("otp", str(error.message))
    else:
        form.take(error)


def _send_code(
    request: HttpRequest, application: LoanApplication, row: LoanContract
) -> HttpResponse:
    try:
        otp_service.send_code(
            mobile=application.customer.mobile,
            purpose="sign",
            client_ip=access.client_ip(request),
            now=timezone.now(),
            application_id=application.pk,
            customer=application.customer,
        )
    except IllegalState:
        return access.onwards(application)
    except DomainError as error:
        return _sign_page(
            request, application, row, form=CodeForm(), problem=str(error.message), status=429
        )
    return redirect(f"{access.place_url('sign', application)}?sent=1")


def _sign_page(
    request: HttpRequest,
    application: LoanApplication,
    row: LoanContract,
    *,
    form: CodeForm,
    **more: Any,
) -> HttpResponse:
    status = more.pop("status", 200)
    context = {
        "form": form,
        "contract": row,
        "sent": "sent" in request.GET or request.method == "POST",
        "mobile_masked": mask_mobile(application.customer.mobile),
        **more,
    }
    return access.page(
        request,
        "sign",
        context,
        application=application,
        step=8,
        status=status,
        back=access.place_url("contract", application),
    )
