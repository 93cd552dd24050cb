"""The rows of a loan's page: instalments with their state, terms with their origin, what happened."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lending.domain.servicing.facts import EARLY_NUMBERS_FROM
from lending.models import Instalment, Loan, LoanAccount, LoanChange, LoanTransaction, PlanVersion
from lending.selectors import loan_pages
from lending.selectors.loan_positions import Position
from lending.templatetags.customer_pages import percent
from lending.views.officer import product_words, words
from products.domain.layers import Provenance
from products.selectors import NoVersion, resolved_terms

STORY_ROWS = 20


@dataclass(frozen=True)
class PlanLine:
    """An instalment as the page shows it. ``left`` is what is still open of it."""

    row: Instalment
    state: str
    left: Decimal

    @property
    def paid(self) -> Decimal:
        return self.row.principal_cleared + self.row.interest_cleared


@dataclass(frozen=True)
class Term:
    """A frozen term: what it is, its value, and which layer of the product said so."""

    label: Any
    value: str
    product: str
    version: int | None
    since: date | None


@dataclass(frozen=True)
class Moment:
    """Something that happened to the loan. ``tone``: good, warn, bad or ""."""

    at: datetime
    words: str
    amount: Decimal | None
    note: str
    tone: str


def plan_lines(rows: Sequence[Instalment]) -> list[PlanLine]:
    lines, met_next = [], False
    for row in rows:
        left = row.open_amount
        state = _state_of(row, left)
        if state == "to_come" and not met_next:
            state, met_next = "next", True
        lines.append(PlanLine(row, state, left))
    return lines


def _state_of(row: Instalment, left: Decimal) -> str:
    if row.number >= EARLY_NUMBERS_FROM:
        return "early" if row.principal else "up_to_payoff"
    if not row.is_billed:
        return "to_come"
    if not left:
        return "cleared"
    return "late" if row.is_late else "due"


def owed_items(position: Position) -> list[tuple[Any, Decimal, bool]]:
    """What is owed, item by item: (words, yuan, whether it is due by now)."""
    return [
        (words.of("component", "compound"), position.compound, True),
        (words.of("component", "penalty"), position.penalty, True),
        (pgettext_lazy("owed", "Interest due"), position.interest_due, True),
        (pgettext_lazy("owed", "Principal due"), position.principal_due, True),
        (pgettext_lazy("owed", "Interest since the last due date"), position.interest_running, False),
        (pgettext_lazy("owed", "Principal not due yet"), position.principal_undue, False),
    ]


def terms(loan: Loan, account: LoanAccount) -> list[Term]:
    """The terms frozen with the loan, each with the layer it came from."""
    origins = _origins(loan)
    order = [words.of("component", name) for name in account.allocation.split(",")]
    values = {
        "methods": words.of("method", loan.method),
        "term_months": product_words.show("term_months", (loan.term_months,)),
        "day_count": account.day_count,
        "rounding": words.of("loan_rule", account.rounding),
        "month_end": words.of("loan_rule", account.month_end),
        "penalty_uplift": percent(account.penalty_uplift),
        "grace_days": product_words.show("grace_days", account.grace_days),
    }
    found = [_term(product_words.label(name), value, origins.get(name))
             for name, value in values.items()]
    for name, label, value in (
        ("due_day_rule", _("A payment is in time until"), words.of("loan_rule", account.due_day_rule)),
        ("allocation_order", _("Money is put to"), " → ".join(order)),
    ):
        found.append(_term(label, value, origins.get(name)))
    if account.principal_first_after:
        found.append(_term(
            _("Principal first beyond"),
            product_words.show("grace_days", account.principal_first_after),
            origins.get("principal_first_after_days"),
        ))
    for name in ("early_repayment_options", "early_repayment_lock_days"):
        if (origin := origins.get(name)) is not None:
            found.append(_term(
                product_words.label(name), product_words.show(name, origin.value), origin,
            ))
    return found


def _term(label: Any, value: str, origin: Provenance | None) -> Term:
    if origin is None:
        return Term(label, value, "", None, None)
    return Term(label, value, origin.product_code, origin.version, origin.effective_from)


def _origins(loan: Loan) -> dict[str, Provenance]:
    try:
        resolved = resolved_terms(loan.application.product_version_id)
    except NoVersion:
        return {}
    return {one.field: one for one in resolved.provenance}


def story(
    loan: Loan,
    transactions: Iterable[LoanTransaction],
    plans: Iterable[PlanVersion],
) -> list[Moment]:
    """Transactions, plans, refused proposals and events, newest first."""
    moments = [
        Moment(
            one.created_at, words.of("transaction", one.kind), one.amount or None,
            f"{one.value_date:%Y-%m-%d}" if one.value_date != one.booked_on else "", _tone(one),
        )
        for one in transactions
    ]
    moments += [_of_change(one) for one in loan_pages.decided_changes(loan)]
    moments += [
        Moment(one.created_at, str(_("A new plan")), None, f"#{one.version}", "")
        for one in plans if one.version
    ]
    moments += [
        Moment(one.at, words.of("event", one.name), None, "", "good" if one.name == "loan.booked" else "")
        for one in loan_pages.events(loan)
    ]
    return sorted(moments, key=lambda moment: moment.at, reverse=True)[:STORY_ROWS]


def _of_change(one: LoanChange) -> Moment:
    name, state = words.of("transaction", one.kind), words.of("change_state", one.state)
    return Moment(one.checked_at or timezone.now(), f"{name} · {state}", one.amount or None, "", "warn")


def _tone(one: LoanTransaction) -> str:
    if one.kind in ("reversal", "write_off"):
        return "bad"
    return "warn" if one.kind in ("extension", "restructuring", "waiver") else "good"
