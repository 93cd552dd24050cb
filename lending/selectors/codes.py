"""Which referral code is this, and may it still be used?"""

from datetime import datetime

from django.db.models import QuerySet

from lending.models import Officer, ReferralCode

UNIVERSAL_CODE = "universal"


def by_code(code: str) -> ReferralCode | None:
    """The code's row whatever its state, with its officer and branch; None when unknown."""
    return (
        ReferralCode.objects.select_related("officer__branch__legal_entity")
        .filter(code=code[:40])
        .first()
    )


def is_usable(code: ReferralCode, now: datetime) -> bool:
    return code.state == ReferralCode.State.ACTIVE and (
        code.valid_to is None or code.valid_to > now
    )


def of_officer(officer: Officer) -> QuerySet[ReferralCode]:
    """The officer's own codes, by product."""
    return ReferralCode.objects.filter(officer=officer).order_by("product_code", "code")
