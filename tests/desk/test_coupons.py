"""Coupons on the desk: one makes, another releases what stood on the page; each step on record."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client

from lending.models import AuditEntry
from products.selectors import coupons as coupon_rows
from tests.desk.conftest import OWNER, browser_of
from tests.lending.test_coupon_uses import bare, reserve, use

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("bank")]
URL = "/desk/coupons/"


def word(**changes: Any) -> dict[str, Any]:
    return {
        "code": "school", "name_zh": "开学季", "name_en": "Back to school", "kind": "coupon",
        "effect": "bp_off", "bp_off": "30", "valid_from": "2026-11-24", "last_day": "2026-12-31",
        "stack_group": "default", "budget_amount": "50000", **changes,
    }


def subsidy(**changes: Any) -> dict[str, Any]:
    return word(
        kind="subsidy", bp_off="100", share_percent="50", funder="财政部",
        legal_basis="财金〔2026〕1号", **changes,
    )


@pytest.fixture
def maker(bank: None) -> Client:
    return browser_of("product")


@pytest.fixture
def checker(bank: None) -> Client:
    return browser_of("product.second")


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch, bank: None, now: dt.datetime) -> None:
    from lending.models import BusinessDay

    BusinessDay.objects.update(current_date=now.date())


def drafted(maker: Client, **changes: Any) -> str:
    body = subsidy(**changes) if changes.get("kind") == "subsidy" else word(**changes)
    answer = maker.post(f"{URL}new/", body)
    assert answer.status_code == 302, answer.content.decode()
    return f"{URL}{body['code']}/"


def publish(client: Client, url: str, **changes: Any) -> Any:
    row = coupon_rows.by_code("school")
    assert row is not None
    return client.post(f"{url}publish/", {"seen": coupon_rows.fingerprint(row), **changes})


def text(client: Client, url: str) -> str:
    return client.get(url).content.decode()


def test_from_draft_to_published_by_two_people(maker: Client, checker: Client) -> None:
    url = drafted(maker, product_codes=["huicundai"])
    page = text(maker, url)
    assert "on ¥20,000 over 12 months saves ¥" in page
    assert "Submit for review" in page
    assert maker.post(f"{url}submit/").status_code == 302
    assert "Publish what stands here" not in text(maker, url)
    assert publish(maker, url).status_code == 403
    assert "Publish what stands here" in text(checker, url)
    assert publish(checker, url).status_code == 302
    row = coupon_rows.by_code("school")
    assert row is not None
    assert (row.state, row.author, row.checker) == ("published", "product", "product.second")
    assert row.valid_to == dt.date(2027, 1, 1)
    assert list(AuditEntry.objects.order_by("id").values_list("action", "actor")) == [
        ("coupon.draft", "S004"), ("coupon.submit", "S004"), ("coupon.publish", "S005"),
    ]
    assert "Back to school" in text(checker, URL)


def test_the_saving_is_the_schedules(maker: Client) -> None:
    """0.30 points on 20,000 repaid over a year: about half of 60 yuan, a little more at high rates."""
    page = text(maker, drafted(maker, bp_off="30"))
    assert "% → " in page
    saved = [float(part.split("<")[0].replace(",", "")) for part in page.split("saves ¥")[1:]]
    assert saved
    assert all(30 < amount < 36 for amount in saved)


def test_only_what_stood_on_the_page_is_published(maker: Client, checker: Client) -> None:
    url = drafted(maker)
    maker.post(f"{url}submit/")
    assert publish(checker, url, seen="0" * 16).status_code == 409
    before = coupon_rows.fingerprint(coupon_rows.by_code("school"))  # type: ignore[arg-type]
    assert checker.post(f"{url}send-back/").status_code == 302
    body = word(bp_off="40")
    assert maker.post(f"{url}edit/", body).status_code == 302
    maker.post(f"{url}submit/")
    assert publish(checker, url, seen=before).status_code == 409
    assert publish(checker, url).status_code == 302


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"bp_off": "0"}, "outside what is allowed"),
        ({"bp_off": "1001"}, "less than or equal to 1000"),
        ({"last_day": "2026-11-23"}, "must not be before the first"),
        ({"last_day": "9999-12-31"}, "less than or equal"),
        ({"code": "Back To"}, "Small letters"), ({"code": "new"}, "Another coupon"),
        ({"name_zh": "a\x00b"}, "Null characters"), ({"name_en": "x" * 61}, "at most 60"),
        ({"product_codes": ["nothing"]}, "not one of the available choices"),
        ({"segments": "Teacher!"}, "not possible here"), ({"segments": "a," * 301}, "at most 600"),
        ({"effect": "fixed_rate"}, "outside what is allowed"),
        ({"effect": "fixed_rate", "fixed_percent": "NaN"}, "Enter a number"),
        ({"budget_amount": "1e30"}, "no more than"), ({"kind": "gift"}, "not one of the available"),
        ({"kind": "subsidy"}, "Please fill this in"),
    ],
)
def test_a_wrong_word_stays_beside_its_field(
    maker: Client, changes: dict[str, Any], field: str
) -> None:
    answer = maker.post(f"{URL}new/", word(**changes))
    assert answer.status_code == 422
    page = answer.content.decode()
    assert field in page
    assert 'class="wrong"' in page
    assert coupon_rows.all_coupons().count() == 0


def test_a_code_is_taken_once(maker: Client) -> None:
    drafted(maker)
    answer = maker.post(f"{URL}new/", word())
    assert answer.status_code == 422
    assert "Another coupon has this code." in answer.content.decode()


@pytest.mark.parametrize(
    ("changes", "answer"),
    [
        ({"bp_off": "101"}, "at most 1.00%"),
        ({"share_percent": "51"}, "at most 50.00%"),
        ({"last_day": "2027-01-01"}, "do not reach over all days"),
    ],
)
def test_a_subsidy_beyond_the_law_is_refused_in_words(
    maker: Client, checker: Client, changes: dict[str, Any], answer: str
) -> None:
    assert maker.post(f"{URL}new/", {**subsidy(), **changes}).status_code == 302
    maker.post(f"{URL}school/submit/")
    refused = publish(checker, f"{URL}school/")
    assert refused.status_code == 422
    assert answer in refused.content.decode()


def test_a_form_is_filled_with_what_it_saved(maker: Client) -> None:
    url = drafted(
        maker, effect="fixed_rate", fixed_percent="5.85", segments="teacher，doctor", lists="a b"
    )
    page = text(maker, f"{url}edit/")
    for value in ("5.85", "teacher, doctor", "a, b", "2026-12-31", "50000.00"):
        assert f'value="{value}"' in page
    assert 'name="code"' not in page
    assert "fixed at 5.85%" in text(maker, url)


def test_budget_and_uses_are_shown_without_names(
    maker: Client, checker: Client, now: dt.datetime
) -> None:
    url = drafted(maker, budget_count="2")
    maker.post(f"{url}submit/")
    publish(checker, url)
    application = bare(now)
    (coupon,) = coupon_rows.coupons_on(product_path=("shandai",), on=now.date())
    reserve(application, now, use(coupon))
    for page in (text(maker, url), text(maker, URL)):
        assert "¥100.00 of ¥50,000" in page
        assert "1 of 2 loans" in page
        assert "<svg" in page
    assert application.customer.customer_no not in text(maker, url)


def test_ending_is_for_those_who_release(maker: Client, checker: Client) -> None:
    url = drafted(maker)
    maker.post(f"{url}submit/")
    publish(checker, url)
    assert maker.post(f"{url}retire/", {"last_day": "2026-99-99"}).status_code == 422
    assert maker.post(f"{url}retire/", {"last_day": "2026-11-01"}).status_code == 422
    assert maker.post(f"{url}retire/", {"last_day": "2026-12-01"}).status_code == 302
    row = coupon_rows.by_code("school")
    assert row is not None
    assert row.valid_to == dt.date(2026, 12, 2)
    assert browser_of("risk").post(f"{url}retire/", {}).status_code == 302
    assert "Back to school" in text(maker, f"{URL}?tab=ended")


def test_who_may(maker: Client) -> None:
    url = drafted(maker)
    owner, risk = browser_of(OWNER), browser_of("risk")
    for client in (owner, risk):
        assert client.get(URL).status_code == client.get(url).status_code == 200
        assert client.get(f"{URL}new/").status_code == 403
        assert client.post(f"{url}edit/", word()).status_code == 403
        assert client.post(f"{url}submit/").status_code == 403
    maker.post(f"{url}submit/")
    for step in ("publish/", "send-back/", "retire/"):
        assert owner.post(f"{url}{step}").status_code == 403
    assert publish(risk, url).status_code == 302
    assert maker.get(f"{url}edit/").status_code == 404
    assert maker.get(f"{URL}nothing/").status_code == 404
    assert maker.post(f"{URL}nothing/submit/").status_code == 404
    assert maker.post(f"{url}submit/").status_code == 409
    assert Client().get(URL).status_code == 302


@pytest.mark.parametrize("query", ["?tab=x", "?tab=ended&after=1_2", "?after=%00", "?tab=making"])
def test_odd_questions_get_plain_answers(maker: Client, query: str) -> None:
    assert maker.get(URL + query).status_code == 200
