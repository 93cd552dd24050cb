"""One past decision in full, and making it again; the household behind it as one sheet."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from lending.domain.staff_duties import Duty, may
from lending.errors import NotFound
from lending.models import LoanApplication
from lending.selectors import desk, worklists
from lending.services import decision_replays, letters
from lending.staff_access import officer_of, require_duty, staff_required, staff_user
from lending.staff_pages import page
from risk import selectors as risk_selectors
from risk.selectors import explanations, households


@require_safe
@staff_required
def decision_page(request: HttpRequest, decision_id: UUID) -> HttpResponse:
    """What was known, which rules and points decided, how the limit and the price came about."""
    return _decision(request, decision_id, _application_of(request, decision_id))


@require_POST
@staff_required
def replay(request: HttpRequest, decision_id: UUID) -> HttpResponse:
    """Decide again from the record and say whether it is the same, byte for byte."""
    require_duty(request, Duty.SEE_RISK)
    application = _application_of(request, decision_id)
    found = decision_replays.replay(
        decision_id=decision_id, viewer=staff_user(request), now=timezone.now()
    )
    return _decision(request, decision_id, application, replayed=found)


@require_safe
@staff_required
def profile_page(request: HttpRequest, application_id: UUID) -> HttpResponse:
    """The person's household on one sheet, every figure with its source and time."""
    application = _visible(request, application_id)
    context: dict[str, Any] = {
        "section": "applications",
        "application": application,
        "name": desk.name_of(application),
        "household": households.household(application.decision_id)
        if application.decision_id
        else None,
    }
    return page(request, "desk/risk/decision_profile", context)


@require_safe
@staff_required
def letter(request: HttpRequest, application_id: UUID) -> HttpResponse:
    """The letter of a refusal as the applicant has it."""
    application = _visible(request, application_id)
    row = letters.of_application(application=application, now=timezone.now())
    response = HttpResponse(letters.ensure_pdf(row), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{row.letter_no}.pdf"'
    response["Cache-Control"] = "no-store, private"
    return response


def _decision(
    request: HttpRequest, decision_id: UUID, application: LoanApplication, **extra: Any
) -> HttpResponse:
    role = officer_of(request).role
    context = {
        "section": "risk" if may(role, Duty.SEE_RISK) else "applications",
        "may_replay": may(role, Duty.SEE_RISK),
        "application": application,
        "name": desk.name_of(application),
        "all_rules": "rules" in request.GET,
        "rounds": explanations.rounds(application.pk),
        "replayed": None,
        **explanations.whole(decision_id, with_rules="rules" in request.GET),
        **extra,
    }
    return page(request, "desk/risk/decision", context)


def _application_of(request: HttpRequest, decision_id: UUID) -> LoanApplication:
    """The decision's application, if the viewer may see it; anything else is not found."""
    try:
        application_id = explanations.application_of(decision_id)
    except risk_selectors.NoDecision:
        raise NotFound from None
    return _visible(request, application_id)


def _visible(request: HttpRequest, application_id: UUID) -> LoanApplication:
    found = (
        worklists.visible_applications(staff_user(request))
        .select_related("customer", "customer__village", "officer", "branch")
        .filter(pk=application_id)
        .first()
    )
    if found is None:
        raise NotFound
    return found
