"""Changes of loans that two people decide, as far as the viewer sees their loans."""

from typing import Any

from django.contrib.auth.models import User
from django.db.models import QuerySet

from lending.domain.loan_changes import ChangeState
from lending.models import LoanChange
from lending.selectors import worklists

TABS = ("waiting", "mine", "decided")
_PEOPLE = ("loan__customer", "loan__branch", "maker__officer", "checker__officer", "target")
COUNT_CAP = 100


def visible(user: User) -> QuerySet[LoanChange]:
    rows = LoanChange.objects.filter(loan__in=worklists.loans(user).order_by().values("pk"))
    return rows.select_related(*_PEOPLE).defer("voucher")


def of_tab(user: User, tab: str) -> QuerySet[LoanChange]:
    """``waiting``: others' proposals that need a second person; ``mine``; ``decided``: all decided ones."""
    rows = visible(user)
    if tab == "mine":
        return rows.filter(maker=user)
    if tab == "decided":
        return rows.exclude(state=ChangeState.PROPOSED)
    return rows.filter(state=ChangeState.PROPOSED).exclude(maker=user)


def waiting_count(user: User) -> int:
    """Others' proposals, counted up to ``COUNT_CAP``."""
    return of_tab(user, "waiting").order_by().select_related(None)[:COUNT_CAP].count()


def one(user: User, change_id: Any) -> LoanChange | None:
    rows = visible(user).select_related(*_PEOPLE, "loan__contract", "loan__application", "result")
    return rows.filter(pk=change_id).first()
