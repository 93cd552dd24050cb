"""Payouts in doubt on the desk: two people, and only those who may."""

import pytest

from lending.models import Disbursement, Loan
from lending.services import disbursements
from tests.desk.conftest import browser_of
from tests.lending.conftest import Applicant, Cast
from tests.lending.conftest import bank as bank
from tests.lending.conftest import cast as cast

pytestmark = pytest.mark.django_db
URL = "/desk/payouts/"


@pytest.fixture
def doubtful(cast: Cast) -> Applicant:
    applicant = cast.applicant("rice_farmer", code="s101-shandai").to_signed()
    applicant.sandbox.fault("corebank", "transfer", "wrong_amount")
    disbursements.send(disbursement_id=applicant.payout.pk, now=applicant.now)
    assert applicant.payout.state == "manual"
    return applicant


def propose(client, payout: Disbursement, **changes):
    word = {"verdict": "succeeded", "reference": "CB123", "note": "seen on the screen", **changes}
    return client.post(f"{URL}{payout.pk}/propose/", word)


def test_two_people_book_the_loan(doubtful: Applicant) -> None:
    first, second = browser_of("manager.baolun"), browser_of("headoffice")
    assert "1 payout needs two people" in first.get(URL).content.decode()
    assert propose(first, doubtful.payout).status_code == 302
    page = first.get(URL).content.decode()
    assert "Waiting for a second person." in page
    assert "Confirm and book" not in page
    assert first.post(f"{URL}{doubtful.payout.pk}/confirm/").status_code == 403
    assert "Confirm and book" in second.get(URL).content.decode()
    assert second.post(f"{URL}{doubtful.payout.pk}/confirm/").status_code == 302
    assert Loan.objects.filter(application=doubtful.application).count() == 1
    assert "No payout needs you" in second.get(URL).content.decode()


def test_a_wrong_word_stays_beside_its_field(doubtful: Applicant) -> None:
    answer = propose(
        browser_of("manager.baolun"), doubtful.payout, verdict="rejected", reference="nonsense"
    )
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "rejection code" in page
    assert "nonsense" in page
    assert doubtful.payout.manual_verdict == ""


def test_only_what_stood_on_the_page_is_confirmed(doubtful: Applicant) -> None:
    first, second = browser_of("manager.baolun"), browser_of("headoffice")
    propose(first, doubtful.payout)
    assert 'name="seen" value="succeeded CB123"' in second.get(URL).content.decode()
    propose(first, doubtful.payout, verdict="rejected", reference="60")
    confirm = f"{URL}{doubtful.payout.pk}/confirm/"
    assert second.post(confirm, {"seen": "succeeded CB123"}).status_code == 409
    assert doubtful.payout.state == "manual"
    assert second.post(confirm, {"seen": "rejected 60"}).status_code == 302
    assert doubtful.payout.state == "rejected"


@pytest.mark.parametrize("changes", [{"reference": "CB\x00"}, {"note": "seen\x00there"}])
def test_what_cannot_be_stored_is_refused(doubtful: Applicant, changes: dict[str, str]) -> None:
    answer = propose(browser_of("manager.baolun"), doubtful.payout, **changes)
    assert answer.status_code == 422


def test_confirming_what_nobody_proposed_is_refused(doubtful: Applicant) -> None:
    assert browser_of("headoffice").post(f"{URL}{doubtful.payout.pk}/confirm/").status_code == 409


@pytest.mark.parametrize(
    ("username", "status"), [("liguoqiang", 403), ("risk", 403), ("manager.chaotian", 404)]
)
def test_others_may_not(doubtful: Applicant, username: str, status: int) -> None:
    client = browser_of(username)
    if status == 403:
        assert client.get(URL).status_code == 403
    assert propose(client, doubtful.payout).status_code == status
    assert doubtful.payout.manual_verdict == ""
