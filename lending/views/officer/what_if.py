"""What a version would change: for ten invented people at once, for real applications by a run."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_POST, require_safe

from lending.domain.staff_duties import Duty, may
from lending.errors import DomainError, NotFound
from lending.selectors import worklists
from lending.services import what_if as service
from lending.staff_access import officer_of, require_duty, staff_required, staff_user
from lending.staff_pages import page, today
from lending.views.officer import what_if_words
from products import selectors as product_selectors
from products.domain.terms import LoanTerms
from risk.selectors import what_if
from risk.services import what_if as what_if_runs

_REFRESH_S = "2"


@require_safe
@staff_required
def what_if_page(request: HttpRequest, version_id: int) -> HttpResponse:
    """Samples and the newest run; reloads by itself while a run is on its way."""
    require_duty(request, Duty.SEE_PRODUCTS)
    return _page(request, version_id)


@require_safe
@staff_required
def run_panel(request: HttpRequest, version_id: int) -> HttpResponse:
    """The run alone, for the product page to load into itself."""
    require_duty(request, Duty.SEE_PRODUCTS)
    _resolved(version_id)
    context = run_context(request, version_id)
    answer = render(request, "desk/products/_what_if.html", context)
    patch_cache_control(answer, no_store=True)
    return answer


@require_POST
@staff_required
def start(request: HttpRequest, version_id: int) -> HttpResponse:
    """Start a run, or find the one on its way."""
    require_duty(request, Duty.MAKE_PRODUCTS)
    try:
        service.start(
            version_id=version_id, user=staff_user(request), today=today(), now=timezone.now()
        )
    except NotFound:
        raise
    except DomainError as error:
        return _page(request, version_id, status=error.status, problem=error.message)
    return redirect("desk:what-if", version_id)


@require_POST
@staff_required
def cancel(request: HttpRequest, version_id: int) -> HttpResponse:
    """Stop the run."""
    require_duty(request, Duty.MAKE_PRODUCTS)
    service.cancel(version_id=version_id, user=staff_user(request), now=timezone.now())
    return redirect("desk:what-if", version_id)


def samples_context(before: LoanTerms | None, after: LoanTerms, on: date) -> dict[str, Any]:
    """What ``desk/products/_samples.html`` shows: ``samples`` (rows), ``samples_before`` (whether
    there is a before), ``samples_problem`` (words when the terms cannot be priced), ``changed``.
    """
    try:
        rows = what_if.samples(before=before, after=after, on=on)
    except service.UNUSABLE as problem:
        return {"samples": [], "samples_problem": service.in_words(problem).message}
    return {
        "samples": [
            {
                "row": row,
                "change": what_if_words.change(row.difference),
                "why_before": what_if_words.why(row.difference.before),
                "why_after": what_if_words.why(row.difference.after),
            }
            for row in rows
        ],
        "samples_before": before,
        "samples_after": after,
        "samples_on": on,
        "samples_changed": sum(row.difference.kind != "same" for row in rows),
    }


def run_context(request: HttpRequest, version_id: int) -> dict[str, Any]:
    """What ``desk/products/_what_if.html`` shows of the version's newest run."""
    run = what_if_runs.newest(version_id)
    context: dict[str, Any] = {
        "version_id": version_id,
        "run": run,
        "wanted": what_if_runs.WANTED,
        "may_start": may(officer_of(request).role, Duty.MAKE_PRODUCTS),
    }
    if run is None:
        return context
    context["progress"] = Decimal(run.done) / run.total if run.total else None
    context["sources"] = [(code, n) for code, n in run.per_product if n]
    if run.summary is not None:
        context["found"] = what_if_words.found(run.summary)
        context["examples"] = _examples(request, run.examples)
    return context


def _page(
    request: HttpRequest, version_id: int, *, status: int = 200, problem: Any = ""
) -> HttpResponse:
    resolved = _resolved(version_id)
    day = today()
    context = {
        "section": "products",
        "problem": problem,
        "product_code": resolved.terms.product_code,
        **samples_context(_terms_before(version_id, day), resolved.terms, day),
        **run_context(request, version_id),
    }
    answer = page(request, "desk/products/what_if", context, status=status)
    run = context["run"]
    if run is not None and run.is_active and request.method == "GET":
        answer["Refresh"] = _REFRESH_S  # the page must not depend on a script to move on
    patch_cache_control(answer, no_store=True)
    return answer


def _resolved(version_id: int) -> Any:
    try:
        return product_selectors.resolved_terms(version_id)
    except service.UNUSABLE as problem:
        raise service.in_words(problem) from problem


def _terms_before(version_id: int, on: date) -> LoanTerms | None:
    """Terms in force that the version would follow or join; ``None`` when there are none."""
    try:
        standing = what_if.version_before(version_id, on)
    except what_if.NothingToCompare:
        return None
    return product_selectors.resolved_terms(standing).terms


def _examples(request: HttpRequest, found: Mapping[str, list[str]]) -> list[dict[str, Any]]:
    """Some changed decisions by kind; those of applications the viewer may see carry their id."""
    ids = [decision for kept in found.values() for decision in kept]
    visible = worklists.visible_applications(staff_user(request)).filter(decision_id__in=ids)
    pages = {str(decision): pk for decision, pk in visible.values_list("decision_id", "pk")}
    return [
        {
            "words": what_if_words.kind(kind),
            "decisions": [{"short": text[:8], "page": pages.get(text)} for text in kept],
        }
        for kind, kept in found.items()
    ]
