"""Budgets hold however many reserve at once; a use is settled once; nothing stays reserved."""

import datetime as dt
import itertools
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connections, transaction

from lending.domain.application_flow import Action, Role
from lending.domain.coupons import PlannedUse, lowerings, plan_uses
from lending.models import Branch, BusinessDay, CouponUse, Customer, LoanApplication, Offer
from lending.selectors import contracts as contract_selectors
from lending.selectors.coupons import broken_coupon_uses, figures, spent
from lending.services import coupons, moves, offers
from lending.services.coupons import BudgetSpent
from products import selectors as product_selectors
from products.domain.coupons import Coupon, reduce
from products.selectors.coupons import coupons_on
from products.services import coupons as coupon_rows
from tests.lending.conftest import Applicant, Cast

pytestmark = pytest.mark.django_db
NUMBERS = itertools.count(1)
YUAN = Decimal("0.01")


def published(code: str = "school", **changes: Any) -> Coupon:
    values = {
        "name_zh": "开学季", "name_en": "Back to school", "bp_off": 30, "stack_group": code,
        "valid_from": dt.date(2026, 11, 24), "valid_to": dt.date(2027, 1, 1), **changes,
    }
    row = coupon_rows.draft(code=code, values=values, author="wang")
    coupon_rows.publish(
        coupon=coupon_rows.submit(coupon=row), checker="li", today=dt.date(2026, 11, 24)
    )
    found = coupons_on(product_path=("shandai",), on=dt.date(2026, 11, 24))
    return next(one for one in found if one.code == code)


def subsidy(code: str = "state", **changes: Any) -> Coupon:
    return published(
        code, kind="subsidy", bp_off=100, share_max=Decimal("0.5"), funder="财政部",
        legal_basis="财金〔2026〕1号", **changes,
    )


def bare(now: dt.datetime, customer: Customer | None = None) -> LoanApplication:
    """An application of a new customer, without the way that leads to it."""
    number = next(NUMBERS)
    branch = Branch.objects.select_related("legal_entity").order_by("pk")[0]
    customer = customer or Customer.objects.create(
        customer_no=f"T{number:06d}", mobile="13900000000", mobile_index=f"test-{number}",
        created_at=now,
    )
    return LoanApplication.objects.create(
        customer=customer, legal_entity=branch.legal_entity, product_code="shandai",
        product_version=product_selectors.current_version("shandai", now.date()), branch=branch,
        qr_code="universal", purpose="consumption", created_at=now, state_since=now,
        expires_at=now + dt.timedelta(days=7),
    )


def use(coupon: Coupon, benefit: str = "100.00") -> PlannedUse:
    return PlannedUse(coupon, Decimal("0.072"), Decimal("0.069"), Decimal(benefit))


def reserve(application: LoanApplication, now: dt.datetime, *uses: PlannedUse) -> None:
    with transaction.atomic():
        coupons.reserve(application=moves.locked(application.pk), uses=uses, now=now)


def states(application: LoanApplication) -> list[tuple[str, str]]:
    rows = application.coupon_uses.order_by("created_at", "coupon_code")
    return sorted(rows.values_list("coupon_code", "state"))


def breaches(now: dt.datetime) -> list[str]:
    return [breach["detail"] for breach in broken_coupon_uses(now)]


@pytest.mark.django_db(transaction=True)
def test_twenty_at_once_reserve_a_budget_of_five(bank: None, now: dt.datetime) -> None:
    coupon = published(budget_count=5)
    many = [bare(now) for _ in range(20)]
    together = Barrier(20)

    def try_one(application: LoanApplication) -> str:
        try:
            together.wait(20)
            reserve(application, now, use(coupon))
        except BudgetSpent as refused:
            return str(refused)
        finally:
            connections.close_all()
        return "reserved"

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(try_one, many))
    assert sorted(answers) == ["reserved"] * 5 + ["school: count"] * 15
    assert CouponUse.objects.filter(state="reserved").count() == 5
    assert breaches(now) == []


@pytest.mark.django_db(transaction=True)
def test_two_coupons_in_any_order_never_wait_in_a_circle(bank: None, now: dt.datetime) -> None:
    pair = [published("one", budget_amount=Decimal(900)), published("two", budget_count=9)]
    many = [bare(now) for _ in range(20)]

    def try_one(numbered: tuple[int, LoanApplication]) -> bool:
        number, application = numbered
        try:
            reserve(application, now, *(use(one) for one in (pair, pair[::-1])[number % 2]))
        except BudgetSpent:
            return False
        finally:
            connections.close_all()
        return True

    with ThreadPoolExecutor(10) as pool:
        assert sum(pool.map(try_one, enumerate(many))) == 9
    assert figures(["one", "two"])["one"]["reserved"].amount == Decimal("900.00")


class TestBudgets:
    def test_money(self, bank: None, now: dt.datetime) -> None:
        coupon = published(budget_amount=Decimal("250.00"))
        for benefit in ("100.00", "100.00"):
            reserve(bare(now), now, use(coupon, benefit))
        late = bare(now)
        with pytest.raises(BudgetSpent, match="school: amount"):
            reserve(late, now, use(coupon, "50.01"))
        assert states(late) == []
        assert spent(coupons=[coupon], customer_id=late.customer_id, on=now.date()) == frozenset()
        reserve(late, now, use(coupon, "50.00"))
        assert spent(coupons=[coupon], customer_id=late.customer_id, on=now.date()) == {"school"}

    def test_one_person(self, bank: None, now: dt.datetime) -> None:
        coupon, first = published(per_customer=1), bare(now)
        reserve(first, now, use(coupon))
        second = bare(now, first.customer)
        with pytest.raises(BudgetSpent, match="school: customer"):
            reserve(second, now, use(coupon))
        ask = {"coupons": [coupon], "on": now.date()}
        assert spent(**ask, customer_id=first.customer_id) == {"school"}
        assert spent(**ask, customer_id=first.customer_id, application_id=first.pk) == frozenset()
        assert spent(**ask, customer_id=bare(now).customer_id) == frozenset()
        coupons.release(application=first, now=now)
        reserve(second, now, use(coupon))

    def test_subsidies_of_a_year(self, bank: None, now: dt.datetime) -> None:
        one, two, own = subsidy("one"), subsidy("two"), published("own")
        first = bare(now)
        reserve(first, now, use(one, "2000.00"), use(own, "9000.00"))
        second = bare(now, first.customer)
        with pytest.raises(BudgetSpent, match="two: yearly"):
            reserve(second, now, use(two, "1000.01"))
        reserve(second, now, use(two, "1000.00"))
        ask = {"coupons": [one, two, own], "on": now.date()}
        assert spent(**ask, customer_id=first.customer_id) == {"one", "two"}
        assert spent(**ask, customer_id=bare(now).customer_id) == frozenset()

    def test_no_subsidy_after_the_law_that_allows_it(self, bank: None, now: dt.datetime) -> None:
        coupon, later = subsidy(), now.replace(year=2027)
        assert spent(
            coupons=[coupon], customer_id=bare(now).customer_id, on=later.date()
        ) == {"state"}
        with pytest.raises(BudgetSpent, match="yearly"):
            reserve(bare(later), later, use(coupon))

    def test_a_refusal_leaves_the_transaction_usable(self, bank: None, now: dt.datetime) -> None:
        full, other = published("full", budget_count=1), published("other")
        reserve(bare(now), now, use(full))
        application = bare(now)
        with transaction.atomic():
            locked = moves.locked(application.pk)
            with pytest.raises(BudgetSpent) as refused:
                coupons.reserve(application=locked, uses=[use(other), use(full)], now=now)
            assert refused.value.code == "full"
            coupons.reserve(application=locked, uses=[use(other)], now=now)
        assert states(application) == [("other", "reserved")]

    def test_one_query_asks_what_is_spent(
        self, bank: None, now: dt.datetime, django_assert_num_queries: Any
    ) -> None:
        many = [published(f"c{n}", budget_count=1) for n in range(5)]
        application = bare(now)
        with django_assert_num_queries(1):
            spent(coupons=many, customer_id=application.customer_id, on=now.date())


def test_reserving_again_changes_nothing_and_a_new_round_starts_anew(
    bank: None, now: dt.datetime
) -> None:
    one, two = published("one", budget_count=1), published("two")
    application = bare(now)
    for _ in range(2):
        reserve(application, now, use(one), use(two))
    assert states(application) == [("one", "reserved"), ("two", "reserved")]
    LoanApplication.objects.filter(pk=application.pk).update(decision_round=2)
    reserve(application, now, use(one))
    assert states(application) == [("one", "released"), ("one", "reserved"), ("two", "released")]
    reserve(application, now)
    assert {state for _, state in states(application)} == {"released"}


def discount(applicant: Applicant, *some: Coupon) -> tuple[PlannedUse, ...]:
    """Give the applicant's offers these coupons, as the decision does, and reserve them."""
    application = applicant.application
    terms = product_selectors.resolved_terms(application.product_version_id).terms
    rows = list(application.offers.filter(state=Offer.State.OPEN))
    for offer in rows:
        lower = reduce(offer.annual_rate, some, floor=terms.rate_floor, bp_max=300)
        offer.annual_rate = lower.rate
        offer.provenance = [*offer.provenance, *(dict(step) for step in lower.steps)]
        offer.save()
    planned = plan_uses(
        loans=rows, coupons=some, terms=terms, start=applicant.now.date(), days=7
    )
    reserve(application, applicant.now, *planned)
    return planned


def sign(applicant: Applicant) -> None:
    applicant.sign()
    contract = contract_selectors.of_application(applicant.application)
    for _ in range(2):
        with transaction.atomic():
            coupons.settle_uses(
                application=moves.locked(applicant.application.pk), contract=contract,
                now=applicant.now,
            )


@pytest.fixture
def offered(cast: Cast) -> Applicant:
    return cast.applicant().to_offer()


def test_signing_counts_what_the_signed_schedule_saves(offered: Applicant) -> None:
    pair = published("own", bp_off=50), subsidy()
    planned = discount(offered, *pair)
    assert [one.coupon.code for one in planned] == ["own", "state"]
    offer = offered.application.offers.order_by("position")[0]
    small = offer.amount_min + offer.amount_step
    offered.accept(amount=str(small))
    sign(offered)
    assert states(offered.application) == [("own", "used"), ("state", "used")]
    contract = contract_selectors.of_application(offered.application)
    steps = {step.code: step for step in lowerings(contract.provenance)}
    for row in offered.application.coupon_uses.all():
        assert YUAN <= row.benefit < row.benefit_max
        assert row.rate_after == steps[row.coupon_code].rate_after
    assert row.rate_before - row.rate_after == Decimal("0.01")
    totals = figures(["own", "state"])
    assert totals["state"]["used"].count == 1
    assert coupons.release(application=offered.application, now=offered.now) == 0
    assert coupons.release_stale(now=offered.now + dt.timedelta(days=99)) == 0
    assert breaches(offered.now) == []


def test_a_whole_loan_never_costs_more_than_was_reserved(offered: Applicant) -> None:
    (planned,) = discount(offered, published())
    BusinessDay.objects.update(current_date=offered.now.date() + dt.timedelta(days=6))
    offered.accept()
    sign(offered)
    row = offered.application.coupon_uses.get()
    assert 0 < row.benefit <= row.benefit_max == planned.benefit_max


def test_what_the_signed_price_does_not_use_is_given_back(offered: Applicant) -> None:
    discount(offered, published("own"))
    reserve(offered.application, offered.now, use(published("other")), use(published("third")))
    assert ("own", "released") in states(offered.application)
    offered.accept()
    sign(offered)
    assert states(offered.application) == [
        ("other", "released"), ("own", "released"), ("own", "used"), ("third", "released"),
    ]  # the paper promised "own" although its reservation was gone: it is kept, and counted


@pytest.mark.parametrize("how", ["expired", "withdrawn", "void", "next_round"])
def test_the_sweeper_finds_what_nobody_can_sign(offered: Applicant, how: str) -> None:
    discount(offered, published())
    application, now = offered.application, offered.now
    assert coupons.release_stale(now=now) == 0
    if how == "expired":
        now += dt.timedelta(days=8)
    elif how == "void":
        application.offers.update(state=Offer.State.VOID)
    elif how == "next_round":
        application.offers.update(round=2)
    else:
        with transaction.atomic():
            moves.move(
                moves.locked(application.pk), action=Action.WITHDRAW, role=Role.CUSTOMER,
                actor="test", now=now,
            )
    assert coupons.release_stale(now=now) == 1
    assert coupons.release_stale(now=now) == 0
    assert states(application) == [("school", "released")]


def test_choosing_again_keeps_the_reservation(offered: Applicant) -> None:
    discount(offered, published())
    offered.accept()
    offers.reopen(**offered.key())
    assert coupons.release_stale(now=offered.now) == 0
    assert states(offered.application) == [("school", "reserved")]


def test_breaches_are_named(bank: None, now: dt.datetime) -> None:
    coupon = published(budget_count=1, budget_amount=Decimal("150.00"), per_customer=1)
    first = bare(now)
    reserve(first, now, use(coupon))
    assert breaches(now) == []
    row = first.coupon_uses.get()
    row.pk, row._state.adding, row.application = uuid4(), True, bare(now, first.customer)
    row.save()
    CouponUse.objects.filter(pk=row.pk).update(state="used", used_at=now, benefit=Decimal(90))
    found = breaches(now)
    assert found == [
        "¥190.00 of ¥150.00", "2 of 1 uses", f"customer {first.customer_id} has 2",
        "used without a signed contract",
    ]


@pytest.mark.parametrize(
    "change",
    [
        {"state": "used"}, {"state": "spent"}, {"benefit": 1}, {"benefit_max": 1}, {"round": 9},
        {"rate_after": Decimal("0.01")}, {"coupon_code": "x"}, {"kind": "subsidy"},
        {"state": "released"}, {"funder": "x"},
    ],
)
def test_postgresql_refuses_another_way(
    bank: None, now: dt.datetime, change: dict[str, Any]
) -> None:
    application = bare(now)
    reserve(application, now, use(published()))
    with pytest.raises(IntegrityError), transaction.atomic():
        application.coupon_uses.update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        application.coupon_uses.all().delete()
    coupons.release(application=application, now=now)
    with pytest.raises(IntegrityError), transaction.atomic():
        application.coupon_uses.update(state="reserved", released_at=None)
