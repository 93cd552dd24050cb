"""What every desk page shares: the frame's figures, and paging by key instead of by page number."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from lending.selectors import business_day, desk
from lending.staff_access import officer_of, staff_user

PAGE_ROWS = 50


@dataclass(frozen=True)
class Page:
    """``rows`` to show, and the query string of the page after this one ("" on the last)."""

    rows: list[Any]
    next_query: str
    is_first: bool


def page(
    request: HttpRequest, template: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    """Render a desk page inside its frame; ``template`` without its ending."""
    officer = officer_of(request)
    frame = {"officer": officer, "waiting_count": desk.waiting_count(staff_user(request))}
    return render(request, f"{template}.html", {**frame, **context}, status=status)


def keyset(
    request: HttpRequest, rows: "QuerySet[Any]", *, field: str, newest_first: bool = True
) -> Page:
    """One page of ``rows`` by (``field``, pk): the same cost on the first page and the thousandth."""
    sign, side = ("-", "lt") if newest_first else ("", "gt")
    after = _after(request.GET.get("after", ""), rows)
    if after is not None:
        moment, key = after
        rows = rows.filter(
            Q(**{f"{field}__{side}": moment}) | Q(**{field: moment, f"pk__{side}": key})
        )
    found = list(rows.order_by(f"{sign}{field}", f"{sign}pk")[: PAGE_ROWS + 1])
    query = ""
    if len(found) > PAGE_ROWS:
        found = found[:PAGE_ROWS]
        last = found[-1]
        kept = {k: v for k, v in request.GET.items() if k != "after"}
        query = urlencode({**kept, "after": f"{getattr(last, field).isoformat()}_{last.pk}"})
    return Page(rows=found, next_query=query, is_first=after is None)


def _after(text: str, rows: "QuerySet[Any]") -> tuple[datetime, Any] | None:
    """The moment and the key (of whatever type the rows have) an address goes on after."""
    moment, _, key = text.partition("_")
    try:
        at, row = datetime.fromisoformat(moment), rows.model._meta.pk.to_python(key)
    except (ValueError, ValidationError):
        return None
    return (at if timezone.is_aware(at) else timezone.make_aware(at)), row


def today() -> Any:
    """The bank's business date, or the calendar's before the bank has opened its first day."""
    try:
        return business_day.of_bank()
    except IndexError:
        return timezone.localdate()
