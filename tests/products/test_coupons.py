"""Coupons as rows: two people, the law's numbers, and what PostgreSQL itself refuses."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from products.domain.coupons import Coupon
from products.models import RateCoupon
from products.selectors import MissingParameter
from products.selectors.coupons import by_code, coupons_on, product_path
from products.services import coupons
from products.services.coupons import BeyondLaw, WrongCoupon
from products.services.errors import IllegalStep, SamePerson, WrongDay

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("seeded")]
TODAY = dt.date(2026, 11, 24)
DECEMBER, NEW_YEAR = dt.date(2026, 12, 1), dt.date(2027, 1, 1)
PATH = ("shandai", "youkedai")


def values(**changes: Any) -> dict[str, Any]:
    return {
        "name_zh": "开学季", "name_en": "Back to school", "bp_off": 30, "valid_from": DECEMBER,
        "valid_to": NEW_YEAR, "budget_amount": Decimal("50000.00"), **changes,
    }


def subsidy(**changes: Any) -> dict[str, Any]:
    return values(
        kind="subsidy", bp_off=100, share_max=Decimal("0.5"), funder="财政部",
        legal_basis="财金〔2026〕1号", **changes,
    )


def draft(code: str = "school", **changes: Any) -> RateCoupon:
    return coupons.draft(code=code, values=values(**changes), author="wang")


def publish(coupon: RateCoupon, today: dt.date = TODAY) -> RateCoupon:
    return coupons.publish(coupon=coupons.submit(coupon=coupon), checker="li", today=today)


def test_two_people_publish() -> None:
    coupon = coupons.submit(coupon=draft())
    for checker in ("wang", ""):
        with pytest.raises(SamePerson):
            coupons.publish(coupon=coupon, checker=checker, today=TODAY)
    coupons.publish(coupon=coupon, checker="li", today=TODAY)
    assert coupons_on(product_path=PATH, on=DECEMBER - dt.timedelta(days=1)) == ()
    (found,) = coupons_on(product_path=PATH, on=DECEMBER)
    assert (found.code, found.bp_off, found.budget_amount) == ("school", 30, Decimal("50000.00"))
    assert Coupon.from_dict(found.as_dict()) == found
    assert coupons_on(product_path=PATH, on=NEW_YEAR) == ()


def test_who_revises_is_an_author_too() -> None:
    coupon = coupons.revise(coupon=draft(), values={"bp_off": 40}, author="li")
    with pytest.raises(SamePerson):
        publish(coupon)


def test_only_the_next_step_is_allowed() -> None:
    coupon = draft()
    with pytest.raises(IllegalStep):
        coupons.publish(coupon=coupon, checker="li", today=TODAY)
    coupons.submit(coupon=coupon)
    with pytest.raises(IllegalStep):
        coupons.revise(coupon=coupon, values={}, author="wang")
    coupons.send_back(coupon=coupon)
    publish(coupon)
    for step in (coupons.submit, coupons.send_back):
        with pytest.raises(IllegalStep):
            step(coupon=coupon)


def test_scope_by_product_and_ancestor() -> None:
    for code, products in (("a", []), ("b", ["shandai"]), ("c", ["lishangdai"])):
        publish(draft(code, product_codes=products))
    found = coupons_on(product_path=product_path("hospital-staff"), on=DECEMBER)
    assert [one.code for one in found] == ["a", "b"]
    assert product_path("hospital-staff")[0] == "shandai"
    assert product_path("nothing") == ()


@pytest.mark.parametrize(
    ("wrong", "field", "problem"),
    [
        ({"bp_off": 0}, "bp_off", "out_of_range"),
        ({"bp_off": 1001}, "bp_off", "out_of_range"),
        ({"effect": "fixed_rate"}, "bp_off", "not_allowed"),
        ({"effect": "fixed_rate", "bp_off": 0}, "fixed_rate", "out_of_range"),
        ({"effect": "free"}, "effect", "unknown"),
        ({"kind": "gift"}, "kind", "unknown"),
        ({"name_zh": " "}, "name_zh", "missing"),
        ({"name_en": "a\x00b"}, "name_en", "not_allowed"),
        ({"name_zh": "长" * 41}, "name_zh", "not_allowed"),
        ({"valid_to": DECEMBER}, "valid_to", "order"),
        ({"valid_to": None}, "valid_to", "missing"),
        ({"product_codes": ["nothing"]}, "product_codes", "unknown"),
        ({"segments": ["Teacher!"]}, "segments", "not_allowed"),
        ({"tiers": [f"t{n}" for n in range(51)]}, "tiers", "not_allowed"),
        ({"stack_group": ""}, "stack_group", "not_allowed"),
        ({"budget_amount": Decimal(0)}, "budget_amount", "out_of_range"),
        ({"budget_amount": Decimal("NaN")}, "budget_amount", "out_of_range"),
        ({"budget_count": -1}, "budget_count", "out_of_range"),
        ({"share_max": Decimal("0.5")}, "share_max", "not_allowed"),
        ({"kind": "subsidy"}, "legal_basis", "missing"),
        ({"state": "published"}, "state", "unknown"),
    ],
)
def test_a_wrong_value_is_named(wrong: dict[str, Any], field: str, problem: str) -> None:
    with pytest.raises(WrongCoupon) as refused:
        draft(**wrong)
    assert refused.value.problems[field] == problem
    assert not RateCoupon.objects.exists()


def test_a_code_is_taken_once() -> None:
    draft()
    with pytest.raises(WrongCoupon) as refused:
        draft()
    assert refused.value.problems == {"code": "taken"}


def test_a_subsidy_keeps_to_the_law() -> None:
    ok = coupons.draft(code="ok", values=subsidy(), author="wang")
    assert publish(ok).state == "published"
    for field, value in (("bp_off", 101), ("share_max", Decimal("0.51"))):
        over = coupons.draft(
            code=f"over-{field[:2]}", values={**subsidy(), field: value}, author="wang"
        )
        with pytest.raises(BeyondLaw) as refused:
            publish(over)
        assert refused.value.field == field


def test_a_subsidy_ends_with_its_law() -> None:
    later = coupons.draft(
        code="later", values=subsidy(valid_to=NEW_YEAR + dt.timedelta(days=1)), author="wang"
    )
    with pytest.raises(MissingParameter, match="SUBSIDY_BP_MAX.*2027-01-01"):
        publish(later)


def test_days_do_not_lie_in_the_past() -> None:
    with pytest.raises(WrongDay):
        publish(draft(), today=DECEMBER + dt.timedelta(days=1))


def test_an_end_comes_nearer_or_a_coupon_not_begun_is_withdrawn() -> None:
    coupon = publish(draft())
    middle = dt.date(2026, 12, 15)
    for wrong in (TODAY - dt.timedelta(days=1), NEW_YEAR + dt.timedelta(days=1)):
        with pytest.raises(WrongDay):
            coupons.retire(coupon=coupon, on=wrong, today=TODAY)
    assert coupons.retire(coupon=coupon, on=middle, today=TODAY).valid_to == middle
    with pytest.raises(WrongDay):
        coupons.retire(coupon=coupon, on=dt.date(2026, 12, 16), today=TODAY)
    assert coupons.retire(coupon=coupon, on=TODAY, today=TODAY).state == "retired"
    assert coupons_on(product_path=PATH, on=DECEMBER) == ()


def sql(change: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE products_ratecoupon SET {change}")


@pytest.mark.parametrize(
    "change",
    [
        "bp_off = 50", "name_zh = 'x'", "valid_from = '2026-11-30'", "valid_to = '2027-01-02'",
        "budget_amount = NULL", "budget_amount = 60000", "product_codes = '[\"shandai\"]'",
        "state = 'draft'", "state = 'in_review'", "checker = 'x'", "author = 'x'",
        "per_customer = 1", "code = 'other'", "kind = 'subsidy'", "created_at = now()",
    ],
)
def test_a_published_coupon_is_final(change: str) -> None:
    publish(draft())
    with pytest.raises(IntegrityError):
        sql(change)


def test_a_published_coupon_is_never_deleted_and_retired_stays() -> None:
    publish(draft())
    with pytest.raises(IntegrityError), transaction.atomic():
        RateCoupon.objects.all().delete()
    sql("valid_to = '2026-12-20'")
    sql("state = 'retired'")
    with pytest.raises(IntegrityError):
        sql("state = 'published'")


@pytest.mark.parametrize(
    "change",
    [
        "state = 'live'", "kind = 'gift'", "effect = 'free'", "bp_off = 0", "bp_off = 1001",
        "fixed_rate = 0.05", "effect = 'fixed_rate', bp_off = 0, fixed_rate = 0",
        "effect = 'fixed_rate', bp_off = 0", "valid_to = valid_from", "checker = author",
        "author = ''", "state = 'published'", "state = 'retired'", "share_max = 0.5",
        "kind = 'subsidy', share_max = 0.5", "kind = 'subsidy', funder = 'x', legal_basis = 'x'",
        "kind = 'subsidy', funder = 'x', share_max = 0.5", "budget_amount = 0",
        "budget_count = 0", "per_customer = 0", "lists = '{}'", "purposes = '\"x\"'",
    ],
)
def test_postgresql_refuses_what_cannot_be(change: str) -> None:
    draft()
    with pytest.raises(IntegrityError):
        sql(change)


def test_a_draft_may_change_and_go() -> None:
    coupon = coupons.revise(
        coupon=draft(), author="wang",
        values={"effect": "fixed_rate", "bp_off": 0, "fixed_rate": Decimal("0.06")},
    )
    assert by_code("school") == coupon
    coupon.delete()
    assert by_code("school") is None
