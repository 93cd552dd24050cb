"""The sandbox's people reach the outcome their persona expects, over real HTTP."""

from decimal import Decimal
from typing import Any

import pytest

from risk import selectors, services
from risk.models import DecisionRecord, SourceReport
from tests.risk.conftest import quiet_signals

pytestmark = pytest.mark.django_db
PERSONAS = (
    "teacher",
    "civil_servant",
    "depositor",
    "mortgage_customer",
    "shop_owner",
    "rice_farmer",
    "pig_farmer",
    "thin_file",
    "over_indebted",
    "court_debtor",
    "fraud_ring",
    "outside_area",
    "moved_household",
    "minor",
    "elder",
)


@pytest.mark.parametrize("persona", PERSONAS)
def test_reaches_the_expected_outcome(
    persona: str, sandbox: Any, strategy: Any, request_for: Any
) -> None:
    for person in sandbox.people(persona, limit=6):
        decision = services.decide(request_for(person))
        assert decision.outcome == person["expected"], (person, decision.reasons)
        assert len(decision.assessments) == 4
        if decision.outcome == "approve":
            assert 1 <= len(decision.offers) <= 3
            assert decision.limit == max(offer.amount_max for offer in decision.offers)
            assert decision.grade in {"A", "B", "C", "D"}
        else:
            assert decision.offers == ()
            assert decision.reasons
            assert all(reason.text_zh and reason.text_en for reason in decision.reasons)


def test_a_ring_is_caught_by_our_own_signals_while_the_outside_list_is_silent(
    sandbox: Any, strategy: Any, request_for: Any
) -> None:
    sandbox.fault("multilender", "*", "no_record", times=1_000)
    ring = {"ring_size": 8, "ring_applications_7d": 8, "ring_applications_30d": 8}
    person = sandbox.person("rice_farmer")
    decision = services.decide(request_for(person, signals=quiet_signals() | ring))
    assert decision.outcome == "refer"
    assert [reason.code for reason in decision.reasons] == ["RING_OF_APPLICANTS"]
    for proof in ({"ring_strong_links": 3}, {"ring_fraud_listed": 1}):
        decision = services.decide(request_for(person, signals=quiet_signals() | ring | proof))
        assert decision.outcome == "decline"
        assert [reason.code for reason in decision.reasons] == ["RING_PROVEN"]
    record = DecisionRecord.objects.latest("as_of")
    assert record.inputs["facts"]["ring_size"]["value"] == 8


def test_a_family_of_four_is_no_ring(sandbox: Any, strategy: Any, request_for: Any) -> None:
    family = {
        "ring_size": 4,
        "ring_strong_links": 3,
        "ring_applications_7d": 4,
        "ring_applications_30d": 4,
        "same_address_other_customers": 3,
    }
    said = quiet_signals() | family
    decision = services.decide(request_for(sandbox.person("rice_farmer"), signals=said))
    assert decision.outcome == "approve"


@pytest.mark.parametrize("name", sorted(set(quiet_signals()) - {"identity_anomaly_codes"}))
def test_a_signal_lending_did_not_tell_is_not_taken_for_a_clean_one(
    name: str, sandbox: Any, strategy: Any, request_for: Any
) -> None:
    said = quiet_signals()
    del said[name]
    decision = services.decide(request_for(sandbox.person("teacher"), signals=said))
    assert decision.outcome == ("approve" if name == "scan_distance_km" else "refer")


def test_a_thin_file_gets_a_starter_offer(sandbox: Any, strategy: Any, request_for: Any) -> None:
    decision = services.decide(request_for(sandbox.person("thin_file")))
    assert Decimal(1000) <= decision.limit <= Decimal(5000)
    assert "STARTER_LIMIT" in [reason.code for reason in decision.reasons]


def test_a_farmer_may_repay_after_the_harvest(
    sandbox: Any, strategy: Any, request_for: Any
) -> None:
    decision = services.decide(request_for(sandbox.person("rice_farmer")))
    methods = [offer.method for offer in decision.offers]
    assert methods == ["seasonal", "interest_only", "equal_instalment"]
    assert decision.offers[0].seasonal_months == (10,)


def test_nobody_is_asked_about_a_minor(sandbox: Any, strategy: Any, request_for: Any) -> None:
    minor = sandbox.person("minor")
    request = request_for(minor)
    decision = services.decide(request)
    assert [reason.code for reason in decision.reasons] == ["AGE_BELOW_MINIMUM"]
    assert not SourceReport.objects.filter(application_id=request.subject.application_id).exists()


def test_a_moved_household_waits_for_a_person_with_a_suggestion(
    sandbox: Any, strategy: Any, request_for: Any, terms: Any, today: Any
) -> None:
    decision = services.decide(request_for(sandbox.person("moved_household")))
    assert [reason.code for reason in decision.reasons] == ["IDENTITY_NO_RECORD"]
    assert decision.limit > 0
    offers = services.reprice(
        decision_id=decision.id, limit=Decimal(8000), terms=terms, lpr=Decimal("0.03"), today=today
    )
    assert max(offer.amount_max for offer in offers) == Decimal(8000)


def test_the_record_names_every_source_and_no_person(
    sandbox: Any, strategy: Any, request_for: Any
) -> None:
    person = sandbox.person("teacher")
    request = request_for(person)
    decision = services.decide(request)
    record = DecisionRecord.objects.get(pk=decision.id)
    assert len(record.inputs["sources"]) == 12
    text = str(record.inputs) + str(record.result)
    for secret in (person["name"], person["id_number"], person["mobile"], person["card_number"]):
        assert secret not in text
    evidence = selectors.evidence(request.subject.application_id, 1)
    assert {entry["result"] for entry in evidence} <= {"MATCH", "NO_RECORD"}
    assert any(group["source"] == "bureau" for group in selectors.profile_view(decision.id))


def test_the_second_call_returns_the_stored_decision(
    sandbox: Any, strategy: Any, request_for: Any
) -> None:
    request = request_for(sandbox.person("teacher"))
    first, asked = services.decide(request), len(sandbox.calls("bureau"))
    assert services.decide(request) == first
    assert len(sandbox.calls("bureau")) == asked
