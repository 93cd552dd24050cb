"""Which roles may do what at the desk beyond their own customers. Pure: one table, read aloud.

Who makes a change never releases it: the two-person rule stands in the services and in the
database; this table only says who may be one of the two.
"""

from collections.abc import Mapping
from enum import StrEnum


class Duty(StrEnum):
    SEE_PRODUCTS = "see_products"
    MAKE_PRODUCTS = "make_products"
    RELEASE_PRODUCTS = "release_products"
    KEEP_LISTS = "keep_lists"
    KEEP_COUPONS = "keep_coupons"
    RELEASE_COUPONS = "release_coupons"
    KEEP_CALENDARS = "keep_calendars"
    SEE_RISK = "see_risk"
    KEEP_SOURCES = "keep_sources"
    MAKE_STRATEGIES = "make_strategies"
    RELEASE_STRATEGIES = "release_strategies"
    HELP_APPLICANTS = "help_applicants"
    SEE_BOOKS = "see_books"  # ledger, end of day, reconciliation
    CLOSE_DAYS = "close_days"
    CHANGE_LOANS = "change_loans"  # ask for a reversal, a voucher, an extension, a write-off …
    RELEASE_LOAN_CHANGES = "release_loan_changes"  # … and be the second person
    RESOLVE_BREAKS = "resolve_breaks"
    COLLECT = "collect"  # arrears: cases, promises, letters
    KEEP_ACCOUNTS = "keep_accounts"  # chart of accounts and its mapping


_EVERYBODY = frozenset({"officer", "manager", "head_office", "risk", "product", "finance"})
_HEAD = frozenset({"head_office", "risk", "product"})

ROLES_OF: Mapping[Duty, frozenset[str]] = {
    Duty.SEE_PRODUCTS: _EVERYBODY,
    Duty.MAKE_PRODUCTS: frozenset({"head_office", "product"}),
    Duty.RELEASE_PRODUCTS: _HEAD,
    Duty.KEEP_LISTS: _HEAD,
    Duty.KEEP_COUPONS: frozenset({"head_office", "product"}),
    Duty.RELEASE_COUPONS: _HEAD,
    Duty.KEEP_CALENDARS: _HEAD,
    Duty.SEE_RISK: frozenset({"manager", "head_office", "risk"}),
    Duty.KEEP_SOURCES: frozenset({"head_office", "risk"}),
    Duty.MAKE_STRATEGIES: frozenset({"risk"}),
    Duty.RELEASE_STRATEGIES: frozenset({"risk", "head_office"}),
    Duty.HELP_APPLICANTS: frozenset({"officer", "manager"}),
    Duty.SEE_BOOKS: frozenset({"finance", "head_office", "risk"}),
    Duty.CLOSE_DAYS: frozenset({"finance", "head_office"}),
    Duty.CHANGE_LOANS: frozenset({"finance", "head_office", "manager", "officer"}),
    Duty.RELEASE_LOAN_CHANGES: frozenset({"finance", "head_office"}),
    Duty.RESOLVE_BREAKS: frozenset({"finance", "head_office"}),
    Duty.COLLECT: frozenset({"officer", "manager", "head_office", "risk", "finance"}),
    Duty.KEEP_ACCOUNTS: frozenset({"finance", "head_office"}),
}


def may(role: str, duty: Duty) -> bool:
    """Whether staff of ``role`` may do ``duty``; an unknown role may do nothing."""
    return role in ROLES_OF[duty]
