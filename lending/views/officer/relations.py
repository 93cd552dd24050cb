"""Relations: the fraud signals and what they mean, and one person's two-hop graph."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from lending.domain import relation_layout
from lending.domain.fraud_signals import SIGNALS, FraudSignal
from lending.domain.staff_duties import Duty, may
from lending.errors import NotFound
from lending.models import LoanApplication
from lending.selectors import desk, neighbours, worklists
from lending.selectors import devices as device_selectors
from lending.staff_access import officer_of, require_duty, staff_required, staff_user
from lending.staff_pages import page, today
from lending.views.officer import relation_words
from risk import selectors as risk_selectors
from risk.selectors import monitoring_words


@require_safe
@staff_required
def signal_list(request: HttpRequest) -> HttpResponse:
    """Every fraud signal: its name, window and evidence."""
    require_duty(request, Duty.SEE_RISK)
    context = {"section": "risk", "signals": [_signal(one, None) for one in SIGNALS]}
    return page(request, "desk/risk/relation_signals", context)


@require_safe
@staff_required
def relations_page(request: HttpRequest, application_id: UUID) -> HttpResponse:
    """Who is around the applicant, for those who may see the application; everybody else is masked."""
    user = staff_user(request)
    application = (
        worklists.visible_applications(user)
        .select_related("customer", "branch", "officer")
        .filter(pk=application_id)
        .first()
    )
    if application is None:
        raise NotFound
    found, total = neighbours.of_customer(application.customer_id, as_of=timezone.now())
    theirs = [one.application.pk for one in found if one.application is not None]
    visible = set(
        worklists.visible_applications(user).filter(pk__in=theirs).values_list("pk", flat=True)
    )
    has_tabs = may(officer_of(request).role, Duty.SEE_RISK)
    context = {
        "section": "risk" if has_tabs else "applications",
        "application": application,
        "name": desk.name_of(application),
        "people": [_person(one, visible) for one in found],
        "total": total,
        "graph": _graph(found),
        "signals": _measured(application),
        "helper": device_selectors.helper_of(application),
        "has_tabs": has_tabs,
        "reason_words": monitoring_words.reasons_and_features(today())[0],
    }
    return page(request, "desk/risk/relations", context)


def _signal(signal: FraudSignal, value: Any) -> dict[str, Any]:
    english = (get_language() or "").startswith("en")
    if isinstance(value, list):
        value = [relation_words.DOUBTS.get(code, code) for code in value]
    return {
        "name": signal.name,
        "words": signal.en if english else signal.zh,
        "window_days": signal.window_days,
        "evidence": relation_words.EVIDENCE[signal.evidence],
        "value": value,
    }


def _measured(application: LoanApplication) -> list[dict[str, Any]]:
    """What the stored decision was told; without one, nothing yet."""
    if application.decision_id is None:
        return []
    told: dict[str, Any] = {}
    for group in risk_selectors.profile_view(application.decision_id):
        if group["source"] == "signals":
            told = {row["feature"]: row["value"] for row in group["values"]}
    return [_signal(one, told.get(one.name)) for one in SIGNALS if one.name in told]


def _person(one: neighbours.Neighbour, visible: set[UUID]) -> dict[str, Any]:
    application = one.application
    return {
        "row": one,
        "shared": [(relation_words.KINDS[each.kind], each) for each in one.shared],
        "url_id": application.pk if application and application.pk in visible else None,
    }


def _graph(found: list[neighbours.Neighbour]) -> dict[str, Any]:
    """Circles and lines of the drawing; colours by classes of the style sheet."""
    shown = {one.customer_id for one in found}
    near = [one.customer_id for one in found if one.hop == 1]
    far = {one.customer_id: one.via for one in found if one.hop == 2 and one.via in shown}
    placed = relation_layout.spots(near, far)
    centre = relation_layout.middle()
    nodes, lines = [], []
    for one in found:
        spot = placed.get(one.customer_id)
        if spot is None:
            continue
        start = centre if one.hop == 1 else placed[one.via]
        kinds = "、".join(sorted({str(relation_words.KINDS[each.kind]) for each in one.shared}))
        lines.append(
            {"from": start, "to": spot, "kinds": kinds, "css": "d" if one.is_strong else "a"}
        )
        nodes.append({"spot": spot, "name": one.name, "css": "d" if one.is_bad else "b"})
    size = {"width": relation_layout.WIDTH, "height": relation_layout.HEIGHT}
    label = _("People joined to the applicant within two hops")
    return {"nodes": nodes, "lines": lines, "centre": centre, "label": label, **size}
