"""Which code brought this person here, and so: which product, which branch, which helper."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import get_language

from lending.models import Customer, LoanApplication, ReferralCode
from lending.selectors import codes as code_selectors
from lending.selectors import organisation as organisation_selectors
from lending.selectors import scans as scan_selectors


def source_token(request: HttpRequest) -> str:
    return scan_selectors.read_cookie(request.COOKIES.get(scan_selectors.COOKIE, "")).token


def referral_code(request: HttpRequest, now: datetime) -> ReferralCode | None:
    """The scanned code while it may be used, else the bank's universal code, else None."""
    scanned = scan_selectors.read_cookie(request.COOKIES.get(scan_selectors.COOKIE, "")).code
    for name in (scanned, code_selectors.UNIVERSAL_CODE):
        row = code_selectors.by_code(name) if name else None
        if row is not None and code_selectors.is_usable(row, now):
            return row
    return None


def helper(
    request: HttpRequest, *, application: LoanApplication | None, customer: Customer | None
) -> dict[str, Any]:
    """Officer and branch for the foot of the page, the bank's name for its head."""
    officer = application.officer if application else None
    if officer is None and application is None:
        code = referral_code(request, timezone.now())
        officer = (code.officer if code else None) or (customer.officer if customer else None)
    if officer is not None:
        branch = officer.branch
    else:
        branch = application.branch if application else organisation_selectors.main_branch()
    entity = branch.legal_entity if branch else None
    english = (get_language() or "").startswith("en")
    return {
        "officer": officer,
        "branch": branch,
        "bank_name": (entity.name_en if english else entity.name) if entity else "",
    }
