"""What the product factory means for applicants: layers, lists, coupons, budgets, frozen contracts."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import pytest
from django.db import connections, transaction

from lending.errors import DomainError
from lending.models import CouponUse, LoanApplication, LoanContract, Offer, Officer, ReferralCode
from lending.selectors import offers as offer_selectors
from lending.services import applications, products, sale_limits
from lending.services.demo_lists import seed as seed_lists
from products.selectors import coupons as coupon_rows
from products.selectors import current_version, resolved_terms
from products.services import coupons as coupon_services
from risk.services import lists
from tests.lending.conftest import Applicant, Cast

pytestmark = pytest.mark.django_db
CODE = "jiancaicheng"
WORDS = {
    "name_zh": "建材城专享贷", "name_en": "Mall loan", "tagline_zh": "建材城商户", "tagline_en": "Mall",
}


def people() -> tuple[Officer, Officer]:
    return (
        Officer.objects.get(user__username="product"),
        Officer.objects.get(user__username="product.second"),
    )


def published(now: dt.datetime, *, code: str = CODE, in_flight: str = "keep", **values: Any) -> Any:
    """A campaign below 利商贷 on its whole way through the desk's services; again: a new version."""
    maker, checker = people()
    day = now.date()
    if ReferralCode.objects.filter(product_code=code).exists():
        day = now.date() + dt.timedelta(days=1)
        version = products.draft(officer=maker, product_code=code, valid_from=day, now=now)
    else:
        version = products.derive(
            officer=maker, parent_code="lishangdai", code=code, words=WORDS, valid_from=day,
            valid_to=None, now=now,
        )
    products.revise(
        officer=maker, version_id=version.pk, values={**version.values, **values}, valid_from=day,
        valid_to=None, note="for the mall", in_flight=in_flight, now=now,
    )
    products.submit(officer=maker, version_id=version.pk, now=now)
    return products.publish(officer=checker, version_id=version.pk, now=now)


SPREADS = {"A": 120, "B": 210, "C": 330, "D": 490, "E": 670}


def test_a_campaigns_offer_tells_every_layer_of_its_price(cast: Cast, now: dt.datetime) -> None:
    published(now, spread_bp_by_grade=SPREADS)
    applicant = cast.applicant("shop_owner", CODE).to_offer()
    offer = offer_selectors.open_offers(applicant.application, now)[0]
    steps = [step["step"] for step in offer.provenance]
    assert steps[0] == "LPR 1Y"
    assert [step.split()[1] for step in steps[1:4]] == ["shandai", "lishangdai", CODE]
    assert "limit" in steps
    assert len(steps) >= 5
    assert offer.expires_at - offer.created_at == dt.timedelta(days=5)  # 利商贷's own


def test_a_house_code_and_one_for_each_officer_exist_once_published(
    cast: Cast, now: dt.datetime
) -> None:
    published(now)
    codes = ReferralCode.objects.filter(product_code=CODE)
    assert codes.count() == 1 + Officer.objects.filter(role="officer").count()
    assert codes.get(officer=None).code == CODE
    published(now, code="for-one", officers=["S101"])
    assert [row.officer.staff_no for row in ReferralCode.objects.filter(product_code="for-one")] == [
        "S101"
    ]


def test_a_product_that_has_ended_says_so(cast: Cast, now: dt.datetime) -> None:
    version = published(now)
    products.retire(officer=people()[1], version_id=version.pk, on=now.date(), now=now)
    with pytest.raises(applications.UnusableCode):
        cast.applicant("shop_owner", CODE)


def test_a_lists_tier_moves_rate_and_limit_and_a_black_list_declines(
    cast: Cast, now: dt.datetime
) -> None:
    seed_lists(url=cast.sandbox.url, today=now.date(), now=now)
    Cast.used["teacher"] = Cast.used["fraud_ring"] = 0
    listed = cast.applicant("teacher").to_offer()
    offer = offer_selectors.open_offers(listed.application, now)[0]
    assert ("tier teacher", "-30 bp") in [(s["step"], s["value"]) for s in offer.provenance]
    other = cast.applicant("fraud_ring")
    other.complete()
    assert other.decide() == "declined"


def coupon(now: dt.datetime, **values: Any) -> None:
    row = coupon_services.draft(code="autumn", author="wang", values={
        "name_zh": "秋收优惠", "name_en": "Autumn", "kind": "coupon", "effect": "bp_off",
        "bp_off": 20, "valid_from": now.date(), "valid_to": now.date() + dt.timedelta(days=30),
        "legal_basis": "行内促销（示范）", **values,
    })
    coupon_services.publish(
        coupon=coupon_services.submit(coupon=row), checker="li", today=now.date()
    )


def test_a_coupon_is_reserved_with_the_offers_and_used_by_the_signature(
    cast: Cast, now: dt.datetime
) -> None:
    coupon(now, budget_count=1)
    applicant = cast.applicant("rice_farmer").to_offer()
    offer = offer_selectors.open_offers(applicant.application, now)[0]
    assert offer.coupons == ["autumn"]
    assert offer.rate_before - offer.annual_rate == Decimal("0.002000")
    assert CouponUse.objects.get().state == "reserved"
    second = cast.applicant("rice_farmer").to_offer()  # the budget of one is taken
    assert offer_selectors.open_offers(second.application, now)[0].coupons == []
    applicant.accept()
    applicant.sign()
    use = CouponUse.objects.get()
    assert (use.state, use.benefit > 0) == ("used", True)
    assert coupon_rows.by_code("autumn") is not None


def test_a_coupon_comes_back_when_the_person_walks_away(cast: Cast, now: dt.datetime) -> None:
    coupon(now, budget_count=1)
    applicant = cast.applicant("rice_farmer").to_offer()
    applications.withdraw(
        application_id=applicant.application.pk, customer=applicant.customer, reason="", now=now
    )
    assert CouponUse.objects.get().state == "released"
    assert cast.applicant("rice_farmer").to_offer()
    assert Offer.objects.filter(coupons=["autumn"], state="open").exists()


def test_a_budget_is_never_overspent_by_many_at_once(
    transactional_db: None, cast: Cast, now: dt.datetime
) -> None:
    published(now, budget_count=2)
    buyers = [cast.applicant("shop_owner", CODE).to_offer() for _ in range(4)]
    assert sorted(_accept_all(buyers)) == ["accepted", "accepted", "sold_out", "sold_out"]
    assert sale_limits.used(CODE)[1] == 2
    assert LoanContract.objects.count() == 2


def _accept_all(buyers: list[Applicant]) -> list[str]:
    def accept(buyer: Applicant) -> str:
        try:
            buyer.accept()
            return "accepted"
        except DomainError as error:
            return error.code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(buyers)) as pool:
        return list(pool.map(accept, buyers))


def test_the_places_of_a_day_are_counted(cast: Cast, now: dt.datetime) -> None:
    published(now, quota_per_day=1)
    cast.applicant("shop_owner", CODE)
    with pytest.raises(sale_limits.SoldOut), transaction.atomic():
        cast.applicant("shop_owner", CODE)
    assert LoanApplication.objects.filter(product_code=CODE).count() == 1


@pytest.mark.parametrize(("in_flight", "moves"), [("keep", False), ("move", True)])
def test_open_applications_keep_their_version_unless_the_new_one_moves_them(
    cast: Cast, now: dt.datetime, in_flight: str, moves: bool
) -> None:
    first = published(now, spread_bp_by_grade=SPREADS)
    applicant = cast.applicant("shop_owner", CODE)
    applicant.complete()
    second = published(now, in_flight=in_flight, age_max=60)
    _next_day(now)
    applicant.decide()
    assert applicant.application.product_version_id == (second.pk if moves else first.pk)


def test_a_signed_contract_survives_every_later_edit(cast: Cast, now: dt.datetime) -> None:
    published(now, spread_bp_by_grade=SPREADS)
    applicant = cast.applicant("shop_owner", CODE).to_signed()
    row = LoanContract.objects.get(application=applicant.application)
    before = {f: getattr(row, f) for f in ("terms", "provenance", "schedule_preview", "cost_sheet",
                                           "annual_rate", "html_sha256")}
    version = published(now, rate_cap="0.100000", grace_days=1, in_flight="move")
    maker, checker = people()
    tighter = products.draft(
        officer=maker, product_code="lishangdai", valid_from=now.date() + dt.timedelta(days=2),
        now=now,
    )
    products.revise(
        officer=maker, version_id=tighter.pk, values={**tighter.values, "age_max": 55},
        valid_from=tighter.valid_from, valid_to=None, note="", in_flight="move", now=now,
    )
    products.submit(officer=maker, version_id=tighter.pk, now=now)
    products.publish(officer=checker, version_id=tighter.pk, now=now)
    laid_anew = current_version(CODE, tighter.valid_from)
    assert resolved_terms(laid_anew.pk).terms.age_max == 55
    products.retire(officer=checker, version_id=laid_anew.pk, on=laid_anew.valid_from, now=now)
    assert version.pk != laid_anew.pk
    row.refresh_from_db()
    assert {field: getattr(row, field) for field in before} == before
    assert Decimal(row.terms["rate_cap"]) == Decimal("0.150000")


def _next_day(now: dt.datetime) -> None:
    from lending.models import BusinessDay  # the only test here that lets a day pass

    BusinessDay.objects.update(current_date=now.date() + dt.timedelta(days=1))


def test_a_list_of_the_product_lets_in_only_those_it_names(cast: Cast, now: dt.datetime) -> None:
    lists.create_list(
        code="mall", name_zh="建材城", name_en="Mall", kind="white", source="mall",
        legal_basis="consent", valid_from=now.date(), valid_to=None, author="S002", now=now,
    )
    published(now, white_lists=["mall"])
    stranger = cast.applicant("shop_owner", CODE)
    stranger.complete()
    assert stranger.decide() == "in_review"
    member = cast.applicant("shop_owner", CODE)
    lists.add_people(
        list_code="mall", people=[lists.Person(id_number=member.person["id_number"])],
        reason="named", author="S002", now=now, today=now.date(),
    )
    member.complete()
    assert member.decide() == "offered"
