"""The way in: what this is, the mobile number, the code; then what the money is for."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from lending.domain.application_flow import State
from lending.errors import DomainError, IllegalState
from lending.forms.customer import AmountForm, ChoiceForm, CodeForm, MobileForm
from lending.models import Customer, LoanApplication, ReferralCode
from lending.selectors import applications as application_selectors
from lending.selectors import business_day
from lending.services import applications as application_service
from lending.services import otp as otp_service
from lending.services import preferences as preference_service
from lending.services import sessions as session_service
from lending.views.customer import access, devices, scan
from products import selectors as product_selectors
from products.domain.law import online_amount_max
from products.encryption import mask_mobile

PENDING = "shandai_number"
PENDING_LIVES_S = 15 * 60
_WELCOME = "?welcome=1"
_GET_POST = require_http_methods(["GET", "HEAD", "POST"])


def _terms(code: ReferralCode) -> Any:
    version = product_selectors.current_version(code.product_code, on=business_day.of_bank())
    return product_selectors.resolved_terms(version.pk).terms


def _pending(request: HttpRequest) -> tuple[str, int]:
    """The number a code went to and when (seconds); empty when there is none or it was altered."""
    written = request.get_signed_cookie(PENDING, default="", salt=PENDING, max_age=PENDING_LIVES_S)
    mobile, _separator, sent = (written or "").partition("|")
    return mobile, int(sent) if sent.isdigit() else 0


def _remember(request: HttpRequest, response: HttpResponse, mobile: str, sent_s: int) -> None:
    response.set_signed_cookie(
        PENDING,
        f"{mobile}|{sent_s}",
        salt=PENDING,
        max_age=PENDING_LIVES_S,
        httponly=True,
        samesite="Lax",
        secure=request.is_secure(),
    )


def _send(request: HttpRequest, mobile: str) -> None:
    otp_service.send_code(
        mobile=mobile,
        purpose="login",
        client_ip=access.client_ip(request),
        now=timezone.now(),
        source_token=scan.source_token(request),
    )


@_GET_POST
def start(request: HttpRequest) -> HttpResponse:
    """What this is, and the mobile number. A known customer goes on where they stopped."""
    customer = access.current_customer(request)
    code = scan.referral_code(request, timezone.now())
    if code is None:
        return access.page(request, "code_unknown", status=404)
    if customer is not None and request.method != "POST":
        return _welcome_back(customer, code)
    form = MobileForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            mobile = otp_service.clean_mobile(form.cleaned_data["mobile"])
            _send(request, mobile)
        except DomainError as error:
            form.take(error)
        else:
            response = redirect("customer:code")
            _remember(request, response, mobile, int(timezone.now().timestamp()))
            return response
    terms = _terms(code)
    context = {
        "form": form,
        "terms": terms,
        "amount_max": online_amount_max(terms),
        "again": "again" in request.GET,
    }
    return access.page(request, "start", context, step=1)


def _welcome_back(customer: Customer, code: ReferralCode) -> HttpResponse:
    unfinished = application_selectors.latest_open(customer)
    if unfinished is not None and (
        unfinished.product_code == code.product_code or unfinished.state not in access.EDITABLE
    ):
        return redirect(f"{access.resume_url(unfinished)}{_WELCOME}")
    return redirect("customer:purpose")


@_GET_POST
def code(request: HttpRequest) -> HttpResponse:
    """The code from the text message; a new one after a minute."""
    mobile, sent_s = _pending(request)
    if not mobile:
        return redirect("customer:start")
    now = timezone.now()
    wait_s = max(0, sent_s + 60 - int(now.timestamp()))
    if request.method == "POST" and "resend" in request.POST:
        return _resend(request, mobile, wait_s)
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            opened = session_service.open_session(
                mobile=mobile,
                otp=form.cleaned_data["otp"],
                client_ip=access.client_ip(request),
                now=now,
                source_token=scan.source_token(request),
            )
        except DomainError as error:
            form.add_error("otp", str(error.message))
        else:
            response = redirect("customer:start")
            access.set_session(
                response, opened.token, session_service.SESSION_LIVES, secure=request.is_secure()
            )
            response.delete_cookie(PENDING, samesite="Lax")
            return response
    context = {
        "form": form,
        "mobile_masked": mask_mobile(mobile),
        "wait_s": wait_s,
        "sent_again": "sent" in request.GET,
    }
    return access.page(request, "code", context, step=1, back=reverse("customer:start"))


def _resend(request: HttpRequest, mobile: str, wait_s: int) -> HttpResponse:
    if wait_s > 0:
        problem = _("You can ask for a new code in %(n)d seconds.") % {"n": wait_s}
    else:
        try:
            _send(request, mobile)
        except DomainError as error:
            problem = str(error.message)
        else:
            response = redirect(f"{reverse('customer:code')}?sent=1")
            _remember(request, response, mobile, int(timezone.now().timestamp()))
            return response
    context = {
        "form": CodeForm(),
        "mobile_masked": mask_mobile(mobile),
        "wait_s": wait_s,
        "problem": problem,
    }
    return access.page(request, "code", context, step=1, back=reverse("customer:start"), status=429)


@_GET_POST
@access.customer_page
def purpose(request: HttpRequest, customer: Customer) -> HttpResponse:
    """What the money is for: large taps from the product's own list."""
    code = scan.referral_code(request, timezone.now())
    if code is None:
        return access.page(request, "code_unknown", status=404)
    terms = _terms(code)
    chosen = {"answer": request.GET["purpose"]} if "purpose" in request.GET else None
    form = ChoiceForm(
        request.POST or None,
        initial=chosen,
        question="purpose",
        codes=tuple(terms.purposes),
        label=_("What do you need the money for?"),
    )
    if request.method == "POST" and form.is_valid():
        return redirect(f"{reverse('customer:amount')}?purpose={form.cleaned_data['answer']}")
    context = {
        "form": form,
        "terms": terms,
        "unfinished": application_selectors.latest_open(customer),
        "refused": access.refused(customer),
    }
    return access.page(request, "purpose", context, step=2)


@_GET_POST
@access.customer_page
def amount(request: HttpRequest, customer: Customer) -> HttpResponse:
    """How much is wished for (may stay empty); then the application begins."""
    code = scan.referral_code(request, timezone.now())
    if code is None:
        return access.page(request, "code_unknown", status=404)
    terms = _terms(code)
    chosen = request.GET.get("purpose", "")
    if chosen not in terms.purposes:
        return redirect("customer:purpose")
    form = AmountForm(
        request.POST or None,
        question="requested_amount",
        required=False,
        label=_("Amount in yuan"),
        hint=_("Leave empty if you do not know yet."),
    )
    if request.method == "POST" and form.is_valid():
        wished = form.cleaned_data["answer"] or None
        try:
            begun = _begin(request, customer, code, chosen, wished)
            return devices.remembered(request, access.onwards(begun))
        except IllegalState as error:
            unfinished = application_selectors.latest_open(customer)
            if unfinished is not None:
                return redirect(access.resume_url(unfinished))
            form.take(error)
        except DomainError as error:
            form.take(error)
    back = f"{reverse('customer:purpose')}?purpose={chosen}"
    return access.page(request, "amount", {"form": form, "terms": terms}, step=2, back=back)


def _begin(
    request: HttpRequest, customer: Customer, code: ReferralCode, chosen: str, wished: str | None
) -> LoanApplication:
    """Start, unless this very application was begun a moment ago (a second tap)."""
    unfinished = application_selectors.latest_open(customer)
    if (
        unfinished is not None
        and unfinished.state == State.DRAFT
        and unfinished.qr_code == code.code
        and unfinished.purpose == chosen
        and unfinished.requested_amount
        == (application_service.clean_amount("requested_amount", wished) if wished else None)
    ):
        return unfinished
    return application_service.start(
        customer=customer,
        qr_code=code.code,
        purpose=chosen,
        requested_amount=wished,
        source_token=scan.source_token(request),
        channel="page",
        now=timezone.now(),
        device=devices.device_of(request),
    )


@access.application_page()
def resume(request: HttpRequest, application: LoanApplication) -> HttpResponse:
    return redirect(access.resume_url(application))


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Chinese or English, remembered on this phone."""
    wanted, target = request.POST.get("language", ""), request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(target, allowed_hosts=None) or not target.startswith(
        "/"
    ):
        target = reverse("customer:start")
    response = redirect(target)
    if wanted in dict(settings.LANGUAGES):
        customer = access.current_customer(request)
        if customer is not None:
            preference_service.set_language(customer=customer, language=wanted)
        translation.activate(wanted)
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            wanted,
            max_age=365 * 24 * 3600,
            samesite="Lax",
            secure=request.is_secure(),
        )
    return response


@require_POST
def log_out(request: HttpRequest) -> HttpResponse:
    token = request.COOKIES.get(access.COOKIE, "")
    if token:
        session_service.close_session(token=token, now=timezone.now())
    response = redirect("customer:start")
    response.delete_cookie(access.COOKIE, samesite="Lax")
    return response
