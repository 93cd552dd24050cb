"""What a phone is told about its device and the machine; and nonsense sent to the new pages."""

import pytest
from django.test import Client

from lending.domain.application_flow import Action
from lending.models import AssistedMode, Officer
from lending.services import devices
from lending.views.customer.devices import COOKIE
from tests.phone.conftest import Journey, Phone

pytestmark = pytest.mark.django_db
NONSENSE = ({}, {"*": "\x00"}, {"*": "长" * 300_000}, {"*": ["1", "2"]}, {"*": "-1"})


def test_the_consent_names_the_device_and_the_machine(phone: Phone, journey: Journey) -> None:
    phone.language = "zh-hans"
    journey.start()
    page = journey.identity()
    page.says("Cookie", "大致位置", "计算机自动评估", "由人工决定")


def test_the_device_is_named_when_an_application_begins_and_not_before(
    phone: Phone, journey: Journey
) -> None:
    for url in ("/", "/apply/purpose/", "/apply/amount/?purpose=agriculture"):
        phone.get(url)
        assert COOKIE not in phone.client.cookies, url
    journey.start()
    kept = phone.client.cookies[COOKIE]
    assert (kept["httponly"], kept["samesite"], bool(kept["secure"])) == (True, "Lax", False)
    secure = phone.client.post(
        journey.at("consents/"), {"privacy": "on"}, secure=True, headers={"referer": "https://testserver/"}
    )
    assert COOKIE not in secure.cookies  # nothing to tell the device again there


def test_a_forged_device_is_replaced_by_a_new_one(phone: Phone, journey: Journey) -> None:
    phone.client.cookies[COOKIE] = "<script>alert(1)</script>"
    journey.start()
    assert "script" not in phone.client.cookies[COOKIE].value


@pytest.mark.parametrize("body", NONSENSE)
def test_nonsense_never_breaks_the_new_pages(
    phone: Phone, journey: Journey, body: dict[str, object]
) -> None:
    phone.client.raise_request_exception = False
    phone.language = "zh-hans"
    journey.start()
    journey.identity()
    sent = dict.fromkeys(("wants_person", "privacy", "bureau", "reason"), body["*"]) if body else {}
    assert phone.post(journey.at("consents/"), sent).status < 500
    journey.consents()
    journey.decided(Action.DECLINE)
    assert phone.post(journey.at("declined/"), sent).status < 500
    assert phone.post("/apply/assisted/" + "x" * 500 + "/", sent).status in (400, 404)  # 400: too large


def test_the_officers_link_opens_once_and_on_a_post_alone(phone: Phone, stranger: Phone) -> None:
    from django.utils import timezone

    officer = Officer.objects.get(user__username="liguoqiang")
    mode, code = devices.begin(officer=officer, hours=4, now=timezone.now())
    url = f"/apply/assisted/{code}/"
    assert Client(enforce_csrf_checks=True).post(url).status_code == 403
    phone.get(url).says("Switch on for this device")
    assert AssistedMode.objects.get(pk=mode.pk).opened_at is None
    phone.post(url).says("On until")
    assert stranger.post(url).status == 404
    assert phone.get(url).status == 404


def test_the_letter_is_its_owners(phone: Phone, stranger: Phone, journey: Journey) -> None:
    journey.decided(Action.DECLINE)
    assert phone.get(journey.at("letter.pdf")).status == 200
    assert stranger.get(journey.at("letter.pdf")).status == 404
    asked = Client().get(journey.at("letter.pdf"))
    assert asked.status_code == 302  # who is nobody logs in first
