"""Days without a number are named before anybody meets them; seeds leave none."""

import datetime as dt
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from products import parameter_words, selectors
from products.domain.date_gaps import uncovered
from products.domain.parameter_codes import KINDS, REQUIRED
from products.models import RegulatoryParameter
from products.selectors.dated import Gap, parameter_gaps
from products.services.seeds import seed
from tests.products.conftest import PARAMETERS

TODAY = dt.date(2026, 11, 24)
REFORM = dt.date(2019, 8, 20)
DAY = dt.timedelta(days=1)
days = st.integers(0, 40).map(lambda n: TODAY + n * DAY)


@given(
    st.lists(st.tuples(days, st.none() | days).filter(lambda s: s[1] is None or s[0] < s[1])),
    st.none() | days,
)
def test_a_day_is_in_a_gap_exactly_when_no_span_covers_it(
    spans: list[tuple[dt.date, dt.date | None]], until: dt.date | None
) -> None:
    found = uncovered(spans, TODAY, until)
    for n in range(60):
        day = TODAY + n * DAY
        covered = any(first <= day and (end is None or day < end) for first, end in spans)
        in_gap = any(first <= day and (end is None or day < end) for first, end in found)
        assert in_gap == (not covered and (until is None or day < until))


@pytest.mark.django_db
@pytest.mark.usefixtures("seeded")
def test_the_seeds_leave_no_gap_from_the_reform_on() -> None:
    assert parameter_gaps(["LPR_1Y", "LPR_5Y"], REFORM) == []
    assert parameter_gaps(REQUIRED, TODAY) == []
    assert parameter_gaps(["LPR_1Y"], REFORM - DAY) == [Gap("LPR_1Y", REFORM - DAY, REFORM)]


@pytest.mark.django_db
@pytest.mark.usefixtures("seeded")
@pytest.mark.parametrize(
    ("on", "one_year", "five_years"),
    [
        ("2019-08-20", "0.0425", "0.0485"), ("2019-09-20", "0.0420", "0.0485"),
        ("2020-05-01", "0.0385", "0.0465"), ("2021-12-31", "0.0380", "0.0465"),
        ("2022-05-20", "0.0370", "0.0445"), ("2023-08-21", "0.0345", "0.0420"),
        ("2024-02-20", "0.0345", "0.0395"), ("2024-07-22", "0.0335", "0.0385"),
        ("2024-10-20", "0.0335", "0.0385"), ("2024-10-21", "0.0310", "0.0360"),
        ("2026-11-24", "0.0300", "0.0350"),
    ],
)
def test_the_published_rate_of_a_day(on: str, one_year: str, five_years: str) -> None:
    held = selectors.parameters(("LPR_1Y", "LPR_5Y"), dt.date.fromisoformat(on))
    assert held == {"LPR_1Y": Decimal(one_year), "LPR_5Y": Decimal(five_years)}


@pytest.mark.django_db
def test_history_is_added_to_a_bank_that_has_the_newer_rows() -> None:
    for row in PARAMETERS:
        if row["valid_from"] >= "2024-10-21" and row["code"].startswith("LPR_"):
            RegulatoryParameter.objects.create(**row)
    # entered by hand before the seeds knew the code: their open-ended row ends where it begins
    RegulatoryParameter.objects.create(
        code="PENALTY_MISUSE_MAX", value=Decimal("0.9"), valid_from=TODAY, basis="x", author="wang"
    )
    seed()
    before = RegulatoryParameter.objects.count()
    seed()
    assert RegulatoryParameter.objects.count() == before
    assert parameter_gaps(["LPR_1Y", "LPR_5Y"], REFORM) == []
    assert selectors.parameter("PENALTY_MISUSE_MAX", TODAY) == Decimal("0.9")
    assert selectors.parameter("PENALTY_MISUSE_MAX", TODAY - DAY) == Decimal("1")


@pytest.mark.django_db
def test_check_parameters_names_each_missing_code_on_a_line(
    capsys: pytest.CaptureFixture[str],
) -> None:
    seed()
    call_command("check_parameters", on=TODAY.isoformat())
    assert capsys.readouterr().out == ""
    with pytest.raises(SystemExit) as stopped:
        call_command("check_parameters", on="2019-08-19")
    assert stopped.value.code == 1
    lines = capsys.readouterr().out.splitlines()
    assert "LPR_1Y has no value on 2019-08-19" in lines
    assert not any("TOTAL_COST_CAP" in line for line in lines)
    for wrong in ("yesterday", "2026-13-01", "9999-12-31"):
        with pytest.raises(CommandError):
            call_command("check_parameters", on=wrong)


def test_every_number_has_a_name_and_lies_in_its_range() -> None:
    assert set(parameter_words.LABELS) == set(KINDS)
    for row in PARAMETERS:
        if row["code"] in KINDS:
            assert KINDS[row["code"]].allows(Decimal(row["value"])), row


@pytest.mark.parametrize(
    ("code", "stored", "written"),
    [
        ("LPR_1Y", "0.030000", "3.00 %"), ("TOTAL_COST_CAP", "0.24", "24.00 %"),
        ("LPR_1Y", "0.031234", "3.1234 %"), ("FEE_RATE_MAX", "0.000000", "0.00 %"),
        ("COST_SHEET_READING_SECONDS", "10", "10 seconds"), ("OTHER", "0.500000", "0.5"),
        ("CONSUMPTION_ONLINE_CAP", "200000", "200,000.00 yuan"),
    ],
)
def test_numbers_are_written_in_the_unit_people_use(code: str, stored: str, written: str) -> None:
    with translation.override("en"):
        assert parameter_words.shown(code, Decimal(stored)) == written


@given(st.sampled_from(sorted(KINDS)), st.decimals(0, 500, places=2))
def test_what_is_typed_is_what_is_shown(code: str, typed: Decimal) -> None:
    kind = KINDS[code]
    stored = kind.stored(typed)
    assert kind.shown(stored) == typed
    if kind.allows(stored):
        assert kind.minimum <= typed <= kind.maximum
        assert stored == round(stored, 6)
