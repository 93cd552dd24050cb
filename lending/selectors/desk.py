"""What the desk's first page counts and lists. Bounded queries: 2,000 customers or 2 million, same work."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import User
from django.db.models import Count, Max, Min, Q, QuerySet, Sum
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from lending.domain.application_flow import State
from lending.domain.contact_numbers import normalised_id_number
from lending.domain.loan_flow import LoanState
from lending.domain.worklist import REVIEW_PROMISE, Kind, Task, ordered
from lending.models import (
    Customer,
    Instalment,
    LendingEvent,
    LoanApplication,
    Officer,
    ReferralCode,
    ReviewRequest,
)
from lending.selectors import customers as customer_selectors
from lending.selectors import worklists
from lending.selectors.human_reviews import ESCALATE_BEFORE
from lending.services.identity import id_index
from risk import selectors as risk_selectors

PER_KIND = 50
LIST_MAX = 60
COUNT_CAP = 1_000
_FOUND_MAX = 20
STUCK_AFTER = timedelta(minutes=10)
STUCK_UNTIL = timedelta(days=14)
DUE_WITHIN = timedelta(days=3)
_OUTSTANDING = (LoanState.ACTIVE, LoanState.OVERDUE)


@dataclass(frozen=True)
class Figures:
    """The figures above the list, for the viewer's own scope."""

    balance: Decimal
    loans: int
    new_amount: Decimal
    new_loans: int
    overdue_loans: int
    waiting: int
    oldest_waiting: datetime | None


def figures(user: User, today: date) -> Figures:
    """Two queries: loans and referred applications."""
    month = today.replace(day=1)
    book = (
        worklists.loans(user)
        .order_by()
        .aggregate(
            balance=Sum("principal_balance", filter=Q(state__in=_OUTSTANDING)),
            loans=Count("pk", filter=Q(state__in=_OUTSTANDING)),
            overdue=Count("pk", filter=Q(state=LoanState.OVERDUE)),
            new_amount=Sum("principal", filter=Q(start_date__gte=month)),
            new_loans=Count("pk", filter=Q(start_date__gte=month)),
        )
    )
    queue = worklists.referred(user).order_by().aggregate(n=Count("pk"), oldest=Min("state_since"))
    return Figures(
        balance=book["balance"] or Decimal(0),
        loans=book["loans"],
        new_amount=book["new_amount"] or Decimal(0),
        new_loans=book["new_loans"],
        overdue_loans=book["overdue"],
        waiting=queue["n"],
        oldest_waiting=queue["oldest"],
    )


def waiting_count(user: User) -> int:
    """Referred applications, counted up to ``COUNT_CAP``."""
    return worklists.referred(user).order_by()[:COUNT_CAP].count()


def customer_count(user: User) -> int:
    """Customers of the viewer, counted up to ``COUNT_CAP`` × 10 (then "more than" is true)."""
    return worklists.customers(user).order_by()[: COUNT_CAP * 10].count()


def find_customers(user: User, text: str) -> list[Customer]:
    """The viewer's customers with exactly this customer number, mobile or ID number (at most 20).

    An ID number is found on the applications too: a customer carries it only once it is proven.
    """
    rows = worklists.customers(user)
    found = list(customer_selectors.matching(rows, text)[:_FOUND_MAX]) if text else []
    if not found and (id_number := normalised_id_number(text)):
        claimed = worklists.visible_applications(user).filter(id_number_index=id_index(id_number))
        found = list(rows.filter(pk__in=claimed.values("customer_id"))[:_FOUND_MAX])
    return found


def tasks(user: User, now: datetime, today: date) -> list[Task]:
    """Today's list: at most ``LIST_MAX`` tasks, most worth first."""
    found = [*_reviews(user, now), *_on_the_way(user, now), *_repayments(user, today)]
    return ordered(found)[:LIST_MAX]


def _reviews(user: User, now: datetime) -> list[Task]:
    found = []
    rows = list(worklists.referred(user)[:PER_KIND])
    decisions = risk_selectors.decisions(row.decision_id for row in rows if row.decision_id)
    for row in rows:
        decision = decisions.get(row.decision_id) if row.decision_id else None
        suggested = decision.limit if decision and decision.limit else None
        asked = getattr(row, "reviewrequest", None)
        promised = asked.due_at if asked and asked.due_at else row.state_since + REVIEW_PROMISE
        found.append(
            Task(
                kind=Kind.REVIEW,
                row_id=str(row.pk),
                who=name_of(row),
                where=row.branch.name,
                why=_why_promised(asked, now) or _why_referred(decision),
                amount=row.requested_amount or suggested,
                amount_is="asked" if row.requested_amount else "suggested",
                due_at=promised,
                is_urgent=now > promised - ESCALATE_BEFORE
                if asked
                else now > row.state_since + REVIEW_PROMISE / 2,
            )
        )
    return found


def _why_promised(asked: ReviewRequest | None, now: datetime) -> str:
    """The clock of a person who asked for a person; "" where nobody did."""
    if asked is None or asked.due_at is None:
        return ""
    if now > asked.due_at:
        return _("Asked for a person and was promised an answer — the promise is broken")
    if now > asked.due_at - ESCALATE_BEFORE:
        return _("Asked for a person — less than a day is left, the manager is told")
    return _("Asked for a person — an answer is promised")


def _why_referred(decision: Any) -> str:
    """The first reason the machine gave for asking a person, in the reader's language."""
    reasons = [r for r in decision.reasons if r.kind != "info"] if decision else []
    if not reasons:
        return _("Referred to a person — check the evidence and decide")
    english = (get_language() or "").startswith("en")
    return reasons[0].text_en if english else reasons[0].text_zh


def _why_stopped(row: LoanApplication) -> tuple[Kind, str]:
    if row.state == State.OFFERED:
        return Kind.OFFER, _("Has an offer and has not chosen — explain the choices")
    if row.state == State.ACCEPTED:
        return Kind.OFFER, _("Chose an offer and has not signed — ask what is missing")
    if row.state == State.SIGNED:
        return Kind.PAYOUT, _(
            "Signed, but the bank card did not take the money — help with another card"
        )
    if row.state == State.DRAFT:
        return Kind.STUCK, _("Stopped before the identity was confirmed — help with the ID card")
    if row.state == State.IDENTIFIED:
        return Kind.STUCK, _("Stopped at the consents — explain why we ask")
    if row.bank_card_id is None:
        return Kind.STUCK, _(
            "Stopped before binding a bank card — ask for the number kept at the bank"
        )
    return Kind.STUCK, _("Everything is filled in, only handing in is missing")


def _on_the_way(user: User, now: datetime) -> list[Task]:
    rows = (
        worklists.visible_applications(user)
        .filter(
            state__in=[
                State.DRAFT,
                State.IDENTIFIED,
                State.CONSENTED,
                State.OFFERED,
                State.ACCEPTED,
                State.SIGNED,
            ],
            state_since__lte=now - STUCK_AFTER,
            state_since__gte=now - STUCK_UNTIL,
        )
        .select_related("customer", "branch")
        .annotate(best=Max("offers__amount_max", filter=Q(offers__state__in=["open", "accepted"])))
        .order_by("-state_since")[:PER_KIND]
    )
    found = []
    for row in rows:
        kind, why = _why_stopped(row)
        ends_soon = kind == Kind.OFFER and row.expires_at - now < timedelta(days=1)
        found.append(
            Task(
                kind=kind,
                row_id=str(row.pk),
                who=name_of(row),
                where=row.branch.name,
                why=why,
                amount=row.best or row.requested_amount,
                amount_is="offered" if row.best else "asked",
                due_at=row.expires_at,
                is_urgent=ends_soon or kind == Kind.PAYOUT,
            )
        )
    return found


def _repayments(user: User, today: date) -> list[Task]:
    rows = (
        Instalment.objects.filter(
            loan__in=worklists.loans(user).order_by().filter(state__in=_OUTSTANDING),
            due_date__gte=today,
            due_date__lte=today + DUE_WITHIN,
        )
        .select_related("loan__customer", "loan__branch")
        .order_by("due_date", "pk")[:PER_KIND]
    )
    found = []
    for row in rows:
        days = (row.due_date - today).days
        when = ngettext("Repayment due in %(n)d day", "Repayment due in %(n)d days", days) % {
            "n": days
        }
        found.append(
            Task(
                kind=Kind.DUE,
                row_id=str(row.loan_id),
                who=row.loan.customer.name or row.loan.customer.customer_no,
                where=row.loan.branch.name,
                why=(_("Repayment due today") if not days else when)
                + " — "
                + _("a friendly reminder helps"),
                amount=row.amount,
                amount_is="due",
                due_at=None,
                is_urgent=not days,
            )
        )
    return found


def name_of(application: LoanApplication) -> str:
    """The person's name, or the customer number while there is none."""
    return application.name or application.customer.name or application.customer.customer_no


def story(
    *, application_id: Any = None, customer_id: Any = None, limit: int = 50
) -> list[LendingEvent]:
    """What happened, newest first."""
    rows = LendingEvent.objects.all()
    rows = (
        rows.filter(application_id=application_id)
        if application_id
        else rows.filter(customer_id=customer_id)
    )
    return list(rows.order_by("-id")[:limit])


def codes(officer: Officer) -> QuerySet[ReferralCode]:
    """Codes the viewer may print: the universal ones and those in scope."""
    rows = ReferralCode.objects.select_related("officer__branch__legal_entity")
    if officer.role == Officer.Role.MANAGER:
        rows = rows.filter(Q(officer__isnull=True) | Q(officer__branch=officer.branch))
    elif officer.role == Officer.Role.OFFICER:
        rows = rows.filter(Q(officer__isnull=True) | Q(officer=officer))
    return rows.order_by("state", "officer_id", "product_code", "code")
