"""Changes of a loan by two people: their kinds, their states, and what bounds them. Pure.

Extension (个人贷款管理办法): a loan of up to a year may be extended by at most its original term, a
longer one by at most half of it; the bank allows it once, and only while nothing is overdue.
"""

from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum

from lending.domain.servicing.facts import TransactionKind
from lending.domain.servicing.tiers import Tier


class ChangeKind(StrEnum):
    REPAYMENT = "repayment"
    PARTIAL_EARLY = "partial_early"
    PAYOFF = "payoff"
    RECOVERY = "recovery"
    REVERSAL = "reversal"
    WAIVER = "waiver"
    REFUND = "refund"
    EXTENSION = "extension"
    RESTRUCTURING = "restructuring"
    WRITE_OFF = "write_off"


class ChangeState(StrEnum):
    PROPOSED = "proposed"
    APPROVED = "approved"
    SENT_BACK = "sent_back"
    WITHDRAWN = "withdrawn"
    FAILED = "failed"


#: Money over the counter, proven by a voucher.
VOUCHER_KINDS = frozenset(
    {ChangeKind.REPAYMENT, ChangeKind.PARTIAL_EARLY, ChangeKind.PAYOFF, ChangeKind.RECOVERY}
)
#: These count from the business date only: the plan is changed from today on.
TODAY_ONLY = frozenset(
    {ChangeKind.REFUND, ChangeKind.EXTENSION, ChangeKind.RESTRUCTURING, ChangeKind.WRITE_OFF}
)
HEAD_OFFICE = "head_office"
#: Above this amount head office is one of the two people; a kind not named here has no bound.
WITHOUT_HEAD_OFFICE: Mapping[ChangeKind, Decimal] = {
    ChangeKind.WAIVER: Decimal("1000.00"),
    ChangeKind.EXTENSION: Decimal("200000.00"),
    ChangeKind.RESTRUCTURING: Decimal("50000.00"),
    ChangeKind.WRITE_OFF: Decimal(0),
}
WRITE_OFF_AFTER_DAYS = 360
REASON_MIN, REASON_MAX = 5, 300
#: A reason that stands for a missing ground of a write-off (death, a court's order …).
DOCUMENTED_REASON_MIN = 20
RESTRUCTURING_MONTHS_MAX = 120
VOUCHER_BYTES_MAX = 2_000_000
_MAGIC = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"%PDF-", "application/pdf"),
)


def needs_head_office(kind: ChangeKind, amount: Decimal) -> bool:
    """Whether one of the two people must be of head office."""
    bound = WITHOUT_HEAD_OFFICE.get(kind)
    return bound is not None and amount > bound


def extension_months_max(term_months: int) -> int:
    return term_months if term_months <= 12 else term_months // 2


def may_write_off(tier: Tier, days_past_due: int) -> bool:
    """By the loan's own state, without a documented reason."""
    return tier is Tier.LOSS or days_past_due > WRITE_OFF_AFTER_DAYS


def media_type(content: bytes) -> str | None:
    """What a scanned voucher is, by its first bytes: JPEG, PNG or PDF; anything else is None."""
    found = (name for magic, name in _MAGIC if content.startswith(magic))
    return next(found, "image/webp" if _is_webp(content) else None)


def _is_webp(content: bytes) -> bool:
    return content[:4] == b"RIFF" and content[8:12] == b"WEBP"


def transaction_kind(kind: ChangeKind) -> TransactionKind:
    """The fact a change becomes. Raises ``ValueError`` for a reversal, which is no fact of its own."""
    return TransactionKind(kind.value)
