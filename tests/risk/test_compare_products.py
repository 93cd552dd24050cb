"""The four sub-products truly differ for the same person, and the table that says so is stable."""

import datetime as dt
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from risk.selectors.product_table import Sold, changed_fields, sold_products, widest
from risk.selectors.what_if import sample_customers

pytestmark = pytest.mark.django_db
SUB_PRODUCTS = ("huicundai", "anjiadai", "youkedai", "lishangdai")


@pytest.fixture
def shop(db: None, strategy: Any) -> None:
    call_command("seed_products", verbosity=0)


@pytest.fixture
def sold(shop: None, today: dt.date) -> dict[str, Sold]:
    return {one.code: one for one in sold_products(today)}


def outcomes_of(code: str, sold: dict[str, Sold]) -> dict[str, Any]:
    index = [sample.code for sample in sample_customers()].index(code)
    return {product: sold[product].outcomes[index] for product in SUB_PRODUCTS}


def test_base_sub_products_and_campaigns_are_there(sold: dict[str, Sold]) -> None:
    assert list(sold) == ["shandai", *SUB_PRODUCTS, "hospital-staff", "building-mall"]
    assert all(len(one.outcomes) == 10 for one in sold.values())


def test_one_person_gets_four_different_loans(sold: dict[str, Sold]) -> None:
    """A doctor with a mortgage and an own practice belongs everywhere, at four prices."""
    doctor = outcomes_of("hospital_doctor", sold)
    assert {one.outcome for one in doctor.values()} == {"approve"}
    assert {code: one.annual_rate for code, one in doctor.items()} == {
        "huicundai": Decimal("0.042000"),
        "anjiadai": Decimal("0.046000"),
        "youkedai": Decimal("0.039000"),
        "lishangdai": Decimal("0.045000"),
    }
    assert len({one.apr for one in doctor.values()}) == 4
    assert sample_customers()[widest(sold[code] for code in SUB_PRODUCTS)].code == "hospital_doctor"


@pytest.mark.parametrize(
    ("person", "welcome"),
    [
        ("teacher", {"huicundai", "youkedai"}),
        ("mortgage_customer", {"huicundai", "anjiadai"}),
        ("mall_shop_owner", {"huicundai", "lishangdai"}),
        ("rice_farmer", {"huicundai"}),
    ],
)
def test_products_meant_for_others_go_to_a_person(
    person: str, welcome: set[str], sold: dict[str, Sold]
) -> None:
    found = outcomes_of(person, sold)
    assert {code for code, one in found.items() if one.is_approved} == welcome
    others = [one for code, one in found.items() if code not in welcome]
    assert {(one.outcome, one.reasons[0]["code"]) for one in others} == {
        ("refer", "PRODUCT_FOR_OTHERS")
    }


def test_the_shop_owner_may_borrow_more_where_it_costs_less(sold: dict[str, Sold]) -> None:
    """What can be repaid in a year depends on the rate: amounts differ, not only prices."""
    owner = outcomes_of("mall_shop_owner", sold)
    assert owner["huicundai"].amount_max > owner["lishangdai"].amount_max


def test_what_a_layer_changes_is_told_against_the_layer_above(sold: dict[str, Sold]) -> None:
    changes = {field: (was, own) for field, was, own in changed_fields(
        sold["huicundai"], list(sold.values())
    )}
    assert changes["amount_min"] == ("1000.00", "2000.00")
    assert changes["spread_bp_by_grade"][1].startswith("A 120 · B 220")
    assert "rate_floor" not in changes
    campaign = changed_fields(sold["building-mall"], list(sold.values()))
    assert ("amount_max", "300000.00", "250000.00") in campaign


def test_the_command_says_the_same_every_time(shop: None, tmp_path: Path) -> None:
    first, second, text = StringIO(), StringIO(), StringIO()
    for out in (first, second):
        call_command("compare_products", on="2026-11-24", markdown=True, stdout=out)
    assert first.getvalue() == second.getvalue()
    file = tmp_path / "products.md"
    call_command("compare_products", on="2026-11-24", write=file, stdout=StringIO())
    assert file.read_text(encoding="utf-8").strip() == first.getvalue().strip()
    assert "## One person, 4 sub-products: 医院医生" in first.getvalue()
    call_command("compare_products", on="2026-11-24", stdout=text)
    assert "惠存贷 (huicundai), sub-product" in text.getvalue()


def test_days_and_banks_without_an_answer_are_refused(db: None, strategy: Any) -> None:
    with pytest.raises(CommandError, match="YYYY|like 2026"):
        call_command("compare_products", on="soon")
    with pytest.raises(CommandError, match="no product"):
        call_command("compare_products", on="2026-11-24")
    call_command("seed_products", verbosity=0)
    with pytest.raises(CommandError, match="no product"):
        call_command("compare_products", on="2024-12-31")
