"""Loans in arrears: buckets and roll rates, the worklist, and a case with its forms."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lending.domain.collection_rules import BUCKETS, CaseState
from lending.domain.contact_policy import Channel, Pause, Purpose
from lending.domain.staff_duties import Duty
from lending.errors import DomainError, IllegalState, NotFound
from lending.forms.officer_arrears import (
    ContactForm,
    NoteForm,
    PauseForm,
    PromiseForm,
    ResultForm,
)
from lending.models import CollectionCase, DemandLetter, Officer
from lending.selectors import arrears, arrears_buckets
from lending.selectors import collection_cases as case_selectors
from lending.services import (
    collection_cases,
    contact_gate,
    contact_pauses,
    contacts,
    demand_letters,
    promises,
)
from lending.staff_access import require_duty, scope_of, staff_required
from lending.staff_pages import PAGE_ROWS, page, today

PAGES_MAX = 200


@require_safe
@staff_required
def arrears_list(request: HttpRequest) -> HttpResponse:
    """Buckets, roll rates, and what to do first, 50 a page."""
    officer = require_duty(request, Duty.COLLECT)
    scope, day = scope_of(officer), today()
    bucket = request.GET.get("bucket", "")
    bucket = bucket if bucket in BUCKETS else ""
    asked = request.GET.get("page", "")
    number = min(int(asked), PAGES_MAX) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 1
    first = (max(number, 1) - 1) * PAGE_ROWS
    found = list(case_selectors.worklist(officer, day, bucket=bucket)[first : first + PAGE_ROWS + 1])
    of = {"day": day, "branch_id": scope.branch_id, "officer_id": scope.officer_id}
    table = arrears_buckets.table(**of)
    context = {
        "section": "servicing",
        "today": day,
        "buckets": table,
        "bars": [(row.code, row.balance, row.balance_then or 0) for row in table[1:]],
        "late_loans": sum(row.loans for row in table[1:]),
        "late_balance": sum((row.balance for row in table[1:]), table[0].balance * 0),
        "rolls": arrears_buckets.rolls(**of),
        "month_ends": arrears_buckets.month_ends(day),
        "bucket_codes": BUCKETS,
        "bucket": bucket,
        "rows": found[:PAGE_ROWS],
        "number": max(number, 1),
        "next_page": max(number, 1) + 1 if len(found) > PAGE_ROWS and number < PAGES_MAX else None,
    }
    return page(request, "desk/servicing/arrears", context)


@require_safe
@staff_required
def case_page(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """What is owed by item, what the gate says, forms, promises, letters, history."""
    officer = require_duty(request, Duty.COLLECT)
    return _page(request, case_selectors.one(officer, case_id))


@require_POST
@staff_required
def new_contact(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Ask the gate for a call, a visit or a message by hand; allowed, it is planned."""

    def do(case: CollectionCase, officer: Officer, form: forms.Form, now: datetime) -> None:
        contacts.request_by_person(
            case=case, channel=Channel(form.cleaned_data["channel"]), officer=officer, now=now
        )

    return _done(request, case_id, ContactForm(request.POST), do)


@require_POST
@staff_required
def contact_result(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """How a planned contact of this case ended."""

    def do(case: CollectionCase, officer: Officer, form: forms.Form, now: datetime) -> None:
        given = form.cleaned_data
        if not case.loan.contacts.filter(pk=given["attempt"]).exists():
            raise NotFound
        contacts.record_result(
            attempt_id=given["attempt"],
            result=given["result"],
            note=given["note"],
            officer=officer,
            now=now,
        )

    return _done(request, case_id, ResultForm(request.POST), do)


@require_POST
@staff_required
def new_promise(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Write down a promise to pay."""

    def do(case: CollectionCase, officer: Officer, form: forms.Form, now: datetime) -> None:
        promises.record(case=case, officer=officer, now=now, **form.cleaned_data)

    return _done(request, case_id, PromiseForm(request.POST), do)


@require_POST
@staff_required
def new_note(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Write a note."""

    def do(case: CollectionCase, officer: Officer, form: forms.Form, now: datetime) -> None:
        collection_cases.note(case=case, text=form.cleaned_data["note"], officer=officer, now=now)

    return _done(request, case_id, NoteForm(request.POST), do)


@require_POST
@staff_required
def new_letter(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Write a demand letter; the gate may say no."""

    def do(case: CollectionCase, officer: Officer, form: forms.Form, now: datetime) -> None:
        demand_letters.write(case=case, officer=officer, now=now)

    return _done(request, case_id, forms.Form(request.POST), do)


@require_POST
@staff_required
def pause(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Silence collection for a complaint or talks, or end what silences it."""

    def do(case: CollectionCase, officer: Officer, form: forms.Form, now: datetime) -> None:
        kind = Pause(form.cleaned_data["kind"])
        if form.cleaned_data["step"] == "end":
            contact_pauses.end(loan=case.loan, kind=kind, officer=officer, now=now)
        else:
            contact_pauses.begin(loan=case.loan, kind=kind, officer=officer, now=now)

    return _done(request, case_id, PauseForm(request.POST), do)


@require_safe
@staff_required
def letter_pdf(request: HttpRequest, letter_id: UUID) -> HttpResponse:
    """A demand letter as it was printed."""
    officer = require_duty(request, Duty.COLLECT)
    letter = DemandLetter.objects.filter(
        pk=letter_id, case__in=case_selectors.visible(officer)
    ).first()
    if letter is None:
        raise NotFound
    answer = HttpResponse(demand_letters.ensure_pdf(letter), content_type="application/pdf")
    answer.headers["Content-Disposition"] = f'attachment; filename="{letter.letter_no}.pdf"'
    return answer


Do = Callable[[CollectionCase, Officer, Any, datetime], None]


def _done(request: HttpRequest, case_id: UUID, form: forms.Form, do: Do) -> HttpResponse:
    """Do it and go back to the case, or show the case again with what was wrong."""
    officer = require_duty(request, Duty.COLLECT)
    case = case_selectors.one(officer, case_id)
    if not form.is_valid():
        return _page(request, case, form=form, problem=_("Please check the marked fields."), status=422)
    try:
        if case.state == CaseState.CLOSED:
            raise IllegalState(_("This case is closed."))
        do(case, officer, form, timezone.now())
    except NotFound:
        raise
    except DomainError as error:
        return _page(request, case, form=form, problem=error.message, status=error.status)
    return redirect("desk:arrears-case", case_id=case_id)


def _page(
    request: HttpRequest,
    case: CollectionCase,
    *,
    form: forms.Form | None = None,
    problem: Any = "",
    status: int = 200,
) -> HttpResponse:
    now, day = timezone.now(), today()
    owed = arrears.owed(case.loan.account)
    made = case_selectors.contacts(case)
    first_promise = {"promised_on": day, "amount": owed.total if owed.total > 0 else None}
    context = {
        "section": "servicing",
        "case": case,
        "loan": case.loan,
        "owed": owed,
        "late": arrears.late_instalments(case.loan.account),
        "today": day,
        "gate": _gate(case, now),
        "rules": contact_gate.rules_on(timezone.localdate(now)),
        "contacts": made,
        "open_contacts": [
            (row, form if isinstance(form, ResultForm) else ResultForm(initial={"attempt": row.pk}))
            for row in made
            if row.state == "planned" and row.sms_id is None
        ],
        "promise_form": form if isinstance(form, PromiseForm) else PromiseForm(initial=first_promise),
        "contact_form": form if isinstance(form, ContactForm) else ContactForm(),
        "note_form": form if isinstance(form, NoteForm) else NoteForm(),
        "pause_kinds": [kind.value for kind in (Pause.COMPLAINT, Pause.TALKS)],
        "history": case_selectors.history(case),
        "is_open": case.state != CaseState.CLOSED,
        "problem": problem,
        **case_selectors.papers(case),
    }
    return page(request, "desk/servicing/arrears_case", context, status=status)


def _gate(case: CollectionCase, now: datetime) -> list[dict[str, Any]]:
    """The gate's answer for each channel, and how many of the day's contacts are used."""
    rows = []
    for channel in Channel:
        answer, used = contact_gate.answer(
            customer_id=case.customer_id, channel=channel, purpose=Purpose.COLLECTION, now=now
        )
        rows.append({"channel": channel.value, "answer": answer, "used": used})
    return rows
