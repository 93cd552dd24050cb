"""ID card, consents, questions, bank card, check: one page each."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from lending.models import Consent, IdCardReading, LoanApplication
from tests.phone.conftest import CARD, Journey, Phone, id_number

pytestmark = pytest.mark.django_db


def test_by_hand_with_spaces_full_width_and_small_x(journey: Journey) -> None:
    journey.start()
    number = next(n for n in (id_number(i) for i in range(1, 60)) if n.endswith("X"))
    typed = f"{number[:6]} {number[6:14]} {number[14:]}".lower().replace("5", "５")
    person = {"name": " 买买提·阿卜杜 ", "id_number": typed, "valid_until": "20350630"}
    page = journey.phone.post(journey.at("identity/by-hand/"), person)
    assert page.url == journey.at("consents/")
    row = journey.application
    assert row.id_number == number
    assert row.name == "买买提·阿卜杜"
    assert str(row.id_valid_until) == "2035-06-30"


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("id_number", "51081219900307001", "An ID number has 18 characters. You entered 17."),
        ("id_number", "510812900307001", "This is an old 15-digit number."),
        ("id_number", "510812199003070010", "One character is not right."),
        ("name", "", "Please enter your name."),
        ("name", "陈😀", "Please enter the name as it stands on the ID card."),
        ("valid_until", "2001-01-01", "This ID card has expired."),
        ("valid_until", "soon", "Please enter the date as year-month-day"),
    ],
)
def test_what_is_wrong_by_hand_is_said_beside_the_field(
    journey: Journey, field: str, typed: str, words: str
) -> None:
    journey.start()
    person = {"name": "陈桂英", "id_number": id_number(2), field: typed}
    page = journey.phone.post(journey.at("identity/by-hand/"), person)
    assert page.status == 422
    assert page.title.startswith("Error")
    page.says(words, f'href="#id_{field}"', f'id="id_{field}-wrong"')
    if typed:
        page.says(f'value="{typed}"')
    assert journey.application.state == "draft"


def test_afterwards_identity_is_shown_masked_only(journey: Journey) -> None:
    journey.start()
    journey.identity()
    page = journey.phone.get(journey.at("identity/"))
    page.says("陈**", "5108**********", "This is right, continue")
    assert id_number(1) not in page.text
    assert "陈桂英" not in page.text
    assert id_number(1) not in journey.phone.get(journey.at("identity/by-hand/")).text


def test_a_photo_that_is_none_is_refused_kindly(journey: Journey) -> None:
    journey.start()
    page = journey.phone.get(journey.at("identity/photo/"))
    page.says('accept="image/*"', 'capture="environment"', 'enctype="multipart/form-data"')
    page = journey.phone.post(journey.at("identity/photo/"))
    page.says("Please take a photo of the side with your portrait.")
    cat = SimpleUploadedFile("cat.svg", b"<svg onload=alert(1)>", content_type="image/svg+xml")
    page = journey.phone.post(journey.at("identity/photo/"), {"front_album": cat})
    assert page.status == 422
    page.says("This file is not a photo.")
    large = SimpleUploadedFile("big.jpg", b"\xff" * 10_000_001, content_type="image/jpeg")
    page = journey.phone.post(journey.at("identity/photo/"), {"front_camera": large})
    page.says("The picture is too large")


def _reading(journey: Journey, **values: object) -> None:
    row = journey.application
    IdCardReading.objects.create(application=row, created_at=row.created_at, **values)


def test_the_reading_waits_then_is_confirmed(journey: Journey) -> None:
    journey.start()
    _reading(journey, state="queued")
    journey.phone.get(journey.at("identity/reading/")).says(
        'http-equiv="refresh"', "Type my details instead"
    )
    reading = IdCardReading.objects.get()
    reading.state, reading.problem = "read", "number_unsure"
    reading.fields = {"name": "陈桂英", "id_number": id_number(3), "address": "羊木镇"}
    reading.save()
    page = journey.phone.get(journey.at("identity/reading/"))
    assert page.url == journey.at("identity/confirm/")
    page.says("Is this right?", "陈桂英", id_number(3), "We are not sure of the ID number.")
    state = journey.phone.client.get(journey.at("identity/reading/state/")).json()
    assert state["changed"] is True
    person = {"name": "陈桂英", "id_number": id_number(3)}
    page = journey.phone.post(journey.at("identity/confirm/"), person)
    assert page.url == journey.at("consents/")
    back = journey.phone.get(journey.at("identity/confirm/"))
    assert id_number(3) not in back.text


def test_an_unreadable_card_leads_back_to_the_photo(journey: Journey) -> None:
    journey.start()
    _reading(journey, state="unreadable", problem="blurred")
    page = journey.phone.get(journey.at("identity/reading/"))
    assert page.url == journey.at("identity/photo/")
    page.says("Hold still, in good light", "Type my details instead")


def test_consents_are_unticked_and_marketing_is_free(journey: Journey) -> None:
    journey.start()
    journey.identity()
    page = journey.phone.get(journey.at("consents/"))
    assert page.text.count('type="checkbox"') == 5  # four consents, and whether a person decides
    assert " checked" not in page.text
    page.says("Read the whole text", "Version 1", "Your choice: the loan does not depend on it")
    page = journey.phone.post(journey.at("consents/"), {"privacy": "on", "bureau": "on"})
    assert page.status == 422
    page.says("We cannot go on without")
    assert page.text.count(" checked") == 2  # what was ticked stays ticked
    page = journey.consents()
    assert page.url == journey.at("question/occupation/")
    answers = {row.kind: row.accepted for row in Consent.objects.order_by("at")}
    assert answers == {"privacy": True, "bureau": True, "data_sharing": True, "marketing": False}
    assert not journey.customer().accepts_marketing


def test_the_questions_follow_and_remember(journey: Journey) -> None:
    journey.start()
    journey.identity()
    journey.consents()
    page = journey.phone.post(journey.at("question/occupation/"), {"answer": "farmer"})
    assert page.url == journey.at("question/monthly_income/")
    page = journey.phone.post(journey.at("question/monthly_income/"), {"answer": "much"})
    assert page.status == 422
    page.says("Please enter your monthly income in yuan", 'value="much"')
    page = journey.phone.get(journey.at("question/occupation/"))
    assert 'value="farmer" id="id_answer_0" checked' in page.text or " checked" in page.text
    journey.phone.post(journey.at("question/occupation/"), {"answer": "teacher"})
    assert journey.application.profile["occupation"] == "teacher"
    assert journey.phone.get(journey.at("question/favourite-colour/")).status == 404


def test_bank_card_slips_are_named(journey: Journey) -> None:
    journey.start()
    journey.identity()
    journey.consents()
    journey.questions()
    page = journey.phone.post(journey.at("bank-card/"), {"card_number": "6222 0210"})
    page.says("A card number has 16 to 19 digits. You entered 8.", 'value="6222 0210"')
    wrong = CARD[:-1] + str((int(CARD[-1]) + 1) % 10)
    journey.phone.post(journey.at("bank-card/"), {"card_number": wrong}).says(
        "Please check the card number"
    )
    page = journey.card()
    assert page.url == journey.at("check/")
    page.says(f"**** {CARD[-4:]}", "陈**")
    assert CARD not in page.text
    page = journey.phone.get(journey.at("bank-card/"))
    page.says(f"You chose the card ending {CARD[-4:]}")
    assert CARD not in page.text


def test_check_sends_once_and_the_second_tap_sees_the_result(journey: Journey) -> None:
    journey.filled_in()
    for _ in range(2):
        page = journey.phone.post(journey.at("check/"))
        assert page.url == journey.at("waiting/")
        page.says("You may close this page.", "data-poll")
    assert journey.application.state == "submitted"
    assert LoanApplication.objects.count() == 1


def test_check_is_closed_while_something_is_missing(journey: Journey) -> None:
    journey.start()
    journey.identity()
    assert journey.phone.get(journey.at("check/")).url == journey.at("consents/")


def test_pages_of_another_person_do_not_exist(journey: Journey, stranger: Phone) -> None:
    journey.filled_in()
    places = "identity/ identity/by-hand/ consents/ question/industry/ bank-card/ check/ withdraw/"
    for place in ["", *places.split()]:
        assert stranger.get(journey.at(place)).status == 404, place
    assert stranger.post(journey.at("check/")).status == 404
    assert journey.application.state == "consented"


def test_the_back_button_after_handing_in_leads_forward(journey: Journey) -> None:
    journey.submitted()
    for place in ("identity/", "consents/", "question/industry/", "bank-card/", "check/"):
        assert journey.phone.get(journey.at(place)).url == journey.at("waiting/"), place


def test_no_personal_page_is_kept_in_caches(journey: Journey) -> None:
    journey.filled_in()
    for place in ("identity/", "consents/", "bank-card/", "check/"):
        headers = journey.phone.get(journey.at(place)).headers
        assert "no-store" in headers["Cache-Control"], place
