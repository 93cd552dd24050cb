"""Numbers and counties change from a day on, through services that say why they refuse."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from products import selectors
from products.models import OperatingArea, RegulatoryParameter
from products.selectors.dated import unlawful_products
from products.services import operating_area, parameters
from tests.products.conftest import base_values, published

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("seeded")]
TODAY = dt.date(2026, 11, 24)
SPRING = dt.date(2027, 3, 1)


def change(code: str, value: str, valid_from: dt.date = SPRING, **more: Any) -> RegulatoryParameter:
    given = {"basis": "公布", "author": "wang", "today": TODAY, **more}
    return parameters.set_parameter(
        code=code, value=Decimal(value), valid_from=valid_from, **given
    )


def join(**changes: Any) -> OperatingArea:
    row = {
        "county": "510821", "name_zh": "旺苍县", "name_en": "Wangcang County", "basis": "许可证",
        "valid_from": SPRING, "author": "wang", "today": TODAY, **changes,
    }
    return operating_area.add_county(**row)


def test_who_entered_a_number_is_kept() -> None:
    assert change("LPR_1Y", "0.029").author == "wang"
    assert selectors.parameter("LPR_1Y", SPRING - dt.timedelta(days=1)) == Decimal("0.03")
    assert selectors.parameter("LPR_1Y", SPRING) == Decimal("0.029")


@pytest.mark.parametrize(
    ("code", "value"),
    [
        ("LPR_1Y", "3.00"), ("LPR_1Y", "0.0003"), ("LPR_1Y", "0.03005"), ("LPR_1Y", "NaN"),
        ("LPR_1Y", "-0.03"), ("LPR_1Y", "Infinity"), ("ADULT_AGE", "18.5"), ("ADULT_AGE", "0"),
        ("COST_SHEET_READING_SECONDS", "0"), ("CONSUMPTION_MONTHS_MAX", "9999999999999"),
    ],
)
def test_a_slip_of_the_hand_is_refused(code: str, value: str) -> None:
    before = RegulatoryParameter.objects.count()
    with pytest.raises(parameters.OutOfRange):
        change(code, value)
    assert RegulatoryParameter.objects.count() == before


def test_a_floor_never_lies_above_its_ceiling() -> None:
    with pytest.raises(parameters.BandUpsideDown, match="PENALTY_UPLIFT_MAX"):
        change("PENALTY_UPLIFT_MIN", "0.60")
    with pytest.raises(parameters.BandUpsideDown, match="PENALTY_UPLIFT_MIN"):
        change("PENALTY_UPLIFT_MAX", "0.20")
    change("PENALTY_UPLIFT_MAX", "0.70")
    with pytest.raises(parameters.BandUpsideDown):  # the higher ceiling holds from spring on only
        change("PENALTY_UPLIFT_MIN", "0.60", SPRING - dt.timedelta(days=1))
    change("PENALTY_UPLIFT_MIN", "0.60")


@pytest.mark.parametrize("basis", ["", " ", "x" * 201, "a\x00b"])
def test_a_number_needs_its_basis(basis: str) -> None:
    with pytest.raises(parameters.NoBasis):
        change("LPR_1Y", "0.029", basis=basis)


def test_days_are_neither_past_nor_far_nor_before_what_is_planned() -> None:
    change("LPR_1Y", "0.029")
    for day, problem in (
        (TODAY - dt.timedelta(days=1), "past"), (dt.date(9999, 1, 1), "far"), (SPRING, "taken"),
        (TODAY, "taken"),
    ):
        with pytest.raises(parameters.WrongDay) as refused:
            change("LPR_1Y", "0.028", day)
        assert refused.value.problem == problem


def test_only_a_number_nothing_needs_may_end() -> None:
    needed = RegulatoryParameter.objects.get(code="LPR_1Y", valid_to=None)
    with pytest.raises(parameters.StillNeeded):
        parameters.end_parameter(row_id=needed.pk, on=SPRING, today=TODAY)
    spare = change("SPARE_NUMBER", "1", TODAY)
    for day in (TODAY - dt.timedelta(days=1), TODAY, dt.date(9999, 1, 1)):
        with pytest.raises(parameters.WrongDay):
            parameters.end_parameter(row_id=spare.pk, on=day, today=TODAY)
    parameters.end_parameter(row_id=spare.pk, on=SPRING, today=TODAY)
    with pytest.raises(parameters.WrongDay):
        parameters.end_parameter(row_id=spare.pk, on=SPRING, today=TODAY)
    with pytest.raises(selectors.MissingParameter):
        selectors.parameter("SPARE_NUMBER", SPRING)


def test_a_stricter_law_names_the_products_it_breaks() -> None:
    assert unlawful_products(TODAY) == []
    change("TOTAL_COST_CAP", "0.10")
    assert "shandai" in unlawful_products(SPRING)


def test_a_county_joins_from_a_day_on() -> None:
    row = join()
    assert row.author == "wang"
    served = [area.county for area in selectors.operating_counties(SPRING)]
    assert "510821" in served
    assert "510821" not in [area.county for area in selectors.operating_counties(TODAY)]
    with pytest.raises(parameters.WrongDay) as refused:
        join(valid_from=SPRING + dt.timedelta(days=9))
    assert refused.value.problem == "taken"


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"county": "51082"}, operating_area.NotACounty),
        ({"county": "５１０８２１"}, operating_area.NotACounty),
        ({"name_zh": " "}, operating_area.NotACounty),
        ({"name_en": "x" * 61}, operating_area.NotACounty),
        ({"name_en": "a\x00b"}, operating_area.NotACounty),
        ({"basis": ""}, parameters.NoBasis),
        ({"valid_from": TODAY - dt.timedelta(days=1)}, parameters.WrongDay),
    ],
)
def test_no_wrong_county(changes: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        join(**changes)


def test_a_county_does_not_leave_while_a_product_is_lent_there() -> None:
    chaotian = OperatingArea.objects.get(county="510812")
    with pytest.raises(operating_area.CountyInUse) as refused:
        operating_area.end_county(row_id=chaotian.pk, on=SPRING, today=TODAY)
    assert "shandai" in refused.value.products
    published("shandai", base_values(counties=["510802", "510811"]), SPRING)
    with pytest.raises(operating_area.CountyInUse):  # the old versions still hold the day before
        operating_area.end_county(
            row_id=chaotian.pk, on=SPRING - dt.timedelta(days=1), today=TODAY
        )
    operating_area.end_county(row_id=chaotian.pk, on=SPRING, today=TODAY)
    assert "510812" not in selectors.legal_bounds(SPRING).counties
    assert "510812" in selectors.legal_bounds(SPRING - dt.timedelta(days=1)).counties


def test_a_county_that_left_may_join_again() -> None:
    row = join(valid_from=TODAY)
    operating_area.end_county(row_id=row.pk, on=SPRING, today=TODAY)
    join(valid_from=SPRING)
    assert OperatingArea.objects.filter(county="510821").count() == 2
