"""People of the county: the same for the same seed, with numbers that real validation accepts."""

from pathlib import Path
from typing import Any

import pytest
from stdnum import luhn
from stdnum.cn import ric

from lending.domain.contact_numbers import age_on, normalised_id_number, normalised_mobile
from sandbox.county import AS_OF, PERSONAS, County
from tests.sandbox.conftest import Process

CONTRACT = {
    "teacher", "civil_servant", "depositor", "mortgage_customer", "shop_owner", "rice_farmer",
    "pig_farmer", "thin_file", "over_indebted", "court_debtor", "fraud_ring", "outside_area",
    "moved_household", "minor", "elder",
}


@pytest.fixture(scope="module")
def everybody() -> list[dict[str, Any]]:
    return [person.public() for row in County("guangyuan").people.values() for person in row]


def test_every_persona_has_four_hundred_people(process: Process) -> None:
    assert set(PERSONAS) >= CONTRACT
    for persona in CONTRACT:
        people = process.get("/people", persona=persona, limit=1000)["people"]
        assert len(people) >= 400
        assert {person["persona"] for person in people} == {persona}
        assert {person["expected"] for person in people} <= {"approve", "refer", "decline"}
        assert set(people[0]) >= {"name", "id_number", "mobile", "card_number", "address"}


def test_numbers_are_valid_and_nobody_shares_them(everybody: list[dict[str, Any]]) -> None:
    for person in everybody:
        number = person["id_number"]
        assert normalised_id_number(number) == number
        assert ric.calc_check_digit(number) == number[-1]
        assert luhn.is_valid(person["card_number"])
        assert normalised_mobile(person["mobile"]) == person["mobile"]
    for field in ("id_number", "card_number", "mobile"):
        assert len({person[field] for person in everybody}) == len(everybody)


def test_ages_fit_the_stories(everybody: list[dict[str, Any]]) -> None:
    later = AS_OF.replace(year=AS_OF.year + 1)
    for person in everybody:
        age = age_on(person["id_number"], later)
        if person["persona"] == "minor":
            assert age < 18
        elif person["persona"] == "elder":
            assert age > 69
        else:
            assert 20 < age < 63
        home = person["persona"] != "outside_area"
        assert person["id_number"].startswith("5108") == home
        assert person["address"].startswith("四川省广元市") == home


def test_the_seed_alone_decides(process: Process, tmp_path: Path) -> None:
    query = {"persona": "rice_farmer", "limit": 30}
    same, other = Process(tmp_path / "a"), Process(tmp_path / "b", SANDBOX_SEED="another")
    try:
        assert same.get("/people", **query) == process.get("/people", **query)
        assert other.get("/people", **query) != process.get("/people", **query)
        person = process.get("/people", **query)["people"][7]
        question = {"id_number": person["id_number"], "name": person["name"]}
        for path in ("/bureau/report", "/government/land", "/multilender/exposure"):
            ours, theirs = (one.post(path, question).json()["data"] for one in (process, same))
            assert ours == theirs
    finally:
        same.stop()
        other.stop()


def test_pages_of_people(process: Process) -> None:
    first = process.get("/people", persona="teacher", limit=3)["people"]
    assert process.get("/people", persona="teacher", limit=2, offset=1)["people"] == first[1:]
    mixed = process.get("/people", limit=len(PERSONAS))["people"]
    assert {person["persona"] for person in mixed} == set(PERSONAS)
    assert process.get("/people", limit=5, offset=10_000_00 - 1)["people"] == []


@pytest.mark.parametrize(
    "query",
    [
        "persona=nobody", "limit=-1", "limit=1001", "limit=x", "limit=１０", "offset=-3",
        "limit=99999999999999999999999999",
    ],
)
def test_bad_queries_are_refused_in_words(process: Process, query: str) -> None:
    answer = process.web.get(f"/people?{query}")
    assert answer.status_code == 400
    assert answer.json()["error"]


def test_source_data_spreads_between_people(process: Process) -> None:
    people = process.get("/people", persona="teacher", limit=20)["people"]
    question = [{"id_number": p["id_number"], "name": p["name"]} for p in people]
    bases = {
        process.post("/government/social-insurance", q).json()["data"]["monthly_base"]
        for q in question
    }
    assert len(bases) > 5


def test_identity_knows_match_mismatch_and_no_record(process: Process) -> None:
    def ask(persona: str, **changes: str) -> dict[str, Any]:
        person = process.get("/people", persona=persona, limit=1)["people"][0]
        question = {"name": person["name"], "id_number": person["id_number"], **changes}
        answer: dict[str, Any] = process.post("/identity/verify", question).json()
        return answer

    assert ask("teacher")["result"] == "MATCH"
    assert ask("teacher")["data"]["household_county"].startswith("5108")
    assert ask("teacher", name="另外人")["result"] == "MISMATCH"
    assert ask("moved_household")["result"] == "NO_RECORD"
    assert ask("teacher", id_number="11010519491231002X")["result"] == "NO_RECORD"


def test_delays_are_the_same_for_the_same_question(tmp_path: Path) -> None:
    slow = Process(tmp_path, SANDBOX_LATENCY="1")
    try:
        person = slow.get("/people", persona="teacher", limit=1)["people"][0]
        times = [
            slow.post("/bureau/report", {"id_number": person["id_number"]}).elapsed.total_seconds()
            for _ in range(2)
        ]
        assert all(seconds >= 0.05 for seconds in times)
        assert slow.transfer("no-delay").elapsed.total_seconds() < max(0.2, *times)
    finally:
        slow.stop()


def test_eight_of_a_ring_share_one_door(everybody: list[dict[str, Any]]) -> None:
    ring = [person for person in everybody if person["persona"] == "fraud_ring"]
    for first in range(0, len(ring), 8):
        assert len({person["address"] for person in ring[first : first + 8]}) == 1
