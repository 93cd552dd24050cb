"""The postings of one account, newest first, with the balance they lead to."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Q, QuerySet, Sum

from lending.models import Account, Branch, Posting

PAGE_ROWS = 50


@dataclass(frozen=True)
class AccountPage:
    """``rows``: postings and the account's balance after each; ``after`` names the next page ("" = last)."""

    rows: list[tuple[Posting, Decimal]]
    after: str


def by_code(code: str) -> Account | None:
    return Account.objects.filter(code=code).first()


def postings(
    account: Account, *, branch: Branch | None, first: date, last: date, after: str = ""
) -> AccountPage:
    """One page of the days ``first`` to ``last``, both included; ``after`` as a page before gave it."""
    everything = Posting.objects.filter(account=account)
    if branch:
        everything = everything.filter(branch=branch)
    found = everything.filter(accounting_date__range=(first, last))
    key = _key(after)
    if key is not None:
        day, number = key
        found = found.filter(
            Q(accounting_date__lt=day) | Q(accounting_date=day, pk__lt=number)
        )
    page = list(
        found.select_related("journal", "branch", "loan").order_by("-accounting_date", "-pk")[
            : PAGE_ROWS + 1
        ]
    )
    rows = page[:PAGE_ROWS]
    more = len(page) > PAGE_ROWS
    return AccountPage(
        _with_balances(rows, everything),
        f"{rows[-1].accounting_date.isoformat()}_{rows[-1].pk}" if more else "",
    )


def _with_balances(
    rows: list[Posting], everything: "QuerySet[Posting]"
) -> list[tuple[Posting, Decimal]]:
    """The balance at the top of the page in one sum, then back row by row."""
    if not rows:
        return []
    top = rows[0]
    upto = Q(accounting_date__lt=top.accounting_date) | Q(
        accounting_date=top.accounting_date, pk__lte=top.pk
    )
    balance = everything.filter(upto).aggregate(total=Sum("amount"))["total"]
    found = []
    for row in rows:
        found.append((row, balance))
        balance -= row.amount
    return found


def _key(after: str) -> tuple[date, int] | None:
    day, _, number = after.partition("_")
    try:
        return date.fromisoformat(day), int(number[:18])
    except ValueError:
        return None
