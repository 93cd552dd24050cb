"""Every desk address as every role: a table we keep. 404 for what is not yours, never its content."""

import pytest
from django.test import Client
from django.urls import get_resolver

from lending.models import LoanApplication
from tests.desk.conftest import NEIGHBOUR, OWNER, STRANGER, Browsers, browser_of

pytestmark = pytest.mark.django_db

LISTS = (
    "/desk/",
    "/desk/applications/",
    "/desk/applications/?tab=ended&product=shandai",
    "/desk/customers/",
    "/desk/loans/",
    "/desk/codes/",
    "/desk/funnel/",
    "/desk/funnel/export/",
    "/desk/funnel/figure/",
)
ROWS = ("/desk/applications/{a}/", "/desk/applications/{a}/panel/", "/desk/customers/{c}/")
POSTS = (
    "/desk/applications/{a}/reveal/",
    "/desk/applications/{a}/approve/",
    "/desk/applications/{a}/decline/",
)
SEES = {
    OWNER: True,
    NEIGHBOUR: False,
    STRANGER: False,
    "manager.baolun": True,
    "manager.zhaohua": False,
    "headoffice": True,
    "risk": True,
    "admin": True,
}


@pytest.mark.parametrize("username", SEES)
def test_rows_are_visible_in_scope_only(referred: LoanApplication, username: str) -> None:
    client = browser_of(username)
    assert [client.get(url).status_code for url in LISTS] == [200] * len(LISTS)
    expected = 200 if SEES[username] else 404
    for url in ROWS:
        page = client.get(url.format(a=referred.pk, c=referred.customer_id))
        assert page.status_code == expected, url
        secrets = (
            referred.id_number,
            referred.customer.mobile,
            "羊木镇1组",
            referred.bank_card.card_number,
        )
        assert not [s for s in secrets if s in page.content.decode()]
        if expected == 404:
            assert referred.name not in page.content.decode()
    listed = str(referred.pk) in client.get("/desk/applications/").content.decode()
    assert listed == SEES[username]
    if expected == 404:
        assert [
            client.post(u.format(a=referred.pk), {"reason": "just looking"}).status_code
            for u in POSTS
        ] == [404] * 3
    referred.refresh_from_db()
    assert referred.state == "in_review"


def test_nobody_and_half_logged_in_reach_nothing(
    referred: LoanApplication, browser: Browsers
) -> None:
    urls = [u.format(a=referred.pk, c=referred.customer_id) for u in (*LISTS, *ROWS, *POSTS)]
    for client in (Client(), browser(OWNER, verified=False)):
        for url in urls:
            answer = (
                client.post(url)
                if url.rstrip("/").endswith(("reveal", "approve", "decline"))
                else client.get(url)
            )
            assert answer.status_code == 302, url
            assert answer["Location"].startswith("/desk/login/"), url


def test_a_user_without_a_profile_gets_a_plain_word(bank: None, django_user_model: type) -> None:
    from django_otp import DEVICE_ID_SESSION_KEY
    from django_otp.plugins.otp_totp.models import TOTPDevice

    user = django_user_model.objects.create_user("clerk")
    client = Client(headers={"accept-language": "en"})
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    session = client.session
    session[DEVICE_ID_SESSION_KEY] = TOTPDevice.objects.create(
        user=user, confirmed=True
    ).persistent_id
    session.save()
    assert client.get("/desk/").status_code == 403


def test_every_desk_address_asks_who_is_there() -> None:
    """A new view under /desk/ that forgets its door fails here."""
    open_doors = {"login", "verify", "enrol", "logout", "language"}
    patterns = []
    for entry in get_resolver().url_patterns:
        base = str(entry.pattern)
        for pattern in getattr(entry, "url_patterns", []):
            if f"{base}{pattern.pattern}".startswith("desk/"):
                patterns.append(pattern)
    assert len(patterns) > 20
    unguarded = [p.name for p in patterns if p.name not in open_doors and not _guarded(p.callback)]
    assert unguarded == []


def _guarded(view: object) -> bool:
    while view is not None:
        if getattr(view, "is_staff_page", False):
            return True
        view = getattr(view, "__wrapped__", None)
    return False


@pytest.mark.parametrize(
    "url",
    [
        "/desk/applications/?after=garbage",
        "/desk/applications/?after=2026-01-01T00:00:00_zz",
        "/desk/loans/?q=%00",
        "/desk/applications/?product=%27%3B--",
        "/desk/funnel/?since=9999-99-99&until=0001-01-01&officer=1e9&window=x",
        "/desk/funnel/?product=%00&code=%00",
        "/desk/codes/nope.svg/",
        "/desk/customers/?after=2026-01-01T00:00:00Z_1",
    ],
)
def test_odd_questions_get_plain_answers(bank: None, url: str) -> None:
    assert browser_of(OWNER).get(url).status_code in (200, 404)
