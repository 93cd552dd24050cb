"""Budgets and quotas of products: what a layer states counts everything sold below it.

Whoever takes the last of a budget is told before reading a contract: room is taken when an offer is
accepted, under one lock per limited product, and given back when that contract is void. Nothing is
counted up anywhere: the contracts themselves are the count.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import connection
from django.db.models import Count, QuerySet, Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lending.domain.application_flow import State
from lending.errors import DomainError
from lending.models import LoanApplication, LoanContract
from products import selectors as product_selectors
from products.domain.layers import SaleLimit
from products.selectors.versions import codes_below

_LOCK_SPACE = 7_101
_TAKEN = (State.ACCEPTED, State.SIGNED, State.DISBURSING, State.DISBURSED)


class SoldOut(DomainError):
    """The product's budget or quota is used up; nothing was changed."""

    code = "sold_out"
    status = 409


def require_room_to_start(*, limits: Sequence[SaleLimit], now: datetime) -> None:
    """Raises ``SoldOut`` when a layer's applications of the day are used up. Caller's transaction."""
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    for limit in _in_order(limits):
        if limit.field != "quota_per_day":
            continue
        _lock(limit.product_code)
        begun = LoanApplication.objects.filter(
            product_code__in=codes_below(limit.product_code),
            created_at__gte=midnight, created_at__lt=midnight + timedelta(days=1),
        ).count()
        if begun >= limit.value:
            raise SoldOut(_("Today's places for this product are taken. Please come back tomorrow."))


def require_room(*, application: LoanApplication, amount: Decimal) -> None:
    """Raises ``SoldOut`` when ``amount`` no longer fits a budget or an officer's quota.

    Caller's transaction writes the contract that takes the room.
    """
    resolved = product_selectors.resolved_terms(application.product_version_id)
    for limit in _in_order(resolved.sale_limits):
        if limit.field == "quota_per_day":
            continue
        _lock(limit.product_code)
        rows = _contracts(limit.product_code).exclude(application=application)
        if limit.field == "quota_per_officer":
            if application.officer_id is None:
                continue
            rows = rows.filter(application__officer_id=application.officer_id)
        used = rows.aggregate(amount=Sum("amount"), count=Count("pk"))
        if limit.field == "budget_amount":
            full = (used["amount"] or Decimal(0)) + amount > limit.value
        else:
            full = used["count"] + 1 > limit.value
        if full:
            raise SoldOut(
                _("The budget of this offer has just been used up. You can apply for our general loan.")
            )


def used(product_code: str) -> tuple[Decimal, int]:
    """Yuan and contracts that count against the product's own budget."""
    found = _contracts(product_code).aggregate(amount=Sum("amount"), count=Count("pk"))
    return found["amount"] or Decimal(0), found["count"]


def _contracts(product_code: str) -> "QuerySet[LoanContract]":
    return LoanContract.objects.filter(
        voided_at__isnull=True,
        application__product_code__in=codes_below(product_code),
        application__state__in=_TAKEN,
    )


def _in_order(limits: Sequence[SaleLimit]) -> list[SaleLimit]:
    """Always the same order of locks: two buyers never wait for each other."""
    return sorted(limits, key=lambda limit: (limit.product_code, limit.field))


def _lock(product_code: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [_LOCK_SPACE, product_code])
