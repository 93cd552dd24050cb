"""Codes by SMS: once, five minutes, five tries, bound to purpose and application."""

import datetime as dt

import pytest

from lending.errors import IllegalState, InvalidInput, NotFound, TooMany, WrongCode
from lending.models import DeadLetter, OtpChallenge, SmsMessage
from lending.selectors import customers
from lending.services import otp, sessions, sms
from tests.lending.conftest import Applicant, Cast

pytestmark = pytest.mark.django_db
MOBILE = "13900001234"


def send(now, **changes) -> None:
    otp.send_code(
        **{"mobile": MOBILE, "purpose": "login", "client_ip": "10.0.0.1", "now": now, **changes}
    )


def newest(sandbox, mobile: str = MOBILE) -> str:
    return str(next(m["otp"] for m in sandbox.sms(mobile) if m["otp"]))


def wrong_for(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


def check(now, code: str, **changes) -> None:
    otp.verify_code(**{"mobile": MOBILE, "purpose": "login", "code": code, "now": now, **changes})


def test_a_code_works_once(bank, sandbox, now) -> None:
    send(now)
    code = newest(sandbox)
    check(now, code)
    with pytest.raises(WrongCode) as refused:
        check(now, code)
    assert refused.value.code == "code_expired"


def test_a_code_dies_after_five_minutes(bank, sandbox, now) -> None:
    send(now)
    with pytest.raises(WrongCode):
        check(now + dt.timedelta(minutes=5), newest(sandbox))


def test_five_wrong_guesses_lock_the_right_code_out(bank, sandbox, now) -> None:
    send(now)
    code = newest(sandbox)
    for _ in range(5):
        with pytest.raises(WrongCode):
            check(now, wrong_for(code))
    with pytest.raises(WrongCode) as refused:
        check(now, code)
    assert refused.value.code == "code_locked"


def test_asking_again_at_once_sends_nothing_new_but_later_does(bank, sandbox, now) -> None:
    send(now)
    first = newest(sandbox)
    send(now + dt.timedelta(seconds=30))
    assert newest(sandbox) == first
    later = now + dt.timedelta(seconds=61)
    send(later)
    assert OtpChallenge.objects.count() == 2
    with pytest.raises(WrongCode):
        check(later, first if first != newest(sandbox) else wrong_for(first))


def test_the_day_has_its_share(bank, sandbox, now, settings) -> None:
    settings.OTP_CODES_PER_MOBILE_DAY = 3
    for minute in range(3):
        send(now + dt.timedelta(minutes=2 * minute))
    with pytest.raises(TooMany):
        send(now + dt.timedelta(minutes=10))


def test_one_address_cannot_text_the_whole_county(bank, sandbox, now, settings) -> None:
    settings.OTP_CODES_PER_ADDRESS_DAY = 3
    for number in range(3):
        send(now, mobile=f"1390000990{number}")
    with pytest.raises(TooMany):
        send(now, mobile="13900009909")


def test_the_code_is_stored_hashed_and_forgotten_once_sent(bank, sandbox, now) -> None:
    send(now)
    code = newest(sandbox)
    assert code not in OtpChallenge.objects.get().code_hash
    message = SmsMessage.objects.get()
    assert (message.state, message.parameters) == ("sent", {})


def test_the_carrier_being_down_is_not_the_persons_problem(bank, sandbox, now) -> None:
    sandbox.fault("sms", "send", "error_500")
    send(now)
    message = SmsMessage.objects.get()
    assert message.state == "queued"
    assert sms.revive(now=now + dt.timedelta(seconds=20)) == 1
    assert sms.deliver(sms_id=message.pk, now=now + dt.timedelta(seconds=20))
    check(now, newest(sandbox))


def test_a_text_that_never_goes_out_is_put_before_a_person(bank, sandbox, now) -> None:
    message = sms.queue(
        template="declined", event_key="e1", mobile=MOBILE, parameters={}, language="en", now=now
    )
    sandbox.fault("sms", "send", "error_500", times=sms.ATTEMPTS_MAX)
    for attempt in range(sms.ATTEMPTS_MAX):
        sms.deliver(sms_id=message.pk, now=now + dt.timedelta(minutes=attempt))
    message.refresh_from_db()
    assert message.state == "failed"
    (letter,) = DeadLetter.objects.all()
    assert letter.arguments == {"sms_id": str(message.pk)}


@pytest.mark.parametrize(
    "mobile", ["12345", "", "１３９００００１２３４", "139000012345", None, "' OR 1=1 --"]
)
def test_a_wrong_number_is_refused_in_words(bank, now, mobile) -> None:
    with pytest.raises(InvalidInput) as refused:
        send(now, mobile=mobile)
    assert "mobile" in refused.value.errors


class TestSigning:
    @pytest.fixture
    def accepted(self, cast: Cast) -> Applicant:
        applicant = cast.applicant("teacher").to_offer()
        applicant.accept()
        return applicant

    def test_a_login_code_does_not_sign(self, accepted: Applicant) -> None:
        later = accepted.now + dt.timedelta(minutes=2)
        otp.send_code(mobile=accepted.person["mobile"], purpose="login", client_ip="", now=later)
        login_code = accepted.newest_code()
        accepted.now = later
        sign_code = accepted.sign_code()
        if login_code != sign_code:
            with pytest.raises(WrongCode):
                accepted.sign(otp=login_code)
        accepted.refresh()
        assert accepted.application.state == "accepted"

    def test_the_code_of_another_application_does_not_sign(
        self, accepted: Applicant, cast: Cast
    ) -> None:
        other = cast.applicant("rice_farmer").to_offer()
        other.accept()
        code = other.sign_code()
        accepted.sign_code()
        if code != accepted.newest_code():
            with pytest.raises(WrongCode):
                accepted.sign(otp=code)

    def test_no_code_before_an_offer_is_chosen_and_none_for_strangers(
        self, cast: Cast, accepted
    ) -> None:
        early = cast.applicant("rice_farmer")
        with pytest.raises(IllegalState):
            early.sign_code()
        with pytest.raises(NotFound):
            otp.send_code(
                mobile=early.person["mobile"],
                purpose="sign",
                client_ip="",
                now=early.now,
                application_id=accepted.application.pk,
                customer=early.customer,
            )

    @pytest.mark.parametrize("seconds", [0, 9, -1, "x", None, True, float("inf")])
    def test_the_cost_sheet_must_have_been_read(self, accepted: Applicant, seconds) -> None:
        with pytest.raises(InvalidInput) as refused:
            accepted.sign(cost_sheet_seconds=seconds)
        assert refused.value.code == "cost_sheet_unread"
        assert accepted.newest_code(), "the code is not used up by a refusal before it"

    @pytest.mark.parametrize("sha", ["", "0" * 64])
    def test_another_paper_is_not_signed(self, accepted: Applicant, sha: str) -> None:
        with pytest.raises(InvalidInput) as refused:
            accepted.sign(document_sha256=sha)
        assert refused.value.code == "document_changed"


class TestSessions:
    def test_a_token_opens_until_it_is_closed_or_old(self, bank, sandbox, now) -> None:
        send(now)
        opened = sessions.open_session(mobile=MOBILE, otp=newest(sandbox), client_ip="", now=now)
        assert customers.by_token(opened.token, now) == opened.customer
        assert customers.by_token(opened.token, now + dt.timedelta(days=7)) is None
        assert customers.by_token(opened.token + "x", now) is None
        sessions.close_session(token=opened.token, now=now)
        assert customers.by_token(opened.token, now) is None
