"""Uses of coupons: reserved with the offers, used at signing, released when the offers are gone.

The only writer of ``CouponUse``. Whoever reserves holds the application's row first, then the locks
of the coupons in one order, so that budgets hold and nobody waits in a circle. All may run twice.
"""

import zlib
from collections.abc import Collection, Sequence
from datetime import date, datetime

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from lending.domain.coupons import Lowering, PlannedUse, Usage, interest_saved, lowerings, refusal
from lending.models import CouponUse, LoanApplication, LoanContract, Offer
from lending.selectors import coupons as coupon_selectors
from products.domain.coupons import Coupon
from products.domain.schedule import Schedule
from products.domain.terms import LoanTerms
from products.selectors import coupons as coupon_rows

State = CouponUse.State
_COUPON_LOCK = 7_003
_CUSTOMER_LOCK = 7_004


class BudgetSpent(Exception):
    """The coupon ``code`` does not fit any more; ``why``: amount, count, customer or yearly.

    Nothing was reserved: decide again without it.
    """

    def __init__(self, code: str, why: str) -> None:
        super().__init__(f"{code}: {why}")
        self.code, self.why = code, why


def reserve(*, application: LoanApplication, uses: Sequence[PlannedUse], now: datetime) -> None:
    """Reserve ``uses`` for the current round of a locked application; earlier ones are released.

    Caller holds the application's lock and a transaction, which stays usable after ``BudgetSpent``.
    """
    planned = {use.coupon.code: use for use in uses}
    with transaction.atomic():
        live = application.coupon_uses.exclude(state=State.RELEASED)
        kept = set(
            live.filter(
                round=application.decision_round, coupon_code__in=list(planned)
            ).values_list("coupon_code", flat=True)
        )
        _release(live.exclude(coupon_code__in=kept), now)
        planned = {code: use for code, use in planned.items() if code not in kept}
        if not planned:
            return
        _take_turns(application, planned.values())
        _check_budgets(application, planned, timezone.localdate(now))
        CouponUse.objects.bulk_create(
            CouponUse(
                application=application,
                customer_id=application.customer_id,
                coupon_code=code,
                kind=use.coupon.kind,
                funder=use.coupon.funder,
                round=application.decision_round,
                rate_before=use.rate_before,
                rate_after=use.rate_after,
                benefit_max=use.benefit_max,
                created_at=now,
            )
            for code, use in planned.items()
        )


def settle_uses(*, application: LoanApplication, contract: LoanContract, now: datetime) -> None:
    """reserved → used for what the signed contract's price stands on; the rest is released.

    Caller holds the application's lock and the transaction that signs. What the paper promises is
    kept, and counted, even if its reservation was lost.
    """
    live = {
        use.coupon_code: use
        for use in application.coupon_uses.exclude(state=State.RELEASED).select_for_update()
    }
    steps = {step.code: step for step in lowerings(contract.provenance)}
    lost = coupon_rows.published([code for code in steps if code not in live])
    for code, step in steps.items():
        use = live.pop(code, None)
        if use is None and code in lost:
            use = _renewed(application, lost[code], step, now)
        if use is not None and use.state == State.RESERVED:
            _use(use, step, contract, now)
    _release(application.coupon_uses.filter(pk__in=[use.pk for use in live.values()]), now)


def release(*, application: LoanApplication, now: datetime) -> int:
    """Give back what is reserved for an application whose offers are gone; returns how many.

    Used ones stay: a signed price binds, also while a refused payout is tried again.
    """
    return _release(application.coupon_uses.all(), now)


def release_stale(*, now: datetime, limit: int = 200) -> int:
    """Give back reservations nobody can sign any more; returns how many. For the sweeper."""
    released = 0
    found = coupon_selectors.stale(now).order_by("created_at")
    for application_id in list(found.values_list("application_id", flat=True)[:limit]):
        with transaction.atomic():
            application = (
                LoanApplication.objects.select_for_update(skip_locked=True, of=("self",))
                .filter(pk=application_id)
                .first()
            )
            if application is not None:  # else somebody is just deciding or signing
                still = coupon_selectors.stale(now).filter(application=application)
                released += _release(still, now)
    return released


def _check_budgets(
    application: LoanApplication, planned: dict[str, PlannedUse], on: date
) -> None:
    used = coupon_selectors.usages(planned, customer_id=application.customer_id, on=on)
    left = coupon_selectors.yearly_max(on) - used.subsidies
    for code, use in sorted(planned.items()):
        why = refusal(use.coupon, used.of.get(code, Usage()), use.benefit_max)
        if why is None and use.coupon.is_subsidy:
            left -= use.benefit_max
            why = "yearly" if left < 0 else None
        if why is not None:
            raise BudgetSpent(code, why)


def _take_turns(application: LoanApplication, uses: Collection[PlannedUse]) -> None:
    """One after another per coupon, and per person for subsidies; always in the same order."""
    keys = [(_COUPON_LOCK, use.coupon.code) for use in uses]
    if any(use.coupon.is_subsidy for use in uses):
        keys.append((_CUSTOMER_LOCK, str(application.customer_id)))
    with connection.cursor() as cursor:
        for room, key in sorted({(room, _key(text)) for room, text in keys}):
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [room, key])


def _key(text: str) -> int:
    return zlib.crc32(text.encode()) - 2**31


def _use(use: CouponUse, step: Lowering, contract: LoanContract, now: datetime) -> None:
    offer: Offer = contract.offer
    use.state, use.used_at = State.USED, now
    use.rate_before, use.rate_after = step.rate_before, step.rate_after
    use.benefit = interest_saved(
        LoanTerms.from_dict(contract.terms),
        step,
        amount=contract.amount,
        plan=offer,
        start=Schedule.from_dict(contract.schedule_preview).start,
    )
    use.benefit_max = use.benefit if use.benefit_max is None else use.benefit_max
    use.save()


def _renewed(
    application: LoanApplication, coupon: Coupon, step: Lowering, now: datetime
) -> CouponUse:
    return CouponUse(
        application=application,
        customer_id=application.customer_id,
        coupon_code=coupon.code,
        kind=coupon.kind,
        funder=coupon.funder,
        round=application.decision_round,
        rate_before=step.rate_before,
        rate_after=step.rate_after,
        created_at=now,
    )


def _release(rows: QuerySet[CouponUse], now: datetime) -> int:
    return rows.filter(state=State.RESERVED).update(state=State.RELEASED, released_at=now)
