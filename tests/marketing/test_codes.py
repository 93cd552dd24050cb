"""Printed codes: what they lead to, who may print them, and that a camera reads them."""

import time
from datetime import timedelta

import cv2
import numpy as np
import pytest
from django.test import Client
from django.utils import timezone

from lending.models import Officer, ReferralCode
from lending.selectors import scans
from marketing.models import JourneyAttempt
from tests.desk.conftest import browser_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("bank")]

WECHAT = "Mozilla/5.0 (Linux; Android 12; HLK-AL00) AppleWebKit/537.36 Mobile MicroMessenger/8.0.50"


def own_code() -> ReferralCode:
    return ReferralCode.objects.filter(officer__user__username="liguoqiang").order_by("code")[0]


def test_a_scan_is_counted_and_leads_to_the_first_question() -> None:
    code, client = own_code(), Client(headers={"user-agent": WECHAT})
    answer = client.get(f"/q/{code.code}/")
    assert (answer.status_code, answer["Location"]) == (302, "/apply/")
    row = JourneyAttempt.objects.get()
    assert (row.code, row.officer_id, row.branch_id) == (
        code.code,
        code.officer_id,
        code.officer.branch_id,
    )
    assert (row.product_code, row.device_class) == (code.product_code, "wechat_android")
    cookie = client.cookies[scans.COOKIE]
    read = scans.read_cookie(cookie.value)
    assert (read.token, read.code) == (row.pk.hex, code.code)
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    client.get(f"/q/{code.code}/")  # the same visit
    assert JourneyAttempt.objects.count() == 1
    JourneyAttempt.objects.update(scanned_at=timezone.now() - timedelta(minutes=31))
    client.get(f"/q/{code.code}/")
    assert JourneyAttempt.objects.count() == 2


def test_the_universal_code_belongs_to_nobody() -> None:
    Client().get("/q/universal/")
    assert JourneyAttempt.objects.get().officer_id is None


@pytest.mark.parametrize(
    "headers",
    [
        {"user-agent": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"},
        {"user-agent": "facebookexternalhit/1.1"},
        {"user-agent": WECHAT, "sec-purpose": "prefetch;prerender"},
        {"user-agent": "Mozilla/5.0 Link Preview Service"},
    ],
)
def test_previews_and_crawlers_are_no_visitors(headers: dict[str, str]) -> None:
    answer = Client(headers=headers).get("/q/universal/")
    assert answer.status_code == 302
    assert Client().head("/q/universal/").status_code == 302
    assert JourneyAttempt.objects.count() == 0
    assert scans.COOKIE not in answer.cookies


def test_unknown_retired_and_expired_codes_help() -> None:
    retired, expired = ReferralCode.objects.filter(officer__isnull=False).order_by("-code")[:2]
    ReferralCode.objects.filter(pk=retired.pk).update(state="retired")
    ReferralCode.objects.filter(pk=expired.pk).update(valid_to=timezone.now())
    for code, status in ((retired, 410), (expired, 410)):
        page = Client().get(f"/q/{code.code}/")
        assert page.status_code == status
        assert code.officer.display_name in page.content.decode()
    for text in ("nope", "a" * 300, "%00", "x'--", "../admin"):
        assert Client().get(f"/q/{text}/").status_code == 404, text
    assert JourneyAttempt.objects.count() == 0
    assert Client().post("/q/universal/").status_code == 405


def test_landing_is_quick(django_assert_max_num_queries: object) -> None:
    client = Client()
    client.get("/q/universal/")
    client.cookies.clear()
    with django_assert_max_num_queries(4):  # look-up, savepoint, insert, release
        client.get("/q/universal/")
    times = []
    for _ in range(15):
        client.cookies.clear()
        start = time.perf_counter()
        client.get("/q/universal/")
        times.append(time.perf_counter() - start)
    assert sorted(times)[len(times) // 2] < 0.1


@pytest.mark.parametrize("mm", ["25", "60", "200", "99999", "-1", "abc"])
def test_a_camera_reads_the_picture(mm: str, settings: object) -> None:
    settings.PUBLIC_BASE_URL = "https://shandai.example.cn"
    code = own_code()
    answer = browser_of("liguoqiang").get(f"/desk/codes/{code.code}.png?mm={mm}")
    assert answer["Content-Type"] == "image/png"
    picture = cv2.imdecode(np.frombuffer(answer.content, np.uint8), cv2.IMREAD_GRAYSCALE)
    assert _read(picture) == f"https://shandai.example.cn/q/{code.code}/"


def _read(picture: np.ndarray) -> str:
    """A camera sees the print small and a little soft; OpenCV's reader wants it so, too."""
    soft = cv2.GaussianBlur(picture, (0, 0), picture.shape[0] / 200)
    for seen in (picture, cv2.resize(soft, (250, 250), interpolation=cv2.INTER_AREA), soft):
        text, *_ = cv2.QRCodeDetector().detectAndDecode(seen)
        if text:
            return str(text)
    return ""


def test_pictures_and_posters_of_own_codes_only() -> None:
    code, client = own_code(), browser_of("liguoqiang")
    assert b"<path" in client.get(f"/desk/codes/{code.code}.svg").content
    page = client.get(f"/desk/codes/{code.code}/poster/?paper=a5").content.decode()
    assert code.officer.display_name in page
    assert code.officer.work_mobile in page
    assert "%" in page
    assert 'class="poster a5"' in page
    foreign = ReferralCode.objects.exclude(officer=code.officer).exclude(officer=None)[0]
    for address in (f"/desk/codes/{foreign.code}.png", f"/desk/codes/{foreign.code}/poster/"):
        assert client.get(address).status_code == 404
    officer = Officer.objects.get(user__username="liguoqiang")
    listed = client.get("/desk/codes/").context["codes"]
    assert {row.officer_id for row, *_ in listed} <= {officer.pk, None}
