"""Five-tier classification by days past due, with floors and cure periods. Pure.

Source: 金融资产风险分类办法 (2023-07-01): overdue → at least special mention; beyond 90, 270, 360 days
→ at least substandard, doubtful, loss. A non-performing loan goes up only after all arrears are paid
and six more months went well; a restructured one is observed for a year (special mention or worse).
"""

from datetime import date
from enum import StrEnum

from products.domain.calendar import add_months


class Tier(StrEnum):
    NORMAL = "normal"
    SPECIAL_MENTION = "special_mention"
    SUBSTANDARD = "substandard"
    DOUBTFUL = "doubtful"
    LOSS = "loss"


TIERS = tuple(Tier)
#: More days past due than this → at least this tier.
FLOORS = ((360, Tier.LOSS), (270, Tier.DOUBTFUL), (90, Tier.SUBSTANDARD), (0, Tier.SPECIAL_MENTION))
NON_PERFORMING = frozenset({Tier.SUBSTANDARD, Tier.DOUBTFUL, Tier.LOSS})
CURE_MONTHS = 6
OBSERVED_MONTHS = 12
#: Interest overdue for more days than this leaves the books (表外).
NON_ACCRUAL_AFTER_DAYS = 90


def floor_of(days_past_due: int) -> Tier:
    """The best tier a loan this late may have."""
    return next((tier for days, tier in FLOORS if days_past_due > days), Tier.NORMAL)


def worse(one: Tier, other: Tier) -> Tier:
    return max(one, other, key=TIERS.index)


def cured_on(clean_since: date) -> date:
    """The day a non-performing loan without arrears since ``clean_since`` may go up."""
    return add_months(clean_since, CURE_MONTHS)


def observed_until(restructured_on: date) -> date:
    return add_months(restructured_on, OBSERVED_MONTHS)


def classify(
    before: Tier,
    *,
    days_past_due: int,
    today: date,
    clean_since: date | None,
    observed_to: date | None,
) -> Tier:
    """The tier of ``today`` after ``before``."""
    tier = floor_of(days_past_due)
    still_held = days_past_due > 0 or clean_since is None or today < cured_on(clean_since)
    if before in NON_PERFORMING and still_held:
        tier = worse(tier, before)
    if observed_to is not None and today < observed_to:
        tier = worse(tier, Tier.SPECIAL_MENTION)
    return tier


def bucket_of(days_past_due: int) -> str:
    """M0 (not overdue), M1 (1–30 days) … M6 (151–180), M7+."""
    month = -(-days_past_due // 30)
    return f"M{month}" if month < 7 else "M7+"
