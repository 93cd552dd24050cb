"""Trained models at the desk: the register, and one model's card with its two-person step."""

from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lending.domain.staff_duties import Duty, may
from lending.errors import DomainError, NotFound
from lending.selectors.products import staff_names
from lending.services import scorecards as service
from lending.staff_access import officer_of, require_duty, staff_required
from lending.staff_pages import page, today
from lending.views.officer.model_words import in_language, kind_of, origin, state_of, why
from risk.selectors import scorecards
from risk.selectors import strategies as strategy_selectors
from risk.services.scorecards import NoScorecard

_PAGE_MAX = 10_000


@require_safe
@staff_required
def model_list(request: HttpRequest) -> HttpResponse:
    """Every registered model, newest first, 30 a page."""
    require_duty(request, Duty.SEE_RISK)
    asked = request.GET.get("page", "1")
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 1
    number = min(max(number, 1), _PAGE_MAX)
    models, more = scorecards.models(page=number)
    context = {
        "section": "risk",
        "models": [(model, kind_of(model.kind), state_of(model.state)) for model in models],
        "staff": staff_names([who for one in models for who in (one.trained_by, one.approved_by)]),
        "previous": number - 1,
        "next": number + 1 if more else 0,
    }
    return page(request, "desk/risk/models", context)


@require_safe
@staff_required
def model_page(request: HttpRequest, model_id: int) -> HttpResponse:
    """One model's card."""
    require_duty(request, Duty.SEE_RISK)
    return _page(request, model_id)


@require_POST
@staff_required
def model_approve(request: HttpRequest, model_id: int) -> HttpResponse:
    """The second person agrees."""
    officer = require_duty(request, Duty.RELEASE_STRATEGIES)
    return _step(
        request,
        model_id,
        lambda: service.approve(officer=officer, model_id=model_id, now=timezone.now()),
    )


@require_POST
@staff_required
def model_retire(request: HttpRequest, model_id: int) -> HttpResponse:
    """Give the model up."""
    officer = require_duty(request, Duty.RELEASE_STRATEGIES)
    return _step(
        request,
        model_id,
        lambda: service.retire(officer=officer, model_id=model_id, now=timezone.now()),
    )


@require_POST
@staff_required
def model_take(request: HttpRequest, model_id: int) -> HttpResponse:
    """Its points into a new draft of a strategy."""
    officer = require_duty(request, Duty.MAKE_STRATEGIES)
    strategy = request.POST.get("strategy", "")[:40].replace("\x00", "")

    def take() -> None:
        service.take_into_draft(
            officer=officer, model_id=model_id, strategy=strategy, today=today(), now=timezone.now()
        )

    return _step(request, model_id, take, then="desk:strategies")


def _step(
    request: HttpRequest, model_id: int, act: Callable[[], Any], then: str = ""
) -> HttpResponse:
    try:
        act()
    except NotFound:
        raise
    except DomainError as problem:
        return _page(request, model_id, problem=problem.message, status=problem.status)
    return redirect(then) if then else redirect("desk:model", model_id)


def _page(
    request: HttpRequest, model_id: int, *, problem: Any = "", status: int = 200
) -> HttpResponse:
    try:
        card = scorecards.card(model_id)
    except NoScorecard as error:
        raise NotFound from error
    officer = officer_of(request)
    release = may(officer.role, Duty.RELEASE_STRATEGIES)
    usable = card.kind == "scorecard" and card.state == "approved"
    context = {
        "section": "risk",
        "model": card,
        "staff": staff_names([card.trained_by, card.approved_by]),
        "kind": kind_of(card.kind),
        "state": state_of(card.state),
        "origin": origin(card.data),
        "problem": problem,
        "calibration": _calibration(card.metrics.get("calibration") or {}),
        "features": [_feature(card, one) for one in card.definition.get("features", [])],
        "columns": [
            (in_language(card.words(name)), card.definition.get("iv", {}).get(name))
            for name in card.definition.get("columns", [])
        ],
        "left_out": _left_out(card),
        "notes": [
            (in_language(card.words(name)), why(note))
            for name, note in card.definition.get("notes", {}).items()
        ],
        "scale": scorecards.scale(card),
        "may_approve": release and card.state == "candidate" and card.trained_by != officer.staff_no,
        "may_retire": release and card.state != "retired",
        "may_take": usable and may(officer.role, Duty.MAKE_STRATEGIES),
        "strategies": [
            (code, in_language((zh, en))) for code, zh, en in strategy_selectors.strategies()
        ],
    }
    return page(request, "desk/risk/model", context, status)


def _calibration(written: Mapping[str, Any]) -> dict[str, Any]:
    tenths = written.get("tenths", [])
    return {
        **written,
        "names": [str(n) for n in range(1, len(tenths) + 1)],
        "lines": [
            (_("foretold"), [100 * tenth["foretold"] for tenth in tenths]),
            (_("came"), [100 * tenth["came"] for tenth in tenths]),
        ],
    }


def _feature(card: scorecards.ModelCard, written: Mapping[str, Any]) -> dict[str, Any]:
    bins = [
        {
            **one,
            "label": _("missing") if one["label"] == "missing" else one["label"],
            "rate": one["bad"] / one["rows"] if one["rows"] else None,
        }
        for one in written["bins"]
    ]
    names = [one["label"] for one in bins]
    if edges := written["edges"]:  # short enough to stand below a bar
        names = [f"< {edges[0]:g}", *(f"≥ {edge:g}" for edge in edges), names[-1]]
    return {
        "code": written["name"],
        "name": in_language(card.words(written["name"])),
        "iv": written["iv"],
        "bins": bins,
        "names": names,
        "rates": [
            (name, None if one["rate"] is None else 100 * one["rate"])
            for name, one in zip(names, bins, strict=True)
        ],
        "points": [(_("points"), [one["points"] for one in bins])],
    }


def _left_out(card: scorecards.ModelCard) -> list[tuple[str, str]]:
    every = {**card.data.get("dropped", {}), **card.definition.get("left_out", {})}
    return [(in_language(card.words(name)), why(reason)) for name, reason in every.items()]
