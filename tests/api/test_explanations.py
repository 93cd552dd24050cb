"""Why, what helps and when to try again; a person on demand; the letter of a refusal."""

from datetime import datetime

import pytest
from django.core.management import call_command

from lending.domain.application_flow import Action
from lending.models import DecisionLetter, LoanApplication
from risk import strategies
from tests.api.conftest import decided, filled_in
from tests.api.phone import Phone
from tests.desk.test_decision_records import record_for

pytestmark = pytest.mark.django_db


@pytest.fixture
def application(phone: Phone) -> str:
    strategies.forget()
    call_command("seed_strategies", verbosity=0)
    return filled_in(phone)


def test_a_refusal_says_what_helps_without_figures(
    phone: Phone, application: str, clock: datetime
) -> None:
    decided(application, Action.DECLINE, clock)
    record_for(LoanApplication.objects.get(pk=application), bureau_overdue_now="5000.00")
    answer = phone.get(f"applications/{application}/explanation/").body
    assert answer["what_helps"][0] == {
        "code": "PAY_OVERDUE",
        "text_zh": "还清当前逾期，可能可以获得贷款。",
        "text_en": "If you pay what is overdue at other lenders, a loan may become possible.",
    }
    assert answer["try_again_after"] == "2026-12-24"
    assert (answer["wants_person"], answer["review_due_at"]) == (False, None)
    asked = phone.post(f"applications/{application}/review-request/", {"reason": "还清了"})
    assert asked.status == 202
    waiting = phone.get(f"applications/{application}/explanation/").body
    assert waiting["review_due_at"]
    assert waiting["what_helps"] == []


def test_a_minor_is_told_only_when_to_come_again(
    phone: Phone, application: str, clock: datetime
) -> None:
    decided(application, Action.DECLINE, clock)
    record_for(LoanApplication.objects.get(pk=application), birth_date="2010-06-01")
    answer = phone.get(f"applications/{application}/explanation/").body
    assert (answer["what_helps"], answer["try_again_after"]) == ([], "2028-06-01")


def test_a_person_may_be_asked_for_before_the_machine_decides(
    phone: Phone, stranger: Phone, application: str
) -> None:
    path = f"applications/{application}/review-request/"
    assert stranger.post(path).status == 404
    answer = phone.post(path)
    assert (answer.status, answer.body["state"]) == (202, "consented")
    assert answer.body["next"] == ["submit"]
    assert phone.get(f"applications/{application}/explanation/").body["wants_person"] is True
    assert phone.post(path).status == 202  # asking twice is asking


def test_the_letter_is_the_persons_own_and_the_same_bytes_each_time(
    phone: Phone, stranger: Phone, application: str, clock: datetime
) -> None:
    path = f"applications/{application}/decision-letter/"
    assert phone.get(path).status == 404
    decided(application, Action.DECLINE, clock)
    record_for(LoanApplication.objects.get(pk=application), bureau_overdue_now="5000.00")
    first, second = phone.get(path), phone.get(path)
    letter = DecisionLetter.objects.get()
    assert first.status == 200
    assert first.headers["Content-Type"] == "application/pdf"
    assert first.raw == second.raw == bytes(letter.pdf)
    assert stranger.get(path).status == 404
