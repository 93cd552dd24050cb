"""Applications: the list, one application's evidence, and the verdict of a person."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_POST, require_safe

from lending.domain.application_flow import FINAL_STATES, State
from lending.errors import DomainError, IllegalState, InvalidInput, NotFound
from lending.models import LoanApplication
from lending.selectors import desk, explanations, worklists
from lending.selectors import devices as device_selectors
from lending.selectors import loans as loan_selectors
from lending.selectors import reviews as review_selectors
from lending.services import audit, reviews
from lending.staff_access import officer_of, staff_required, staff_user
from lending.staff_pages import keyset, page
from lending.views.officer import words
from products import selectors as product_selectors
from risk import selectors as risk_selectors

#: tab → (states, newest first)
TABS: dict[str, tuple[tuple[str, ...], bool]] = {
    "review": ((State.IN_REVIEW,), False),
    "unfinished": (
        (
            State.DRAFT,
            State.IDENTIFIED,
            State.CONSENTED,
            State.OFFERED,
            State.ACCEPTED,
            State.SIGNED,
        ),
        True,
    ),
    "running": ((State.SUBMITTED, State.SCORING, State.DISBURSING), True),
    "ended": (tuple(FINAL_STATES), True),
}


@require_safe
@staff_required
def application_list(request: HttpRequest) -> HttpResponse:
    """Applications in scope by tab and product, 50 a page."""
    tab = request.GET.get("tab", "review")
    tab = tab if tab in TABS else "review"
    states, newest_first = TABS[tab]
    rows = worklists.visible_applications(staff_user(request)).filter(state__in=states)
    product = request.GET.get("product", "")[:40].replace("\x00", "")
    if product:
        rows = rows.filter(product_code=product)
    found = keyset(
        request,
        rows.select_related("customer", "officer", "branch", "reviewrequest"),
        field="state_since",
        newest_first=newest_first,
    )
    return page(
        request,
        "desk/applications",
        {
            "section": "applications",
            "page": found,
            "tab": tab,
            "tabs": list(TABS),
            "product": product,
            "products": _products(),
            "names": {row.pk: desk.name_of(row) for row in found.rows},
        },
    )


@require_safe
@staff_required
def application_page(request: HttpRequest, application_id: UUID) -> HttpResponse:
    """One application: the evidence and, while it waits for a person, the verdict form."""
    return _application(request, _visible(request, application_id))


@require_safe
@staff_required
def application_panel(request: HttpRequest, application_id: UUID) -> HttpResponse:
    """The person beside the worklist, as a fragment."""
    return render(
        request, "desk/_panel.html", {"panel": panel_context(_visible(request, application_id))}
    )


@require_POST
@staff_required
def approve(request: HttpRequest, application_id: UUID) -> HttpResponse:
    """Approve under a limit; a refusal stays beside its field, a race says who was faster."""
    return _verdict(request, application_id, reviews.approve, limit=request.POST.get("limit", ""))


@require_POST
@staff_required
def decline(request: HttpRequest, application_id: UUID) -> HttpResponse:
    """Decline with a reason the applicant is told."""
    return _verdict(request, application_id, reviews.decline)


@require_POST
@staff_required
@sensitive_variables("revealed")
def reveal(request: HttpRequest, application_id: UUID) -> HttpResponse:
    """Show full personal data once, in this answer only; the look is on record."""
    application = _visible(request, application_id)
    try:
        revealed = audit.reveal(
            application_id=application.pk,
            viewer=staff_user(request),
            reason=request.POST.get("reason", "")[:300],
            now=timezone.now(),
        )
    except InvalidInput as error:
        return _application(
            request, application, status=error.status, reveal_error=error.errors["reason"][0]
        )
    return _application(request, application, revealed=revealed)


def _verdict(
    request: HttpRequest, application_id: UUID, service: Any, **extra: Any
) -> HttpResponse:
    verdict = "approve" if service is reviews.approve else "decline"
    try:
        service(
            application_id=application_id,
            reviewer=staff_user(request),
            reason_code=request.POST.get("reason_code", "")[:40],
            note=request.POST.get("note", "")[:2000],
            expected_version=_version(request),
            now=timezone.now(),
            **extra,
        )
    except IllegalState as error:
        return _application(
            request, _visible(request, application_id), status=409, conflict=error.message
        )
    except NotFound:
        raise
    except DomainError as error:
        return _application(
            request,
            _visible(request, application_id),
            status=error.status,
            problem=error.message,
            errors=error.errors,
            verdict=verdict,
            posted=request.POST,
        )
    return redirect("desk:application", application_id=application_id)


def _version(request: HttpRequest) -> int:
    text = request.POST.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1


def _visible(request: HttpRequest, application_id: UUID) -> LoanApplication:
    application = (
        worklists.visible_applications(staff_user(request))
        .select_related(
            "customer", "customer__village", "officer", "branch", "bank_card", "product_version"
        )
        .filter(pk=application_id)
        .first()
    )
    if application is None:
        raise NotFound
    return application


def _application(
    request: HttpRequest, application: LoanApplication, *, status: int = 200, **extra: Any
) -> HttpResponse:
    evidence = review_selectors.evidence(application)
    terms = product_selectors.resolved_terms(application.product_version_id).terms
    officer = officer_of(request)
    room = terms.amount_max - evidence["outstanding_principal"]
    context = {
        "section": "applications",
        "application": application,
        "name": desk.name_of(application),
        "evidence": evidence,
        "helper": device_selectors.helper_of(application),
        "decision": evidence["decision"],
        "terms": terms,
        "highest": max(min(officer.authority_amount, room), 0),
        "reasons": explanations.of_application(application, for_staff=True),
        "helps": explanations.what_helps(application),
        "approve_reasons": words.APPROVE_REASONS.items(),
        "decline_reasons": words.DECLINE_REASONS.items(),
        "offers": list(application.offers.order_by("-round", "position")[:6]),
        "can_decide": application.state == State.IN_REVIEW,
        "loan": loan_selectors.first_of(application),
        "revealed": None,
        "errors": {},
        "posted": {},
        "suggested": _suggested(evidence, terms),
        "silent": [
            row
            for row in evidence["sources"]
            if row["result"] == "NO_RECORD" and row["source"] != "identity"
        ],
        **extra,
    }
    return page(request, "desk/application", context, status=status)


def _suggested(evidence: dict[str, Any], terms: Any) -> Any:
    """The limit to start from: the machine's, else what was asked for, within the product's steps."""
    decision = evidence["decision"]
    amount = (decision.limit if decision and decision.limit else None) or evidence[
        "requested_amount"
    ]
    return max(min(amount or terms.amount_min, terms.amount_max), terms.amount_min)


def panel_context(application: LoanApplication) -> dict[str, Any]:
    """The person, the four assessments and the latest events, for the side panel."""
    decision = risk_selectors.decision(application.decision_id) if application.decision_id else None
    return {
        "application": application,
        "name": desk.name_of(application),
        "decision": decision,
        "story": desk.story(application_id=application.pk, limit=6),
    }


def _products() -> list[tuple[str, str, str]]:
    """(code, Chinese name, English name) of every product, for the filter."""
    names = product_selectors.product_names()
    return [(code, zh, en) for code, (zh, en) in sorted(names.items())]
