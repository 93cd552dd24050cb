"""What holds on a day, resolved once and never stale; seeds that may be repeated."""

import datetime as dt
import time
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import call_command

from products import selectors
from products.models import OperatingArea, Product, ProductVersion, RegulatoryParameter
from products.services import publications, versions
from tests.products.conftest import PARAMETERS, ROWS, published

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("seeded")]
TODAY = dt.date(2026, 11, 24)


def counts() -> tuple[int, ...]:
    tables = (Product, ProductVersion, RegulatoryParameter, OperatingArea)
    return tuple(table.objects.count() for table in tables)


def test_seeds_may_be_repeated(capsys: pytest.CaptureFixture[str]) -> None:
    before = counts()
    assert before == (7, 7, len(PARAMETERS), 3)
    call_command("seed_products")
    assert counts() == before
    assert "0 new rows" in capsys.readouterr().out


def test_seeds_leave_later_changes_alone() -> None:
    published("hospital-staff", {"grace_days": 1}, TODAY)
    before = counts()
    call_command("seed_products", verbosity=0)
    assert counts() == before
    assert selectors.current_version("hospital-staff", TODAY).number == 2


def test_seven_products_in_their_order() -> None:
    shown = selectors.published_products(TODAY)
    assert [product.code for product, _ in shown] == [
        "shandai", "huicundai", "anjiadai", "youkedai", "lishangdai",
    ]
    assert selectors.product_names()["building-mall"] == (
        "建材城商户贷", "Building-materials mall loan",
    )


def test_saving_with_us_is_a_signal_never_a_condition() -> None:
    terms = selectors.resolved_terms(selectors.current_version("huicundai", TODAY).pk).terms
    assert terms.segments == ()


def test_three_layers_with_their_versions() -> None:
    version = selectors.current_version("hospital-staff", TODAY)
    resolved = selectors.resolved_terms(version.pk)
    assert resolved.terms.product_version_id == version.pk
    assert {(one.layer, one.product_code) for one in resolved.provenance} == {
        ("base", "shandai"), ("sub_product", "youkedai"), ("campaign", "hospital-staff"),
    }


def test_published_terms_are_read_once(django_assert_num_queries: Any) -> None:
    pk = selectors.current_version("building-mall", TODAY).pk
    with django_assert_num_queries(1):
        selectors.resolved_terms(pk)
    with django_assert_num_queries(0):
        begun = time.perf_counter()
        for _ in range(1000):
            selectors.resolved_terms(pk)
        assert time.perf_counter() - begun < 0.05  # 50 µs each


def test_a_draft_is_read_anew_each_time() -> None:
    draft = versions.draft_version(
        product=Product.objects.get(code="hospital-staff"), values={"grace_days": 2},
        valid_from=TODAY, author="wang",
    )
    assert selectors.resolved_terms(draft.pk).terms.grace_days == 2
    draft = versions.revise(version=draft, values={"grace_days": 1})
    assert selectors.resolved_terms(draft.pk).terms.grace_days == 1
    publications.publish(version=versions.submit(version=draft), checker="li", today=TODAY)
    assert selectors.resolved_terms(draft.pk).terms.grace_days == 1


def test_what_an_application_started_with_stays() -> None:
    started = selectors.current_version("youkedai", TODAY)
    before = selectors.resolved_terms(started.pk)
    tighter = ROWS["shandai"]["values"] | {"grace_days": 0, "age_max": 55}
    published("shandai", tighter, TODAY)
    selectors.versions.forget()  # as in another process
    assert selectors.resolved_terms(started.pk) == before
    fresh = selectors.current_version("youkedai", TODAY)
    assert fresh != started
    assert selectors.resolved_terms(fresh.pk).terms.age_max == 55


def test_nothing_is_an_error_never_a_default() -> None:
    with pytest.raises(selectors.NoVersion):
        selectors.current_version("shandai", dt.date(2024, 12, 31))
    with pytest.raises(selectors.NoVersion):
        selectors.current_version("unknown", TODAY)
    with pytest.raises(selectors.NoVersion):
        selectors.resolved_terms(0)
    with pytest.raises(selectors.MissingParameter, match="LPR_9Y"):
        selectors.parameter("LPR_9Y", TODAY)
    with pytest.raises(selectors.MissingParameter):
        selectors.parameter("LPR_1Y", dt.date(2019, 8, 19))


@pytest.mark.parametrize(
    ("on", "value"),
    [
        (dt.date(2024, 10, 21), "0.031"), (dt.date(2025, 5, 19), "0.031"),
        (dt.date(2025, 5, 20), "0.030"), (dt.date(2030, 1, 1), "0.030"),
    ],
)
def test_a_parameter_changes_on_its_first_day(on: dt.date, value: str) -> None:
    assert selectors.parameter("LPR_1Y", on) == Decimal(value)


def test_the_laws_bounds_of_a_day() -> None:
    law = selectors.legal_bounds(TODAY)
    assert law.total_cost_cap == Decimal("0.24")
    assert law.counties == {"510802", "510811", "510812"}
