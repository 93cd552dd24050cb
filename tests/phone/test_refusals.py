"""A refusal on the phone: what could help, the letter to keep, and asking for a person."""

import pytest
from django.core.management import call_command

from lending.domain.application_flow import Action
from risk import strategies
from tests.desk.test_decision_records import record_for
from tests.phone.conftest import Journey, Phone

pytestmark = pytest.mark.django_db


def test_a_refusal_page_says_what_could_help_and_carries_the_letter(
    phone: Phone, journey: Journey
) -> None:
    strategies.forget()
    call_command("seed_strategies", verbosity=0)
    journey.decided(Action.DECLINE)
    record_for(journey.application, bureau_overdue_now="5000.00")
    page = phone.get(journey.at("declined/"))
    page.says(
        "What could help",
        "If you pay what is overdue at other lenders, a loan may become possible.",
        "not a promise",
        "A person answers within 5 working days.",
        "letter.pdf",
    )
    assert "5,000" not in page.text  # no figures to the person
    letter = phone.get(journey.at("letter.pdf"))
    assert (letter.status, letter.headers["Content-Type"]) == (200, "application/pdf")
    assert letter.headers["Cache-Control"] == "no-store, private"


def test_nobody_has_a_letter_before_a_refusal(phone: Phone, journey: Journey) -> None:
    journey.filled_in()
    assert phone.get(journey.at("letter.pdf")).status == 404


def test_asking_for_a_person_is_a_choice_of_its_own_and_unticked(
    phone: Phone, journey: Journey
) -> None:
    journey.start()
    page = journey.identity()
    page.says("I want a person to decide, not the computer alone", "up to 5 working days")
    assert 'name="wants_person" checked' not in page.text
    ticks = {"privacy": "on", "bureau": "on", "data_sharing": "on", "wants_person": "on"}
    phone.post(journey.at("consents/"), ticks)
    assert journey.application.wants_person
    assert 'name="wants_person" checked' in phone.get(journey.at("consents/")).text
    journey.consents()
    assert not journey.application.wants_person


def test_who_waits_for_a_person_reads_until_when(phone: Phone, journey: Journey) -> None:
    journey.decided(Action.DECLINE)
    page = phone.post(journey.at("declined/"), {"reason": "settled"})
    page.says("At the latest by", "18:00")
