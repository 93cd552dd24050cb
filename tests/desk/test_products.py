"""The product factory at the desk: written by one person, released by another, never looser."""

from datetime import timedelta

import pytest
from django.test import Client

from lending.models import AuditEntry, ReferralCode
from lending.selectors import business_day
from products.domain.term_fields import FIELDS
from products.selectors.versions import current_version, product_by_code, resolved_terms
from tests.desk.conftest import Browsers

pytestmark = pytest.mark.django_db
URL = "/desk/products/"


@pytest.fixture
def maker(browser: Browsers) -> Client:
    return browser("product")


@pytest.fixture
def checker(browser: Browsers) -> Client:
    return browser("product.second")


def first_day(days: int = 1) -> str:
    return (business_day.of_bank() + timedelta(days=days)).isoformat()


def derived(client: Client, **changes: str) -> str:
    """The address of a new campaign's draft."""
    word = {
        "parent": "youkedai", "code": "teachers-day", "name_zh": "教师节专享", "name_en": "Teachers",
        "tagline_zh": "谢谢老师", "tagline_en": "Thank you", "valid_from": first_day(), **changes,
    }
    answer = client.post(f"{URL}derive/", word)
    assert answer.status_code == 302, answer.content.decode()
    return answer["Location"]


def write(client: Client, address: str, do: str, **values: str):
    base = {"valid_from": first_day(), "in_flight": "keep", "note": "for the holiday", "do": do}
    return client.post(address, {**base, **values})


def text(answer) -> str:
    return answer.content.decode()


def in_review(client: Client, **values: str) -> str:
    """The review address of a handed-in campaign version."""
    address = derived(client)
    answer = write(client, address, "submit", **(values or {"rate_cap": "11"}))
    assert answer.status_code == 302, text(answer)
    return address.replace("/edit/", "/review/")


def seen(client: Client, address: str) -> str:
    return text(client.get(address)).split('name="seen" value="')[1].split('"')[0]


def released(client: Client, address: str):
    return client.post(address, {"do": "publish", "seen": seen(client, address)})


def test_a_campaign_goes_from_derivation_to_its_printed_codes(maker: Client, checker: Client) -> None:
    assert "Every product is in force" in text(maker.get(URL))
    address = derived(maker)
    refused = write(maker, address, "save", rate_cap="14")
    assert refused.status_code == 422
    for word in ("Highest yearly rate", "14% is looser than 12% of Salaried customer", "may only be lowered"):
        assert word.replace("'", "&#x27;") in text(refused)
    assert product_by_code("teachers-day").versions.get().values == {}
    kept = write(maker, address, "save", rate_cap="11", spread_bp_by_grade="A=60 B=130, C=250")
    assert kept.status_code == 302
    draft = product_by_code("teachers-day").versions.get()
    assert draft.values == {"rate_cap": "0.110000", "spread_bp_by_grade": {"A": 60, "B": 130, "C": 250}}
    page = text(maker.get(address))
    assert "Nothing is loosened" in page
    assert 'value="11"' in page
    assert write(maker, address, "submit", rate_cap="11").status_code == 302

    review = address.replace("/edit/", "/review/")
    assert "1 version waits for a second person" in text(checker.get(URL))
    assert 'value="publish"' not in text(maker.get(review))
    mark = seen(checker, review)
    assert maker.post(review, {"do": "publish", "seen": mark}).status_code == 403
    assert "11%" in text(checker.get(review))
    answer = released(checker, review)
    assert answer.status_code == 302
    assert ReferralCode.objects.filter(code="teachers-day", product_code="teachers-day").exists()
    page = text(checker.get(answer["Location"]))
    assert "/desk/codes/teachers-day/poster/" in page
    assert checker.get("/desk/codes/teachers-day/poster/").status_code == 200
    assert "Salaried customer&#x27;s loan v" in page
    on = business_day.of_bank() + timedelta(days=1)
    version = current_version("teachers-day", on)
    assert str(resolved_terms(version.pk).terms.rate_cap) == "0.110000"
    assert AuditEntry.objects.filter(action="product.publish", subject_id=str(version.pk)).exists()


def test_every_refused_field_is_named_and_nothing_is_kept_by_a_check(maker: Client) -> None:
    address = derived(maker)
    answer = write(maker, address, "check", rate_cap="14", amount_max="250000", age_min="17")
    assert answer.status_code == 422
    assert "3 fields are refused" in text(answer)
    assert "¥250,000 is looser than ¥200,000" in text(answer)
    passing = write(maker, address, "check", amount_max="150000")
    assert passing.status_code == 200
    assert "Nothing is loosened" in text(passing)
    assert product_by_code("teachers-day").versions.get().values == {}


@pytest.mark.parametrize("code", ["shandai", "youkedai", "lishangdai", "building-mall"])
def test_what_is_saved_unchanged_means_the_same(maker: Client, code: str) -> None:
    address = maker.post(f"{URL}{code}/draft/", {"valid_from": first_day()})["Location"]
    version = product_by_code(code).versions.get(state="draft")
    before = resolved_terms(version.pk).terms
    rows = [row for _group, rows in maker.get(address).context["groups"] for row in rows]
    typed = {row.name: row.field.value() or "" for row in rows if row.field is not None}
    assert write(maker, address, "save", **typed).status_code == 302
    assert resolved_terms(version.pk).terms == before


def test_children_that_would_break_are_named(maker: Client) -> None:
    answer = maker.post(f"{URL}lishangdai/draft/", {"valid_from": first_day()})
    address = answer["Location"]
    version = product_by_code("lishangdai").versions.get(state="draft")
    page = maker.get(address)
    start = {
        name: field.value() for row in page.context["groups"] for name, field in
        ((one.name, one.field) for one in row[1]) if field is not None and field.value()
    }
    checked = write(maker, address, "check", **{**start, "amount_max": "100000"})
    assert "1 product below would break" in text(checked)
    assert "Building-materials mall loan · Largest loan" in text(checked)
    version.refresh_from_db()
    assert "amount_max" not in version.values


def test_a_version_is_sent_back_with_an_answer(maker: Client, checker: Client) -> None:
    review = in_review(maker)
    mark = seen(checker, review)
    assert checker.post(review, {"do": "send_back", "seen": mark, "answer": " "}).status_code == 422
    assert checker.post(review, {"do": "send_back", "seen": "old", "answer": "x"}).status_code == 409
    word = {"do": "send_back", "seen": mark, "answer": "Please lower the largest loan, too."}
    assert checker.post(review, word).status_code == 302
    edit = text(maker.get(review.replace("/review/", "/edit/")))
    assert "Please lower the largest loan, too." in edit
    assert checker.get(review.replace("/review/", "/edit/")).status_code == 403
    assert checker.post(review, word).status_code == 409


def test_two_versions_stand_side_by_side(maker: Client, checker: Client) -> None:
    review = in_review(maker)
    released(checker, review)
    first = product_by_code("teachers-day").versions.get()
    answer = maker.post(f"{URL}versions/{first.pk}/clone/", {"valid_from": first_day(5)})
    assert write(
        maker, answer["Location"], "save", valid_from=first_day(5), rate_cap="10", amount_max="90000"
    ).status_code == 302
    second = product_by_code("teachers-day").versions.get(state="draft")
    page = text(checker.get(f"{URL}versions/{first.pk}/diff/{second.pk}/"))
    for word in ("2 terms differ", "11%", "10%", "¥90,000", "tighter"):
        assert word in page


def test_a_version_can_be_discarded_and_retired(maker: Client, checker: Client) -> None:
    address = derived(maker)
    assert maker.post(address, {"do": "discard"}).status_code == 302
    assert maker.get(f"{URL}teachers-day/").status_code == 404
    released(checker, in_review(maker))
    version = product_by_code("teachers-day").versions.get()
    retire = f"{URL}versions/{version.pk}/retire/"
    assert checker.post(retire, {"valid_from": "2001-01-01"}).status_code == 422
    assert checker.post(retire, {"valid_from": "soon"}).status_code == 422
    assert checker.post(retire, {"valid_from": first_day(9)}).status_code == 302
    version.refresh_from_db()
    assert version.valid_to.isoformat() == first_day(9)


@pytest.mark.parametrize("username", ["liguoqiang", "manager.baolun", "risk"])
def test_others_look_but_do_not_make(browser: Browsers, maker: Client, username: str) -> None:
    review = in_review(maker)
    client = browser(username)
    for address in (URL, f"{URL}youkedai/", review):
        page = client.get(address)
        assert page.status_code == 200
        assert "product-derive" not in text(page)
        assert "/desk/products/derive/" not in text(page)
    assert client.get(f"{URL}derive/").status_code == 403
    assert client.post(f"{URL}youkedai/draft/", {"valid_from": first_day()}).status_code == 403
    assert client.get(review.replace("/review/", "/edit/")).status_code == 403
    if username != "risk":
        assert client.post(review, {"do": "publish"}).status_code == 403


GARBAGE = [
    "\x00", "💥" * 50, "-1", "1e999", "NaN", "=,=;=", "9" * 5000, "a=b=c\nd", "<b>", "Infinity", "\ud7ff",
]


@pytest.mark.parametrize("garbage", GARBAGE)
def test_garbage_in_every_field_is_refused_beside_it(maker: Client, garbage: str) -> None:
    address = derived(maker)
    names = [name for name in FIELDS if name != "fees"]
    for do in ("check", "save", "submit"):
        answer = write(maker, address, do, **dict.fromkeys(names, garbage))
        assert answer.status_code == 422
    assert 'class="wrong"' in text(answer)
    both = dict.fromkeys(("valid_from", "valid_to", "note", "in_flight"), garbage)
    assert write(maker, address, "save", **both).status_code == 422
    wrong = dict.fromkeys(("parent", "code", "name_zh", "name_en", "tagline_zh", "valid_from"), garbage)
    assert maker.post(f"{URL}derive/", wrong).status_code == 422
    for path in ("youkedai/draft/", f"versions/{product_by_code('youkedai').versions.get().pk}/clone/"):
        assert maker.post(f"{URL}{path}", {"valid_from": garbage}).status_code == 422
    assert maker.get(f"{URL}youkedai/", {"version": garbage, "before": garbage}).status_code == 200


@pytest.mark.parametrize("path", ["nothing/", "versions/999999999999999999999/review/", "versions/1/diff/0/"])
def test_what_is_not_there_is_not_found(maker: Client, path: str) -> None:
    assert maker.get(f"{URL}{path}").status_code == 404


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_page_speaks_the_readers_language(maker: Client, checker: Client, language: str) -> None:
    review = in_review(maker)
    edit = derived(maker, code="another-one")
    version = product_by_code("youkedai").versions.get().pk
    name = "Salaried customer" if language == "en" else "优客贷"
    for address in (
        URL, f"{URL}youkedai/", f"{URL}shandai/", f"{URL}teachers-day/", f"{URL}derive/?parent=youkedai",
        edit, review, f"{URL}versions/{version}/diff/{version}/",
    ):
        page = maker.get(address, headers={"accept-language": language})
        assert page.status_code == 200, address
        assert name in text(page), address
