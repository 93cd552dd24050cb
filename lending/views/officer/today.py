"""The first page: what to do now, in order, with the person beside the list."""

from collections import Counter
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from lending.domain.worklist import Kind, Task
from lending.selectors import desk, worklists
from lending.staff_access import staff_required, staff_user
from lending.staff_pages import page, today
from lending.views.officer.applications import panel_context

TABS = (Kind.REVIEW, Kind.OFFER, Kind.STUCK, Kind.DUE)


@require_safe
@staff_required
def today_page(request: HttpRequest) -> HttpResponse:
    """Title, figures, tasks, and the first task's person."""
    user, now = staff_user(request), timezone.now()
    tasks = desk.tasks(user, now, today())
    kinds = Counter(_tab(task) for task in tasks)
    chosen = request.GET.get("kind", "")
    shown = [task for task in tasks if not chosen or _tab(task) == chosen]
    customers = desk.customer_count(user)
    context: dict[str, Any] = {
        "section": "today",
        "tasks": [(task, *_urls(task)) for task in shown],
        "count": len(tasks),
        "customers": customers,
        "others": max(customers - len(tasks), 0),
        "tabs": [(kind.value, kinds.get(kind, 0)) for kind in TABS],
        "chosen": chosen,
        "figures": desk.figures(user, today()),
        "date": now,
        "panel": None,
    }
    first = next((task for task in shown if task.kind != Kind.DUE), None)
    if first is not None and shown[0] is first:
        application = (
            worklists.visible_applications(user)
            .select_related("customer", "branch", "officer")
            .get(pk=first.row_id)
        )
        context["panel"] = panel_context(application)
    return page(request, "desk/today", context)


def _tab(task: Task) -> str:
    return (
        Kind.OFFER
        if task.kind == Kind.PAYOUT
        else Kind.DUE
        if task.kind == Kind.OVERDUE
        else task.kind
    )


def _urls(task: Task) -> tuple[str, str]:
    """Where Enter leads, and where the panel's content comes from ("" for loans)."""
    if task.kind in (Kind.DUE, Kind.OVERDUE):
        return reverse("desk:loan", args=[task.row_id]), ""
    return (
        reverse("desk:application", args=[task.row_id]),
        reverse("desk:application-panel", args=[task.row_id]),
    )
