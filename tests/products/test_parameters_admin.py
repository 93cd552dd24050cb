"""Numbers of the law in the admin: entered from a day on, in people's units, by a name."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test import Client
from django.utils import timezone
from django_otp import DEVICE_ID_SESSION_KEY
from django_otp.plugins.otp_totp.models import TOTPDevice

from products.models import OperatingArea, RegulatoryParameter
from products.services import parameters

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("seeded")]
NUMBERS = "/admin/products/regulatoryparameter/"
AREA = "/admin/products/operatingarea/"


def browser(*rights: str, language: str = "en") -> Client:
    """A browser of a staff account behind its second factor; without ``rights`` a superuser's."""
    user = User.objects.create_user("zhao", is_staff=True, is_superuser=not rights)
    user.user_permissions.set(Permission.objects.filter(codename__in=rights))
    client = Client(headers={"accept-language": language})
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    session = client.session
    session[DEVICE_ID_SESSION_KEY] = TOTPDevice.objects.create(user=user).persistent_id
    session.save()
    return client


def ahead(days: int = 30) -> str:
    return (timezone.localdate() + dt.timedelta(days=days)).isoformat()


def number(**changes: Any) -> dict[str, Any]:
    return {"code": "LPR_1Y", "value": "2.90", "day": ahead(), "basis": "公布", **changes}


def test_a_rate_is_typed_in_percent_and_stored_as_a_fraction() -> None:
    client = browser()
    assert client.get(f"{NUMBERS}add/?code=LPR_1Y").status_code == 200
    answer = client.post(f"{NUMBERS}add/", number(), follow=True)
    assert answer.redirect_chain == [(NUMBERS, 302)]
    row = RegulatoryParameter.objects.get(code="LPR_1Y", valid_to=None)
    assert (row.value, row.author, row.basis) == (Decimal("0.029000"), "zhao", "公布")
    entry = LogEntry.objects.get()
    assert (entry.user.get_username(), entry.object_id) == ("zhao", str(row.pk))
    page = answer.content.decode()
    assert "2.90 %" in page
    assert "not yet in force" in page


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"value": "0.029"}, "LPR_1Y lies between 0.50 and 15 %"),
        ({"value": "2.905"}, "at most 2 decimals"),
        ({"value": "NaN"}, "Enter a number"),
        ({"value": "1e400"}, "no more than"),
        ({"value": ""}, "required"),
        ({"code": "LPR_9Y"}, "Select a valid choice"),
        ({"day": ahead(-1)}, "today or a later day"),
        ({"day": "9999-12-31"}, "within ten years"),
        ({"day": "tomorrow"}, "Enter a valid date"),
        ({"basis": " "}, "required"),
        ({"basis": "a\x00b"}, "Null characters"),
        ({"basis": "x" * 201}, "at most 200"),
        ({"code": "PENALTY_UPLIFT_MIN", "value": "80"}, "compare PENALTY_UPLIFT_MAX"),
    ],
)
def test_a_refusal_stands_beside_what_was_typed(changes: dict[str, Any], sentence: str) -> None:
    before = RegulatoryParameter.objects.count()
    answer = browser().post(f"{NUMBERS}add/", number(**changes))
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert RegulatoryParameter.objects.count() == before


def test_a_second_value_for_a_day_is_refused_with_that_day() -> None:
    client = browser()
    client.post(f"{NUMBERS}add/", number())
    answer = client.post(f"{NUMBERS}add/", number(value="2.80"))
    assert f"Another row begins on {ahead()}" in answer.content.decode()


def test_a_number_that_breaks_products_is_kept_and_the_products_are_named() -> None:
    answer = browser().post(
        f"{NUMBERS}add/", number(code="TOTAL_COST_CAP", value="12"), follow=True
    )
    assert "break the law" in answer.content.decode()
    assert "shandai" in answer.content.decode()


def test_the_list_is_filtered_by_number_and_days() -> None:
    client = browser()
    text = client.get(f"{NUMBERS}?code=LPR_5Y&days=in_force").content.decode()
    assert "3.50 %" in text
    assert "4.85 %" not in text
    assert "Loan prime rate, over five years" in text
    assert "4.85 %" in client.get(f"{NUMBERS}?code=LPR_5Y&days=past").content.decode()
    assert client.get(f"{NUMBERS}?code=nobody&days=never").status_code in (200, 302)


def test_the_list_warns_of_numbers_that_run_out() -> None:
    client = browser()
    assert "are missing" not in client.get(NUMBERS).content.decode()
    with connection.cursor() as cursor:  # an end without a successor, which no page allows
        cursor.execute(
            "UPDATE products_regulatoryparameter SET valid_to = %s"
            " WHERE code = 'LPR_1Y' AND valid_to IS NULL",
            [ahead(10)],
        )
    text = client.get(NUMBERS).content.decode()
    assert f"LPR_1Y (Loan prime rate, one year) has no value from {ahead(10)}." in text
    assert "add/?code=LPR_1Y" in text


def test_nothing_is_changed_or_deleted() -> None:
    client = browser()
    row = RegulatoryParameter.objects.get(code="LPR_1Y", valid_to=None)
    assert client.get(f"{NUMBERS}{row.pk}/change/").status_code == 200
    for action in ("change", "delete"):
        answer = client.post(f"{NUMBERS}{row.pk}/{action}/", {"value": "1", "post": "yes"})
        assert answer.status_code == 403
    assert "This number is needed every day" in client.post(
        f"{NUMBERS}{row.pk}/end/", {"day": ahead()}
    ).content.decode()
    row.refresh_from_db()
    assert (row.value, row.valid_to) == (Decimal("0.030000"), None)


def test_a_number_nothing_needs_ends_on_a_day_and_by_a_name() -> None:
    today = timezone.localdate()
    row = parameters.set_parameter(
        code="SPARE", value=Decimal(1), basis="x", valid_from=today, today=today
    )
    client = browser()
    assert f"{row.pk}/end/" in client.get(NUMBERS).content.decode()
    assert client.get(f"{NUMBERS}{row.pk}/end/").status_code == 200
    assert client.post(f"{NUMBERS}{row.pk}/end/", {"day": ahead()}).status_code == 302
    row.refresh_from_db()
    assert row.valid_to == dt.date.fromisoformat(ahead())
    assert ahead() in LogEntry.objects.get().change_message
    for pk in (0, 10**30):
        assert client.get(f"{NUMBERS}{pk}/end/").status_code == 404


def test_a_county_joins_and_leaves() -> None:
    client = browser()
    given = {
        "county": "510821", "name_zh": "旺苍县", "name_en": "Wangcang County", "day": ahead(0),
        "basis": "许可证",
    }
    wrong = client.post(f"{AREA}add/", {**given, "county": "5108-1"})
    assert "Please check this field" in wrong.content.decode()
    assert client.post(f"{AREA}add/", given).status_code == 302
    row = OperatingArea.objects.get(county="510821")
    assert (row.author, row.name_en) == ("zhao", "Wangcang County")
    assert client.post(f"{AREA}{row.pk}/end/", {"day": ahead()}).status_code == 302
    row.refresh_from_db()
    assert row.valid_to == dt.date.fromisoformat(ahead())
    text = client.get(AREA).content.decode()
    assert "旺苍县" in text
    assert "in force today" in text


def test_a_county_in_use_stays_and_the_products_are_named() -> None:
    row = OperatingArea.objects.get(county="510812")
    answer = browser().post(f"{AREA}{row.pk}/end/", {"day": ahead()})
    assert answer.status_code == 422
    assert "shandai" in answer.content.decode()
    row.refresh_from_db()
    assert row.valid_to is None


def test_rights_are_those_of_the_model() -> None:
    row = OperatingArea.objects.get(county="510812")
    client = browser("view_regulatoryparameter", "add_regulatoryparameter", "view_operatingarea")
    assert client.post(f"{NUMBERS}add/", number()).status_code == 302
    assert client.get(AREA).status_code == 200
    assert client.get(f"{AREA}add/").status_code == 403
    assert client.post(f"{AREA}{row.pk}/end/", {"day": ahead()}).status_code == 403
    assert "/end/" not in client.get(AREA).content.decode()
