"""Changes of loans on the desk: the worklist, one change with before and after, and its decision."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lending.domain.loan_changes import ChangeKind, ChangeState, needs_head_office
from lending.domain.servicing.replay import ImpossibleTransaction
from lending.domain.staff_duties import Duty, may
from lending.errors import DomainError, NotFound, NotPermitted
from lending.forms.officer_loan_changes import LoanChangeForm
from lending.models import Loan, LoanAccount, LoanChange, LoanTransaction, Officer
from lending.selectors import business_day, card_transfers, loan_change_previews, loan_pages
from lending.selectors import loan_changes as change_rows
from lending.selectors.loan_change_previews import Preview
from lending.services import loan_changes
from lending.staff_access import officer_of, require_duty, staff_required, staff_user
from lending.staff_pages import keyset, page
from lending.views.officer.loans import seen_loan

PLAN_ROWS = 24


def require_sight(request: HttpRequest) -> Officer:
    """Who may ask for changes sees them and the transactions; so does who sees the books."""
    if may(officer_of(request).role, Duty.SEE_BOOKS):
        return officer_of(request)
    return require_duty(request, Duty.CHANGE_LOANS)


@require_safe
@staff_required
def change_list(request: HttpRequest) -> HttpResponse:
    """What waits for the viewer first, then the viewer's own, then what is decided; 50 a page."""
    officer = require_sight(request)
    user, may_release = staff_user(request), may(officer.role, Duty.RELEASE_LOAN_CHANGES)
    tab = request.GET.get("tab", "waiting" if may_release else "mine")
    tab = tab if tab in change_rows.TABS else "waiting"
    context = {
        "section": "servicing",
        "page": keyset(request, change_rows.of_tab(user, tab), field="proposed_at"),
        "tab_now": tab,
        "changes_waiting": change_rows.waiting_count(user),
        "may_release": may_release,
    }
    return page(request, "desk/servicing/changes", context)


@require_safe
@staff_required
def change_page(request: HttpRequest, change_id: UUID) -> HttpResponse:
    """One change: what was asked, what it does to the loan, and who decides."""
    require_sight(request)
    return _page(request, change_id)


@require_POST
@staff_required
def approve(request: HttpRequest, change_id: UUID) -> HttpResponse:
    """The second person lets it happen."""
    return _decide(
        request, change_id, loan_changes.approve,
        checker=staff_user(request), seen=request.POST.get("seen", "")[:40] or None,
        note=request.POST.get("note", "")[:400],
    )


@require_POST
@staff_required
def send_back(request: HttpRequest, change_id: UUID) -> HttpResponse:
    """The second person says no, with a reason."""
    return _decide(
        request, change_id, loan_changes.send_back,
        checker=staff_user(request), note=request.POST.get("note", "")[:400],
    )


@require_POST
@staff_required
def withdraw(request: HttpRequest, change_id: UUID) -> HttpResponse:
    """The first person takes it back."""
    return _decide(request, change_id, loan_changes.withdraw, maker=staff_user(request))


@require_safe
@staff_required
def voucher(request: HttpRequest, change_id: UUID) -> HttpResponse:
    """The scanned paper, as a download."""
    require_sight(request)
    change = change_rows.one(staff_user(request), change_id)
    if change is None or not change.voucher_type:
        raise NotFound
    name = f"voucher-{change.pk}.{change.voucher_type.partition('/')[2]}"
    answer = HttpResponse(bytes(change.voucher), content_type=change.voucher_type)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "no-store"
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required
def new_change(request: HttpRequest, loan_id: UUID, kind: str) -> HttpResponse:
    """The form of one kind. ``try`` shows what it would do; ``propose`` hands it to a second person."""
    require_duty(request, Duty.CHANGE_LOANS)
    if kind not in set(ChangeKind):
        raise NotFound
    loan, account = seen_loan(request, loan_id)
    target = _target(request, loan) if kind == ChangeKind.REVERSAL else None
    day = business_day.current(account.legal_entity)
    form = LoanChangeForm(
        request.POST or None, request.FILES or None, kind=ChangeKind(kind),
        initial={"value_date": day, "amount": account.credit if kind == "refund" else None},
    )
    shown = {"loan": loan, "kind": kind, "target": target, "form": form}
    words = {
        "loan_id": loan.pk, "kind": ChangeKind(kind), "maker": staff_user(request),
        "target_id": target.pk if target else None,
    }
    if request.method == "POST":
        if not form.is_valid():
            return _form(request, shown, status=422)
        words.update(form.words())
    elif target is None:
        return _form(request, shown)
    try:
        if request.method != "POST" or "try" in request.POST:  # a reversal says all it needs at once
            _change, tried = loan_changes.prepare(**words)
            return _form(request, {**shown, **_shown_preview(tried)})
        change = loan_changes.propose(now=timezone.now(), **words)
    except (NotFound, NotPermitted):
        raise
    except DomainError as error:
        if request.method != "POST":
            return _form(request, {**shown, "problem": error.message})
        form.take(error)
        return _form(request, shown, status=error.status)
    return redirect("desk:loan-change", change_id=change.pk)


def _target(request: HttpRequest, loan: Loan) -> LoanTransaction:
    """The transaction named in the query; a reversal without one is no page."""
    text = request.GET.get("transaction", "")[:40]
    try:
        key = UUID(text)
    except ValueError:
        raise NotFound from None
    found = LoanTransaction.objects.filter(pk=key, loan=loan).exclude(kind="reversal").first()
    if found is None:
        raise NotFound
    return found


def _form(request: HttpRequest, shown: dict[str, Any], *, status: int = 200) -> HttpResponse:
    context = {"section": "loans", **shown}
    if shown["target"] is not None:
        context["booked"] = loan_pages.booked([shown["target"]])[0]
    return page(request, "desk/loan_change_form", context, status=status)


def _decide(
    request: HttpRequest, change_id: UUID, service: Callable[..., LoanChange], **words: Any
) -> HttpResponse:
    require_duty(request, Duty.CHANGE_LOANS)
    try:
        service(change_id=change_id, now=timezone.now(), **words)
    except NotFound:
        raise
    except DomainError as error:
        return _page(request, change_id, status=error.status, problem=error.message, wrong=error.errors)
    return redirect("desk:loan-change", change_id=change_id)


def _page(
    request: HttpRequest, change_id: UUID, *, status: int = 200, problem: Any = "", wrong: Any = None
) -> HttpResponse:
    user, officer = staff_user(request), officer_of(request)
    change = change_rows.one(user, change_id)
    account = loan_pages.account_of(change.loan) if change else None
    if change is None or account is None:
        raise NotFound
    is_open, is_mine = change.state == ChangeState.PROPOSED, change.maker_id == user.pk
    may_release = may(officer.role, Duty.RELEASE_LOAN_CHANGES)
    context = {
        "section": "servicing",
        "change": change,
        "loan": change.loan,
        "problem": problem,
        "wrong": wrong or {},
        "is_mine": is_mine,
        "may_decide": is_open and may_release and not is_mine,
        "may_withdraw": is_open and is_mine,
        "head_office_needed": needs_head_office(ChangeKind(change.kind), change.amount),
        "booked": _booked(change),
        "refund": card_transfers.of_change(change.loan_id, change.pk),
        **(_tried(change, account) if is_open else {}),
    }
    return page(request, "desk/servicing/change", context, status=status)


def _booked(change: LoanChange) -> Any:
    """What the change was booked as; of an open reversal, what it would take back."""
    row = change.result or change.target
    return loan_pages.booked([row])[0] if row else None


def _tried(change: LoanChange, account: LoanAccount) -> dict[str, Any]:
    day = business_day.current(account.legal_entity)
    shown: dict[str, Any] = {"seen": loan_changes.seen_mark(account, day)}
    try:
        return {**shown, **_shown_preview(loan_change_previews.preview(account, change, day))}
    except ImpossibleTransaction:
        return {**shown, "impossible": True}


def _shown_preview(tried: Preview) -> dict[str, Any]:
    return {
        "preview": tried,
        "plan_rows": tried.plan[:PLAN_ROWS],
        "plan_more": max(len(tried.plan) - PLAN_ROWS, 0),
    }
