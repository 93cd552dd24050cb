"""What the close must come to: the replay of a loan, day by day, as rows."""

import datetime as dt
from copy import copy
from decimal import Decimal, localcontext
from typing import Any

from lending.domain.servicing.replay import first_state
from lending.models import Instalment, LoanAccount, LoanDay
from lending.selectors import loan_lives
from lending.services import loan_accounts, loan_catch_up
from products.domain.interest import EXACT

#: Not given by a replay: counted along, or set by others.
_BESIDE = {
    "_state", "_django_version", "version", "worst_days_past_due", "provision", "parked_at",
    "parked_error", "reprice_on",
}
_ROW = (
    "number", "due_date", "payable_on", "late_on", "months", "principal", "interest",
    "principal_cleared", "interest_cleared", "cleared_on", "is_billed", "is_late",
)
ONE_DAY = dt.timedelta(days=1)


def stored(account: LoanAccount) -> dict[str, Any]:
    """The account's columns, its worst days past due, its instalments and days as they stand."""
    account = LoanAccount.objects.select_related("loan").get(pk=account.pk)
    return {
        "account": _columns(account),
        "worst": account.worst_days_past_due,
        "loan": (account.loan.state, account.loan.principal_balance),
        "rows": list(Instalment.objects.filter(loan=account.loan).order_by("number").values_list(*_ROW)),
        "days": [_day(row) for row in LoanDay.objects.filter(account=account).order_by("day")],
    }


def expected(account: LoanAccount) -> dict[str, Any]:
    """The same from the contract's plan and the transactions alone."""
    account = LoanAccount.objects.select_related("loan").get(pk=account.pk)
    until = account.closed_through + ONE_DAY
    facts = loan_lives.facts_of(account)
    days, worst, settled = [], 0, None
    with localcontext(EXACT):
        state = first_state(facts, loan_lives.first_plan(account.loan, facts))
        waiting = [loan_lives.as_domain(row) for row in loan_lives.standing(account.loan)]
        waiting = loan_catch_up._forward(state, waiting, facts.start)
        while state.as_of < until:
            settled = settled or (state.as_of if state.is_settled or state.is_written_off else None)
            row = loan_catch_up._close_one(account, state)
            if settled is None:
                days.append(_day(row))
            worst = max(worst, row.days_past_due)
            waiting = loan_catch_up._forward(state, waiting, state.as_of)
        wanted = copy(account)
        loan_accounts._copy_state(wanted, state)
        rows = [
            (
                row.number, row.due, row.payable_on, row.late_on, row.months, row.principal, row.interest,
                row.principal_cleared, row.interest_cleared, row.cleared_on, row.is_billed, row.is_late,
            )
            for row in sorted(state.rows, key=lambda row: row.number)
        ]
        word = "written_off" if state.is_written_off else "settled" if state.is_settled else (
            "overdue" if state.days_past_due else "active"
        )
    return {
        "account": _columns(wanted), "worst": worst, "loan": (word, state.principal_balance),
        "rows": rows, "days": days,
    }


def differences(account: LoanAccount) -> dict[str, Any]:
    """What is stored otherwise than expected; empty when all is equal."""
    here, there = stored(account), expected(account)
    found: dict[str, Any] = {}
    for name, value in here.items():
        if value == there[name]:
            continue
        if name == "account":
            found[name] = {k: (v, there[name][k]) for k, v in value.items() if v != there[name][k]}
        elif isinstance(value, list):
            pairs = [(a, b) for a, b in zip(value, there[name], strict=False) if a != b]
            found[name] = pairs[:3] or (len(value), len(there[name]))
        else:
            found[name] = (value, there[name])
    return found


def _columns(account: LoanAccount) -> dict[str, Any]:
    return {
        name: str(value) if name in ("tier",) else _plain(value)
        for name, value in vars(account).items()
        if name not in _BESIDE
    }


def _plain(value: Any) -> Any:
    return value.normalize() if isinstance(value, Decimal) else value


def _day(row: LoanDay) -> tuple[Any, ...]:
    return (
        row.day, row.principal_balance, row.interest, row.penalty, row.compound, row.moved_interest,
        row.moved_charges, row.days_past_due, str(row.tier), row.is_accruing,
    )
