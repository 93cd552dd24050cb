"""The way in: number, code, what the money is for; resuming; the language."""

import pytest
from django.core import signing

from lending.models import Customer, LoanApplication, ReferralCode
from tests.phone.conftest import MOBILE, Carrier, Journey, Phone

pytestmark = pytest.mark.django_db


@pytest.fixture
def visitor(bank: None) -> Phone:
    return Phone()


def test_from_the_number_to_the_first_question(visitor: Phone, carrier: Carrier) -> None:
    visitor.get("/apply/").says("Borrow with one ID card", "Step 1 of 8")
    page = visitor.post("/apply/", {"mobile": "+86 138-0000 0001"})
    page.says("Enter the code", "138****0001")
    assert MOBILE not in page.text
    page = visitor.post("/apply/code/", {"otp": carrier.codes[MOBILE]})
    page.says("What do you need the money for?", "Step 2 of 8")
    cookie = visitor.client.cookies["shandai_customer"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "Please enter your mobile number."),
        ("138123456", "A mobile number has 11 digits. You entered 9."),
        ("23812345678", "11-digit mobile number"),
        ("hello", "11-digit mobile number"),
    ],
)
def test_a_wrong_number_is_explained_and_kept(visitor: Phone, typed: str, words: str) -> None:
    page = visitor.post("/apply/", {"mobile": typed})
    assert page.status == 422
    assert page.title.startswith("Error")
    page.says(words, 'id="problems"', f'value="{typed}"' if typed else "aria-invalid")
    assert page.text.count(words) == 2  # on top and beside the field


def test_full_width_digits_are_forgiven(visitor: Phone, carrier: Carrier) -> None:
    visitor.post("/apply/", {"mobile": "１３８０００００００１"}).says("Enter the code")
    assert MOBILE in carrier.codes


def test_a_wrong_code_says_so_and_five_lock_it(visitor: Phone, carrier: Carrier) -> None:
    visitor.post("/apply/", {"mobile": MOBILE})
    right = carrier.codes[MOBILE]
    wrong = "000000" if right != "000000" else "111111"
    for _ in range(5):
        page = visitor.post("/apply/code/", {"otp": wrong})
        page.says("The code is not right")
        assert page.status == 422
    visitor.post("/apply/code/", {"otp": right}).says("Too many wrong codes")
    assert "shandai_customer" not in visitor.client.cookies


def test_a_code_works_once(visitor: Phone, carrier: Carrier) -> None:
    visitor.post("/apply/", {"mobile": MOBILE})
    visitor.post("/apply/code/", {"otp": carrier.codes[MOBILE]})
    second = Phone()
    second.client.cookies["shandai_number"] = visitor.client.cookies.get("shandai_number", "")
    second.post("/apply/", {"mobile": MOBILE})  # within a minute no new code is sent after use
    page = second.post("/apply/code/", {"otp": "12345"})
    page.says("The code has 6 digits")


def test_a_new_code_only_after_a_minute(visitor: Phone, carrier: Carrier) -> None:
    visitor.post("/apply/", {"mobile": MOBILE})
    page = visitor.post("/apply/code/", {"resend": "1"})
    assert page.status == 429
    page.says("You can ask for a new code in")


def test_an_altered_number_cookie_is_not_believed(visitor: Phone) -> None:
    visitor.get("/apply/")
    visitor.client.cookies["shandai_number"] = signing.dumps("13900000000|1")
    assert visitor.get("/apply/code/").url == "/apply/"


def test_purpose_and_amount_begin_the_application(phone: Phone) -> None:
    page = phone.post("/apply/purpose/", {})
    assert page.status == 422
    page.says("Please choose one.")
    phone.post("/apply/purpose/", {"answer": "agriculture"}).says("How much would you like?")
    page = phone.post("/apply/amount/?purpose=agriculture", {"answer": "¥ ２０,０００"})
    page.says("Show us your ID card")
    row = LoanApplication.objects.get()
    assert (row.purpose, str(row.requested_amount), row.channel) == (
        "agriculture",
        "20000.00",
        "page",
    )


@pytest.mark.parametrize("typed", ["-5", "NaN", "1e5", "0", "abc", "1.234"])
def test_an_impossible_amount_is_explained(phone: Phone, typed: str) -> None:
    page = phone.post("/apply/amount/?purpose=agriculture", {"answer": typed})
    assert page.status == 422
    page.says("Please enter an amount in yuan", f'value="{typed}"')
    assert not LoanApplication.objects.exists()


def test_the_amount_may_stay_open(phone: Phone) -> None:
    phone.post("/apply/amount/?purpose=agriculture", {"answer": ""}).says("Show us your ID card")
    assert LoanApplication.objects.get().requested_amount is None


def test_an_invented_purpose_goes_back_to_the_question(phone: Phone) -> None:
    assert phone.get("/apply/amount/?purpose=gambling").url == "/apply/purpose/"


def test_a_double_tap_begins_one_application(phone: Phone) -> None:
    for _ in range(2):
        phone.post("/apply/amount/?purpose=agriculture", {"answer": "20000"})
    assert LoanApplication.objects.count() == 1


def test_coming_back_leads_to_the_first_open_question(journey: Journey) -> None:
    journey.start()
    journey.identity()
    assert journey.phone.get("/apply/").url == journey.at("consents/")
    journey.consents()
    journey.phone.post(journey.at("question/occupation/"), {"answer": "farmer"})
    assert journey.phone.get("/apply/").url == journey.at("question/monthly_income/")


def test_another_phone_resumes_after_logging_in(journey: Journey, carrier: Carrier) -> None:
    journey.start()
    journey.identity()
    other = Phone()
    other.post("/apply/", {"mobile": MOBILE})
    page = other.post("/apply/code/", {"otp": carrier.codes[MOBILE]})
    assert page.url == journey.at("consents/")
    page.says("Welcome back. 5 steps left.")


def test_a_lost_session_asks_for_the_number_and_keeps_everything(journey: Journey) -> None:
    journey.start()
    place = journey.at("identity/")
    del journey.phone.client.cookies["shandai_customer"]
    journey.phone.get(place).says("Log in to go on", "What you have entered is kept")


def test_log_out_ends_the_session(phone: Phone) -> None:
    token = phone.client.cookies["shandai_customer"].value
    phone.get("/me/")
    phone.post("/apply/log-out/")
    phone.client.cookies["shandai_customer"] = token
    phone.get("/me/").says("Log in to go on")


def test_the_officer_of_the_code_stands_at_the_foot(visitor: Phone) -> None:
    code = ReferralCode.objects.filter(officer__isnull=False).select_related("officer")[0]
    page = visitor.scan(code.code).get("/apply/")
    page.says(code.officer.display_name, f"tel:{code.officer.work_mobile}")


def test_a_retired_code_falls_back_to_the_banks_own(visitor: Phone) -> None:
    code = ReferralCode.objects.filter(officer__isnull=False)[0]
    ReferralCode.objects.filter(pk=code.pk).update(state="retired")
    assert visitor.scan(code.code).get("/apply/").status == 200
    ReferralCode.objects.update(state="retired")
    page = visitor.get("/apply/")
    assert page.status == 404
    page.says("This QR code is no longer valid")


def test_language_by_switch_and_no_open_redirect(visitor: Phone) -> None:
    visitor.get("/apply/")
    page = visitor.post("/apply/language/", {"language": "zh-hans", "next": "/apply/"})
    assert '<html lang="zh-Hans">' in page.text
    page = visitor.post("/apply/language/", {"language": "en", "next": "https://evil.example/"})
    assert page.url == "/apply/"
    assert '<html lang="en">' in page.text


def test_the_switch_also_sets_the_language_of_texts(phone: Phone) -> None:
    phone.get("/me/")
    phone.post("/apply/language/", {"language": "en", "next": "/me/"})
    assert Customer.objects.get().language == "en"
    phone.post("/apply/language/", {"language": "xx", "next": "/me/"})
    assert Customer.objects.get().language == "en"


def test_posts_need_the_csrf_token(visitor: Phone) -> None:
    visitor.get("/apply/")
    assert visitor.client.post("/apply/", {"mobile": MOBILE}).status_code == 403
