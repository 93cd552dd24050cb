"""The ten invented people: well-formed, without identity data, and decidable."""

import datetime as dt
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from risk.domain.decide import evaluate
from risk.domain.features import FEATURES
from risk.domain.sample_customers import (
    InvalidSample,
    SampleCustomer,
    purpose_for,
    read_samples,
    sample_inputs,
)
from tests.risk.applicants import strategy
from tests.risk.conftest import ROOT, base_terms

DAY = dt.date(2026, 11, 24)
SAMPLES: Path = ROOT / "risk/seeds/sample_customers.json"


def written() -> dict[str, Any]:
    return json.loads(SAMPLES.read_text(encoding="utf-8"))


def inputs_of(sample: SampleCustomer, **changes: Any) -> dict[str, Any]:
    terms = base_terms(**changes)
    return sample_inputs(
        sample,
        terms=terms,
        lpr=Decimal("0.030000"),
        business_date=DAY,
        purpose=purpose_for(sample, terms),
        extra={},
    )


def test_there_are_ten_different_people_with_names_in_two_languages() -> None:
    samples = read_samples(written())
    assert len({sample.code for sample in samples}) == 10
    assert all(sample.name_zh and sample.name_en and sample.purposes for sample in samples)


def test_facts_have_the_shape_of_a_decisions_inputs() -> None:
    facts = inputs_of(read_samples(written())[0])["facts"]
    assert set(facts) == set(FEATURES)
    assert all(set(fact) == {"value", "state", "source", "at"} for fact in facts.values())
    assert facts["land_mu"]["state"] == "no_record"
    assert facts["social_base"] == {
        "value": "6600.00",
        "state": "answered",
        "source": "social_insurance",
        "at": "2026-11-24T00:00:00.000+08:00",
    }


def test_everybody_can_be_decided_without_a_gap() -> None:
    results = {
        sample.code: evaluate(strategy(), inputs_of(sample)) for sample in read_samples(written())
    }
    assert {code: result["trace"]["gaps"] for code, result in results.items()} == {
        code: [] for code in results
    }
    assert {result["outcome"] for result in results.values()} == {"approve"}
    assert {result["grade"] for result in results.values()} == {"A", "B", "D"}


def test_a_purpose_is_the_persons_own_where_the_product_has_it() -> None:
    doctor = next(s for s in read_samples(written()) if s.code == "hospital_doctor")
    assert purpose_for(doctor, base_terms()) == "home_improvement"
    assert purpose_for(doctor, base_terms(purposes=["business", "other"])) == "business"
    assert purpose_for(doctor, base_terms(purposes=["agriculture"])) == "agriculture"


def test_extra_keys_reach_the_inputs() -> None:
    sample = read_samples(written())[0]
    terms = base_terms()
    inputs = sample_inputs(
        sample,
        terms=terms,
        lpr=Decimal("0.03"),
        business_date=DAY,
        purpose="other",
        extra={"lists": [{"list": "teachers"}], "coupon": None},
        regulatory_cap=Decimal("200000.00"),
    )
    assert inputs["lists"] == [{"list": "teachers"}]
    assert (inputs["coupon"], inputs["regulatory_cap"]) == (None, "200000.00")


@pytest.mark.parametrize(("name", "value"), [("shoe_size", 42), ("land_mu", "a lot")])
def test_a_sample_that_says_nonsense_is_refused(name: str, value: Any) -> None:
    broken = written()
    broken["customers"][0]["said"][name] = value
    with pytest.raises(InvalidSample, match=f"teacher.*{name}"):
        read_samples(broken)
