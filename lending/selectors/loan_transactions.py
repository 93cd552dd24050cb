"""Finding a transaction among all: by day, amount, kind, channel, note, voucher or core number."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.contrib.auth.models import User
from django.db.models import Q, QuerySet

from lending.models import LoanTransaction, Officer
from lending.selectors import worklists

_EVERYTHING = (Officer.Role.HEAD_OFFICE, Officer.Role.RISK, Officer.Role.FINANCE)


@dataclass(frozen=True)
class Wanted:
    """Empty parts do not narrow. ``reference``: a voucher's or the core bank's number, whole."""

    since: date | None = None
    until: date | None = None
    amount: Decimal | None = None
    kind: str = ""
    channel: str = ""
    note_no: str = ""
    reference: str = ""


def found(user: User, wanted: Wanted) -> QuerySet[LoanTransaction]:
    """The viewer's transactions, to be paged newest first. Days are value dates."""
    rows = LoanTransaction.objects.all()
    officer = worklists.officer_of(user)
    if officer is None or officer.role not in _EVERYTHING:
        rows = rows.filter(loan__in=worklists.loans(user).order_by().values("pk"))
    if wanted.since:
        rows = rows.filter(value_date__gte=wanted.since)
    if wanted.until:
        rows = rows.filter(value_date__lte=wanted.until)
    if wanted.amount is not None:
        rows = rows.filter(amount=wanted.amount)
    if wanted.kind:
        rows = rows.filter(kind=wanted.kind)
    if wanted.channel:
        rows = rows.filter(channel=wanted.channel)
    if wanted.note_no:
        rows = rows.filter(loan__note_no=wanted.note_no)
    if wanted.reference:
        ref = wanted.reference
        rows = rows.filter(
            Q(channel_ref__in=(ref, ref.upper()))
            | Q(card_transfer__core_txn_id=ref)
            | Q(card_transfer__core_key=ref)
        )
    return rows.select_related(
        "loan__customer", "loan__branch", "maker__officer", "checker__officer", "reversal", "card_transfer"
    )
