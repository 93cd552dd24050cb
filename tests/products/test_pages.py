"""The public pages: products with their true annual rates, plain HTML in two languages."""

import datetime as dt
import re
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client, RequestFactory
from django.utils import timezone

from products import pages, selectors, views

pytestmark = [pytest.mark.django_db]
TODAY = dt.date(2026, 11, 24)


def read(client: Client, address: str, language: str = "en") -> str:
    answer = client.get(address, headers={"accept-language": language})
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.fixture
def text(client: Client, seeded: None) -> str:
    return read(client, "/")


def test_every_product_with_its_true_rates(text: str, client: Client) -> None:
    shown = pages.shown_products(timezone.localdate())
    assert [one.product.code for one in shown] == [
        "shandai", "huicundai", "anjiadai", "youkedai", "lishangdai",
    ]
    for one in shown:
        assert one.product.name_en.replace("'", "&#x27;") in text
        assert f"{one.apr_low * 100:.2f}%–{one.apr_high * 100:.2f}%" in text
        assert f'href="/products/{one.product.code}/"' in text


def test_the_universal_code_is_linked_and_drawn(text: str) -> None:
    assert 'href="/q/universal/"' in text
    assert "<svg" in text


def test_plain_and_light(text: str, client: Client) -> None:
    assert "<script" not in text
    assert not re.search(r'style="|\son[a-z]+="', text)
    assert len(text.encode()) < 20_000


def test_what_the_law_wants_on_the_page(text: str) -> None:
    for words in ("Lender", "18 to 65 years old", "Zhaohua District", "no fees", "12378"):
        assert words in text
    assert "3 days of grace, then the contract rate plus 50% of it" in text


def test_campaigns_are_by_invitation(text: str, client: Client) -> None:
    assert "hospital" not in text.lower()
    for code in ("hospital-staff", "unknown"):
        assert client.get(f"/products/{code}/").status_code == 404


def test_chinese_names_for_chinese_readers(client: Client, seeded: None) -> None:
    text = read(client, "/", "zh-hans")
    assert "惠存贷" in text
    assert "昭化区" in text
    assert 'lang="zh-Hans"' in text


def test_the_switch_of_language(client: Client, seeded: None) -> None:
    action = re.search(r'<form method="post" action="([^"]+)"', read(client, "/"))[1]  # type: ignore[index]
    client.post(action, {"language": "zh-hans", "next": "/"})
    assert "惠存贷" in client.get("/").content.decode()


def test_a_product_with_its_costs(client: Client, seeded: None) -> None:
    text = read(client, "/products/lishangdai/")
    shown = pages.shown_product("lishangdai", timezone.localdate())
    assert shown is not None
    for row in pages.costs(shown, timezone.localdate()):
        assert f"{row.cheapest.monthly:,.2f}" in text
        assert f"{row.dearest.total_interest:,.2f}" in text
    assert "up to ¥200,000" in text
    assert "¥5,000–150,000" in text


def test_a_year_of_20000_yuan_worked_by_hand(seeded: None) -> None:
    """4.8 % nominal, 30/360: the annuity of 0.4 % a month."""
    shown = pages.shown_product("shandai", TODAY)
    assert shown is not None
    year = pages.typical(pages.costs(shown, TODAY))
    assert (year.term_months, year.cheapest.annual_rate) == (12, Decimal("0.048000"))
    assert year.cheapest.monthly == Decimal("1710.32")
    assert year.cheapest.total_interest == Decimal("523.80")
    assert year.cheapest.interest_in_100 + year.cheapest.principal_in_100 == 100
    for row in pages.costs(shown, TODAY):
        assert shown.apr_low <= row.cheapest.apr < row.dearest.apr <= shown.apr_high + Decimal("0.0001")


def test_before_the_bank_is_seeded(client: Client) -> None:
    assert "Our loans are being prepared" in read(client, "/")
    assert client.get("/products/shandai/").status_code == 404


def test_no_price_rather_than_a_wrong_one(seeded: None, rf: RequestFactory) -> None:
    def no_lpr(*_: Any) -> Decimal:
        raise selectors.MissingParameter("LPR_1Y")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pages, "parameter", no_lpr)
        answer = views.home(rf.get("/"), main_branch=lambda: None, today=lambda: TODAY)
    assert "%–" not in answer.content.decode()


def test_only_reading(client: Client, seeded: None) -> None:
    assert client.post("/").status_code == 405
