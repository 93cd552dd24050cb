"""The admin: behind the second factor, shows money and states, changes neither."""

import pytest
from django.contrib import admin
from django.test import Client

from lending.models import LoanApplication
from tests.desk.conftest import OWNER, browser_of

pytestmark = pytest.mark.django_db

CHANGEABLE = {"user", "group", "officer", "branch", "village", "referralcode"}
#: A new row follows the old one from a day on; neither is ever changed or deleted.
DATED = {"regulatoryparameter", "operatingarea"}
OURS = ("lending", "products", "risk", "marketing")


def test_the_admin_asks_for_the_second_factor(bank: None) -> None:
    for client in (Client(), browser_of("admin", verified=False), browser_of(OWNER)):
        answer = client.get("/admin/")
        assert answer.status_code in (302, 403, 404)
    assert Client().get("/admin/")["Location"].startswith("/admin/login/")
    assert Client().get("/admin/login/?next=/admin/")["Location"] == "/desk/login/?next=%2Fadmin%2F"
    assert browser_of("admin").get("/admin/").status_code == 200


def test_money_states_and_decisions_are_read_only(referred: LoanApplication) -> None:
    client = browser_of("admin")
    seen = 0
    for model in admin.site._registry:
        if model._meta.app_label not in OURS or model._meta.model_name in CHANGEABLE:
            continue
        seen += 1
        base = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
        assert client.get(base).status_code == 200, base
        may_add = model._meta.model_name in DATED
        assert client.get(f"{base}add/").status_code == (200 if may_add else 403), base
        row = model.objects.first()
        if row is None:
            continue
        page = client.get(f"{base}{row.pk}/change/")
        assert page.status_code == 200, base
        text = page.content.decode() + client.get(base).content.decode()
        for secret in (referred.id_number, referred.customer.mobile, referred.name):
            assert secret not in text, base
        assert client.post(f"{base}{row.pk}/change/", {"state": "disbursed"}).status_code == 403, (
            base
        )
        assert client.post(f"{base}{row.pk}/delete/", {"post": "yes"}).status_code == 403, base
        assert client.post(
            base, {"action": "delete_selected", "_selected_action": [row.pk]}
        ).status_code in (200, 302, 403)
        assert model.objects.filter(pk=row.pk).exists(), base
    assert seen > 25
    referred.refresh_from_db()
    assert referred.state == "in_review"


def test_authenticator_keys_are_never_shown(bank: None) -> None:
    from django_otp.plugins.otp_totp.models import TOTPDevice

    client, device = browser_of("admin"), TOTPDevice.objects.first()
    page = client.get(f"/admin/otp_totp/totpdevice/{device.pk}/change/").content.decode()
    assert device.key not in page
    assert client.get(f"/admin/otp_totp/totpdevice/{device.pk}/config/").status_code in (302, 404)
    assert client.get(f"/admin/otp_totp/totpdevice/{device.pk}/qrcode/").status_code in (302, 404)


def test_products_lead_to_the_factory(bank: None) -> None:
    page = browser_of("admin").get("/admin/products/product/").content.decode()
    assert "/desk/products/lishangdai/" in page
    assert "/desk/products/derive/?parent=lishangdai" in page
    assert "?parent=building-mall" not in page
