"""Vouchers of money taken over the counter: their numbers, each booked once, and their scans."""

import re

from django.utils.translation import gettext_lazy as _

from lending.domain import loan_changes as rules
from lending.errors import InvalidInput
from lending.models import LoanChange, LoanTransaction

CHANNEL = "officer"
_NUMBER = re.compile(r"[0-9A-Z][0-9A-Z/_-]{1,37}", re.ASCII)
#: A voucher is booked again only after its booking was reversed; more often than this is no slip.
_TIMES_MAX = 20


def normal(number: str) -> str:
    return number.strip().upper()[:40]


def media_type(scan: bytes | None) -> str:
    """The media type of a scan ("": none). Raises ``InvalidInput`` for what is no small picture or PDF."""
    if not scan:
        return ""
    found = rules.media_type(scan)
    if len(scan) > rules.VOUCHER_BYTES_MAX or found is None:
        raise InvalidInput.field("voucher", _("Please take a picture or a PDF of at most 2 MB."))
    return found


def check(change: LoanChange) -> None:
    """Refuse a number that is none, waits elsewhere, or is booked and not reversed."""
    if not _NUMBER.fullmatch(change.voucher_no):
        raise InvalidInput.field(
            "voucher_no", _("Please enter the voucher's number: letters, digits and dashes.")
        )
    waiting = LoanChange.objects.filter(voucher_no=change.voucher_no, state="proposed")
    if waiting.exclude(pk=change.pk).exists():
        raise InvalidInput.field("voucher_no", _("This voucher waits for a second person already."))
    booked = LoanTransaction.objects.filter(channel=CHANNEL, channel_ref__in=_refs(change))
    if booked.filter(reversal__isnull=True).exists() or booked.count() >= _TIMES_MAX:
        raise InvalidInput.field("voucher_no", _("This voucher is booked already."))


def channel_ref(change: LoanChange) -> str:
    """The reference of the booking: the number, with a count behind it after a reversal."""
    used = LoanTransaction.objects.filter(channel=CHANNEL, channel_ref__in=_refs(change)).count()
    return _refs(change)[used]


def _refs(change: LoanChange) -> list[str]:
    number = change.voucher_no
    return [number, *(f"{number}#{times}" for times in range(2, _TIMES_MAX + 2))]
