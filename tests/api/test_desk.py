"""The staff's API: session with second factor, CSRF, own rows, one verdict."""

import time
from datetime import datetime
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django_otp import DEVICE_ID_SESSION_KEY
from django_otp.plugins.otp_totp.models import TOTPDevice

from lending.domain.application_flow import Action
from lending.models import LoanApplication, Officer
from lending.services import demo_bank
from tests.api.conftest import decided, filled_in
from tests.api.phone import Phone

pytestmark = pytest.mark.django_db


def staff(officer: Officer, *, verified: bool = True) -> Phone:
    """A browser of this officer, behind the second factor or only behind the password."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(officer.user, backend="django.contrib.auth.backends.ModelBackend")
    session = client.session
    session["staff_since"] = session["staff_seen"] = int(
        time.time()
    )  # as the log-in page starts it
    if verified:
        session[DEVICE_ID_SESSION_KEY] = TOTPDevice.objects.get(user=officer.user).persistent_id
    session.save()
    return Phone(client=client)


def with_csrf(browser: Phone, path: str, body: dict[str, Any]) -> Any:
    token = "a" * 32
    browser.client.cookies["csrftoken"] = token
    return browser.send("POST", path, body, extra={"X-CSRFToken": token})


@pytest.fixture
def referred(phone: Phone, clock: datetime) -> LoanApplication:
    i = filled_in(phone)
    officer = Officer.objects.filter(role="officer").order_by("pk")[0]
    LoanApplication.objects.filter(pk=i).update(officer=officer, branch=officer.branch)
    decided(i, Action.REFER, clock)
    return LoanApplication.objects.select_related("officer__user").get(pk=i)


def verdict(application: LoanApplication, **other: Any) -> dict[str, Any]:
    return {
        "action": "decline",
        "reason_code": "identity_doubtful",
        "note": "rang twice, no answer",
        "version": application.version,
        **other,
    }


def test_worklist_evidence_and_verdict(referred: LoanApplication, phone: Phone) -> None:
    browser = staff(referred.officer)
    page = browser.get("desk/applications/").body
    assert [row["id"] for row in page["results"]] == [str(referred.pk)]
    evidence = browser.get(f"desk/applications/{referred.pk}/")
    assert evidence.body["declared"]["industry"] == "rice"
    assert evidence.body["version"] == referred.version
    for secret in (referred.name, referred.id_number, referred.customer.mobile):
        assert secret not in evidence.raw.decode()
    answer = with_csrf(browser, f"desk/applications/{referred.pk}/review/", verdict(referred))
    assert (answer.status, answer.body["state"]) == (200, "declined")
    assert phone.get(f"applications/{referred.pk}/").body["state"] == "declined"
    late = with_csrf(browser, f"desk/applications/{referred.pk}/review/", verdict(referred))
    assert (late.status, late.code) == (409, "already_decided")


VERDICTS_THAT_ARE_NONE: list[Any] = [
    ({"action": "disburse"}, 400),
    ({"version": None}, 400),
    ({"version": "1"}, 400),
    ({"score": 1}, 400),
    ({"action": "approve"}, 400),
    ({"action": "approve", "limit": "1e9"}, 422),
    ({"note": ""}, 400),
    ({"note": "x"}, 422),
    ({"version": 0}, 409),
]


def test_verdicts_that_are_none(referred: LoanApplication, subtests: pytest.Subtests) -> None:
    for change, status in VERDICTS_THAT_ARE_NONE:
        with subtests.test(case=str((change, status))[:60]):
            browser = staff(referred.officer)
            answer = with_csrf(
                browser, f"desk/applications/{referred.pk}/review/", verdict(referred, **change)
            )
            assert answer.status == status, answer.raw
            assert answer.code
            assert LoanApplication.objects.get(pk=referred.pk).state == "in_review"


def test_who_may_not(referred: LoanApplication, phone: Phone) -> None:
    path = f"desk/applications/{referred.pk}/"
    assert (Phone().get(path).status, Phone().get(path).code) == (401, "not_authenticated")
    assert phone.get(path).code == "not_authenticated"  # a customer's token is no staff session
    password_only = staff(referred.officer, verified=False).get(path)
    assert (password_only.status, password_only.code) == (403, "totp_required")
    elsewhere = Officer.objects.filter(role="officer").exclude(branch=referred.branch)[0]
    assert staff(elsewhere).get(path).code == "not_found"
    assert staff(elsewhere).get("desk/applications/").body["results"] == []
    manager_elsewhere = (
        Officer.objects.filter(role="manager").exclude(branch=referred.branch).first()
    )
    if manager_elsewhere is not None:
        assert staff(manager_elsewhere).get(path).code == "not_found"
    nobody = User.objects.create_user("no-profile")
    TOTPDevice.objects.create(user=nobody, confirmed=True)
    client = Client()
    client.force_login(nobody, backend="django.contrib.auth.backends.ModelBackend")
    assert Phone(client=client).get(path).status in (401, 403)


def test_dismissed_staff_are_out_at_once(referred: LoanApplication) -> None:
    browser = staff(referred.officer)
    assert browser.get("desk/applications/").status == 200
    User.objects.filter(pk=referred.officer.user_id).update(is_active=False)
    assert browser.get("desk/applications/").status == 401


def test_verdict_needs_csrf_token(referred: LoanApplication) -> None:
    answer = staff(referred.officer).post(
        f"desk/applications/{referred.pk}/review/", verdict(referred)
    )
    assert (answer.status, answer.code) == (403, "not_permitted")
    assert LoanApplication.objects.get(pk=referred.pk).state == "in_review"


def test_staff_cookie_opens_nothing_of_an_applicant(referred: LoanApplication) -> None:
    assert staff(referred.officer).get(f"applications/{referred.pk}/").status == 401


def test_customers_and_loans_are_masked_lists(referred: LoanApplication) -> None:
    browser = staff(Officer.objects.filter(role="head_office")[0])
    customers = browser.get("desk/customers/?page_size=5").body["results"]
    assert customers[0]["mobile_masked"] == "138****0001"
    assert set(browser.get("desk/loans/").body) == {"results", "next", "previous"}


def test_demo_passwords_exist_for_every_officer(bank: None) -> None:
    assert {a.username for a in demo_bank.accounts()} <= set(
        User.objects.values_list("username", flat=True)
    )


def test_products_tell_the_layer_of_every_term(phone: Phone) -> None:
    browser = staff(Officer.objects.get(user__username="liguoqiang"))
    rows = {row["code"]: row for row in browser.get("desk/products/?page_size=50").body["results"]}
    assert rows["building-mall"]["parent"] == "lishangdai"
    product = browser.get("desk/products/building-mall/").body
    layers = {one["field"]: one["product_code"] for one in product["terms"]}
    assert (layers["rate_cap"], layers["segments"], layers["amount_max"]) == (
        "shandai", "lishangdai", "building-mall",
    )
    assert browser.get("desk/products/nothing/").status == 404
