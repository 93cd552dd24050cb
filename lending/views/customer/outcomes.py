"""Waiting for the machine, a person or the bank; and every way an application can end."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from lending.api.waiting import wait_for_result
from lending.domain.application_flow import MACHINE_STATES, OPEN_STATES, State
from lending.errors import DomainError, IllegalState
from lending.forms import customer_choices
from lending.models import LoanApplication, ReviewRequest
from lending.selectors import applications as application_selectors
from lending.selectors import explanations, human_reviews
from lending.selectors import loans as loan_selectors
from lending.services import applications as application_service
from lending.services import letters
from lending.services import reviews as review_service
from lending.views.customer import access

#: How long the waiting page's script may hold the line; short, a web thread is held with it.
LONG_POLL_S = 4.0
_GET_POST = require_http_methods(["GET", "HEAD", "POST"])


@require_GET
@access.application_page(*MACHINE_STATES)
def waiting(request: HttpRequest, application: LoanApplication) -> HttpResponse:
    """The decision or the money is on its way; refreshes by itself and may be closed."""
    money = application.state == State.DISBURSING
    long = (timezone.now() - application.state_since).total_seconds() > 20
    return access.page(
        request,
        "waiting",
        {"money": money, "long": long},
        application=application,
        step=8 if money else 6,
    )


@require_GET
@access.application_page()
def state(request: HttpRequest, application: LoanApplication) -> HttpResponse:
    """For the waiting page's script: answers as soon as a person is needed again."""
    was = application.state
    waited = wait_for_result(application, LONG_POLL_S)
    if waited:
        application = application_selectors.of_customer(application.pk, application.customer)
    changed = application.state not in (*MACHINE_STATES, request.GET.get("was"))
    # every line is taken: the page asks again a little later instead of holding one more thread
    again_ms = 300 if waited else 2_000 if was in MACHINE_STATES else 15_000
    return JsonResponse(
        {"changed": changed, "go": access.resume_url(application), "again": again_ms}
    )


@require_GET
@access.application_page(State.IN_REVIEW)
def in_review(request: HttpRequest, application: LoanApplication) -> HttpResponse:
    asked = human_reviews.of_application(application)
    context = {"asked": asked is not None, "due_at": asked.due_at if asked else None}
    return access.page(request, "in_review", context, application=application, step=6)


@_GET_POST
@access.application_page(State.DECLINED)
def declined(request: HttpRequest, application: LoanApplication) -> HttpResponse:
    """The reasons in plain words, what would help, and a person to ask (once)."""
    problem = ""
    if request.method == "POST":
        try:
            review_service.request_review(
                application_id=application.pk,
                customer=application.customer,
                reason=request.POST.get("reason", "").strip(),
                now=timezone.now(),
            )
        except DomainError as error:
            problem = str(error.message)
        else:
            return access.onwards(application)
    reasons = _with_advice(explanations.of_application(application))
    reviewed = (
        ReviewRequest.objects.filter(application=application).exists()
        or application.reviews.exists()
    )
    context = {
        "reasons": reasons,
        "reviewed": reviewed,
        "problem": problem,
        "helps": explanations.what_helps(application),
        "try_again_after": explanations.try_again_after(application),
        "review_days": settings.REVIEW_WORKING_DAYS,
    }
    return access.page(request, "declined", context, application=application)


@require_GET
@access.application_page()
def letter(request: HttpRequest, application: LoanApplication) -> HttpResponse:
    """The letter of the refusal, to keep; not found while nothing was refused."""
    row = letters.of_application(application=application, now=timezone.now())
    response = HttpResponse(letters.ensure_pdf(row), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{row.letter_no}.pdf"'
    response["Cache-Control"] = "no-store, private"
    return response


def _with_advice(reasons: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Reasons that counted, each with what would help; the same help is not said twice."""
    said: set[str] = set()
    rows = []
    for reason in reasons:
        if reason["kind"] == "info":
            continue
        help_words = str(customer_choices.ADVICE.get(reason["code"], ""))
        rows.append({**reason, "advice": "" if help_words in said else help_words})
        said.add(help_words)
    return rows


@require_GET
@access.application_page(State.WITHDRAWN, State.EXPIRED)
def closed(request: HttpRequest, application: LoanApplication) -> HttpResponse:
    return access.page(
        request, "closed", {"expired": application.state == State.EXPIRED}, application=application
    )


@_GET_POST
@access.application_page(*OPEN_STATES)
def withdraw(request: HttpRequest, application: LoanApplication) -> HttpResponse:
    """Ask once, then close."""
    problem = ""
    if request.method == "POST":
        try:
            application_service.withdraw(
                application_id=application.pk,
                customer=application.customer,
                reason=request.POST.get("reason", ""),
                now=timezone.now(),
            )
        except IllegalState:
            return access.onwards(application)
        except DomainError as error:
            problem = str(error.message)
        else:
            return redirect(access.place_url("closed", application))
    return access.page(
        request,
        "withdraw",
        {"problem": problem},
        application=application,
        back=access.resume_url(application),
    )


@require_GET
@access.application_page(State.DISBURSED)
def done(request: HttpRequest, application: LoanApplication) -> HttpResponse:
    """The money is there: how much, on which card, and what is due when."""
    loan = loan_selectors.first_of(application)
    assert loan is not None  # a disbursed application has one
    context = {
        "loan": loan,
        "instalments": list(loan_selectors.schedule(loan)),
        "card": application.bank_card,
    }
    return access.page(request, "done", context, application=application)
