"""A campaign product from an idea to somebody's offer: written, refused, mended, reviewed, sold, scanned.

``look(name, page)`` is called where a picture is worth having; it may do nothing.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from playwright.sync_api import Browser, Page

from tests.journeys.desk import DeskBrowser
from tests.journeys.phone import PhoneBrowser
from tests.system import RunningSystem

PARENT, CODE, NAME = "lishangdai", "jiancaicheng-2026", "建材城商户专享贷"
MAKER, CHECKER = "product", "product.second"
WORDS = {
    "code": CODE, "name_zh": NAME, "name_en": "Building-materials mall special",
    "tagline_zh": "建材城商户，进货周转", "tagline_en": "Stock for the shops of the mall",
}
#: Each grade 20 to 30 basis points below 利商贷.
TERMS = {
    "spread_bp_by_grade": "A=130 B=225 C=345 D=490 E=670", "amount_max": "150000",
    "budget_amount": "3000000", "note": "建材城春季进货季，市场管理方已签合作协议",
}
TOO_HIGH, CORRECTED = "20", "12"
SAMPLES, WHAT_IF_SECONDS = 10, 180
Look = Callable[[str, Page], None]


@dataclass(frozen=True)
class Refusal:
    """What the guard said to a value looser than the product above."""

    notice: str
    beside_field: str


@dataclass(frozen=True)
class Campaign:
    """What the walk saw, and how long it took in seconds."""

    refusal: Refusal
    refused_to_author: bool
    phone: PhoneBrowser
    offers_text: str
    complaints: list[str]
    seconds: float


def walk(
    system: RunningSystem, browser: Browser, person: dict[str, Any], look: Look = lambda name, page: None
) -> Campaign:
    """The whole way, two members of staff and one customer; the phone stays open on its offers."""
    started = time.monotonic()
    maker = DeskBrowser(browser, system, MAKER)
    maker.log_in()
    derive(maker, look)
    refusal = write_terms(maker, look)
    review = hand_in(maker)
    maker.open(review)
    refused_to_author = maker.page.locator("button[value=publish]").count() == 0
    log_out(maker)

    checker = DeskBrowser(browser, system, CHECKER)
    checker.log_in()
    release(checker, review, look)
    log_out(checker)

    phone = PhoneBrowser(browser, system.url, system.sandbox, person)
    phone.scan(CODE)
    assert phone.walk("offers") == "offers", phone.visited
    look("factory-offer", phone.page)
    phone.page.locator("main details:has(dl) > summary").click()
    to_top(phone.page, "main details:has(dl)")
    look("factory-provenance", phone.page)
    seconds = time.monotonic() - started
    return Campaign(
        refusal, refused_to_author, phone, phone.page.inner_text("main"),
        [*maker.complaints, *checker.complaints, *phone.complaints], seconds,
    )


def derive(desk: DeskBrowser, look: Look) -> None:
    """From the tree to the empty draft; it is to be sold from today on."""
    page = desk.open("products/")
    look("factory-tree", page)
    go(page, f"main a[href$='/products/derive/?parent={PARENT}']")
    assert page.input_value("[name=parent]") == PARENT
    for name, text in WORDS.items():
        page.fill(f"[name={name}]", text)
    tomorrow = date.fromisoformat(page.input_value("[name=valid_from]"))
    page.fill("[name=valid_from]", (tomorrow - timedelta(days=1)).isoformat())
    go(page, "main form button.primary")
    assert page.url.endswith("/edit/"), page.inner_text("main")


def write_terms(desk: DeskBrowser, look: Look) -> Refusal:
    """What differs; a rate cap above the parent's is refused, the mended draft shows its effect."""
    page = desk.page
    for name, text in {**TERMS, "rate_cap": TOO_HIGH}.items():
        page.fill(f"[name={name}]", text)
    go(page, "button[value=check]")
    refusal = Refusal(
        page.inner_text("main .note.bad"), page.inner_text("#id_rate_cap-wrong")
    )
    look("factory-refusal", page)
    desk.complaints = [one for one in desk.complaints if "422" not in one]  # the refusal itself
    page.fill("[name=rate_cap]", CORRECTED)
    go(page, "button[value=check]")
    assert page.locator("main .note.good").count() == 1, page.inner_text("main")
    assert page.locator("main tr:has(td.name)").count() == SAMPLES
    look("factory-editor", page)
    to_top(page, ".card:has(#id_spread_bp_by_grade)")
    look("factory-terms", page)
    return refusal


def hand_in(desk: DeskBrowser) -> str:
    """The path of the review."""
    go(desk.page, "button[value=submit]")
    assert desk.page.url.endswith(f"/products/{CODE}/"), desk.page.inner_text("main")
    address = desk.page.locator("main a[href$='/review/']").first.get_attribute("href")
    assert address
    return address


def release(desk: DeskBrowser, review: str, look: Look) -> None:
    """The second person reads the differences, tries past applications, publishes, prints."""
    page = desk.open("products/")
    go(page, f"main a[href='{review}']")
    assert page.locator("table.sides tbody tr").count() >= len(TERMS) - 1
    if page.locator("form[action$='/what-if/start/'] button").count():
        go(page, "form[action$='/what-if/start/'] button")
        wait_for_what_if(desk, review)
    look("factory-review", page)
    to_top(page, "#what-if-run")
    look("factory-what-if", page)
    go(page, "button[value=publish]")
    assert page.url.endswith(f"/products/{CODE}/"), page.inner_text("main")
    look("factory-product", page)
    go(page, f"main a[href$='/codes/{CODE}/poster/']")
    assert page.locator(".poster svg.qr").count() == 1
    look("factory-poster", page)


def wait_for_what_if(desk: DeskBrowser, review: str) -> None:
    """Until the run is over, as somebody who looks again; the review is open then."""
    end = time.monotonic() + WHAT_IF_SECONDS
    while desk.open(review).locator("form[action$='/what-if/cancel/']").count():
        assert time.monotonic() < end, "the comparison does not end"
        time.sleep(1)


def log_out(desk: DeskBrowser) -> None:
    desk.open("products/")
    go(desk.page, "form[action$='/logout/'] button")
    desk.close()


def to_top(page: Page, selector: str) -> None:
    """Scrolls until the element stands at the top of the window."""
    page.locator(selector).first.evaluate("element => element.scrollIntoView()")


def go(page: Page, selector: str) -> None:
    """One click, and the next page stands."""
    with page.expect_navigation():
        page.locator(selector).first.click()
