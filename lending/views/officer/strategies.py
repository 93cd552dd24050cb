"""Strategies at the desk: what decides, what decided before, what is being prepared, and its steps."""

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lending.domain.staff_duties import Duty, may
from lending.errors import DomainError, InvalidInput
from lending.models import Officer
from lending.selectors.products import staff_names
from lending.services import strategies as service
from lending.staff_access import officer_of, require_duty, staff_required
from lending.staff_pages import page, today
from lending.views.officer import strategy_rows, strategy_words
from risk.selectors import strategies as strategy_selectors
from risk.selectors import strategy_editor as editor


@require_safe
@staff_required
def risk_home(request: HttpRequest) -> HttpResponse:
    """The section opens with its strategies."""
    return redirect("desk:strategies")


@require_safe
@staff_required
def strategy_list(request: HttpRequest) -> HttpResponse:
    """Every strategy with its newest versions."""
    require_duty(request, Duty.SEE_RISK)
    on = today()
    found = [
        {"code": code, "name_zh": zh, "name_en": en,
         "versions": strategy_selectors.versions(code, on=on)}
        for code, zh, en in strategy_selectors.strategies()
    ]
    everybody = [person for one in found for row in one["versions"] for person in _people(row)]
    return page(request, "desk/risk/strategies", {
        "section": "risk", "strategies": found, "staff": staff_names(everybody), **duties(request),
    })


@require_safe
@staff_required
def strategy(request: HttpRequest, version_id: int) -> HttpResponse:
    """One version, all of it in words, with the steps that are open to this reader."""
    require_duty(request, Duty.SEE_RISK)
    return shown(request, version_id)


def shown(
    request: HttpRequest, version_id: int, *, error: DomainError | None = None
) -> HttpResponse:
    """The version's page, after a refused step too. ``?part=`` shows one part alone, paged."""
    version = version_or_404(version_id)
    definition = strategy_selectors.definition(version_id)
    known = editor.part_names(definition)
    alone = request.GET.get("part", "")
    alone = alone if alone in known else ""
    start = number(request.GET.get("from", ""))
    parts = [
        {"name": name, "title": strategy_words.part(name, definition),
         "sheets": [one for one in strategy_rows.views(definition, name, start if alone else 0)
                    if one.key != "columns" and one.shown.rows]}
        for name in ([alone] if alone else known)
    ]
    in_force = strategy_selectors.in_force(version.strategy, on=today())
    return page(request, "desk/risk/strategy", {
        "section": "risk", "version": version, "definition": definition, "error": error,
        "parts": [one for one in parts if one["sheets"]], "alone": alone,
        "range": editor.score_range(definition),
        "staff": staff_names(_people(version)), "in_force": in_force,
        "tomorrow": today(), **steps(request, version), **duties(request),
    }, status=error.status if error else 200)


@require_safe
@staff_required
def diff(request: HttpRequest, a: int, b: int) -> HttpResponse:
    """Two versions side by side, only what differs."""
    require_duty(request, Duty.SEE_RISK)
    left, right = version_or_404(a), version_or_404(b)
    before, after = strategy_selectors.definition(a), strategy_selectors.definition(b)
    return page(request, "desk/risk/strategy_diff", {
        "section": "risk", "left": left, "right": right, **difference(before, after),
    })


@require_POST
@staff_required
def draft(request: HttpRequest, version_id: int) -> HttpResponse:
    """A new draft with this version's words; publishing that of an old one rolls back."""
    officer = require_duty(request, Duty.MAKE_STRATEGIES)
    new = service.draft_from(officer=officer, version_id=version_id, now=timezone.now())
    return redirect("desk:strategy-edit", new)


@require_POST
@staff_required
def step(request: HttpRequest, version_id: int) -> HttpResponse:
    """Hand in, drop, promote or withdraw a version; ``do`` names the step."""
    officer = require_duty(request, Duty.SEE_RISK)
    action = request.POST.get("do", "")
    try:
        _take(officer, version_id, action, request.POST)
    except DomainError as error:
        if error.status == 404:
            raise
        return shown(request, version_id, error=error)
    return redirect("desk:strategies") if action == "discard" else redirect("desk:strategy", version_id)


def _take(officer: Officer, version_id: int, action: str, data: Any) -> None:
    now = timezone.now()
    if action == "submit":
        service.submit(officer=officer, version_id=version_id, now=now)
    elif action == "discard":
        service.discard(officer=officer, version_id=version_id, now=now)
    elif action == "promote":
        first = _day(data.get("valid_from", ""))
        service.promote(officer=officer, version_id=version_id, valid_from=first, now=now)
    elif action == "retire":
        service.retire(officer=officer, version_id=version_id, now=now)
    else:
        raise InvalidInput(_("This step is not known."))


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InvalidInput.field("valid_from", _("Please enter a day.")) from None


# ── what the strategy pages share ──
def version_or_404(version_id: int) -> strategy_selectors.VersionRow:
    """Raises ``NotFound`` (a page) for an id that is none."""
    with service.in_words():
        return strategy_selectors.version(version_id, on=today())


def number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 7 else 0


def duties(request: HttpRequest) -> dict[str, bool]:
    role = officer_of(request).role
    return {
        "may_make": may(role, Duty.MAKE_STRATEGIES),
        "may_release": may(role, Duty.RELEASE_STRATEGIES),
    }


def steps(request: HttpRequest, version: strategy_selectors.VersionRow) -> dict[str, bool]:
    """What this reader may do with this version now; the services decide again."""
    officer = officer_of(request)
    makes = may(officer.role, Duty.MAKE_STRATEGIES)
    is_author = version.author == officer.staff_no
    releases = may(officer.role, Duty.RELEASE_STRATEGIES) and not is_author
    return {
        "is_author": is_author,
        "can_edit": makes and is_author and version.state == "draft",
        "can_review": version.state == "submitted",
        "can_decide": releases and version.state == "submitted",
        "can_promote": releases and version.state == "approved",
        "can_retire": may(officer.role, Duty.RELEASE_STRATEGIES)
        and (version.state == "approved" or version.standing == "coming"),
        "can_try": makes and version.state == "approved",
    }


def difference(before: Any, after: Any) -> dict[str, Any]:
    found = editor.diff(before, after)
    return {
        "parts": strategy_rows.difference_views(found, before, after),
        "count": sum(one.count for one in found),
    }


def base_of(version: strategy_selectors.VersionRow) -> int | None:
    """What a version is compared with: the one in force, unless that is itself, else what it was
    written from."""
    in_force = strategy_selectors.in_force(version.strategy, on=today())
    if in_force is not None and in_force.id != version.id:
        return in_force.id
    return version.based_on


def _people(version: strategy_selectors.VersionRow) -> list[str]:
    return [version.author, version.approved_by, version.released_by]
