"""From the printed code to money, as people do it: headless Chromium against the whole running system.

Every walk ends with the same questions: did the browser complain, is every page open to everybody, and
does the core bank's own log show exactly the transfers it should.
"""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import Browser, Page
from playwright.sync_api import Error as PlaywrightError

from tests.journeys import checks
from tests.journeys.desk import DeskBrowser
from tests.journeys.phone import SELF_GOING, PhoneBrowser, place_of
from tests.system import RunningSystem

pytestmark = [pytest.mark.system, pytest.mark.browser, pytest.mark.timeout(240)]
PhoneOf = Callable[..., PhoneBrowser]
FIRST_VISIT_BYTES = 50_000


def transfers_to(system: RunningSystem, person: dict[str, Any]) -> list[dict[str, Any]]:
    """What the core bank itself says it paid to this person's card."""
    return [t for t in system.sandbox.transfers() if t["payee_card"] == person["card_number"]]


def application_of(phone: PhoneBrowser) -> str:
    return phone.page.url.split("/apply/")[1].split("/")[0]


def state_of(system: RunningSystem, phone: PhoneBrowser) -> str:
    rows = system.query(
        "SELECT state FROM lending_loanapplication WHERE id = %s", (application_of(phone),)
    )
    return str(rows[0]["state"])


def assert_paid_once(system: RunningSystem, phone: PhoneBrowser) -> Decimal:
    """``disbursed``, one transfer of the loan's amount, no complaint of the browser; the amount."""
    assert state_of(system, phone) == "disbursed"
    paid = transfers_to(system, phone.person)
    assert len(paid) == 1, paid
    loans = system.query(
        "SELECT principal FROM lending_loan WHERE application_id = %s", (application_of(phone),)
    )
    assert [row["principal"] for row in loans] == [Decimal(paid[0]["amount"])]
    assert phone.complaints == []
    return Decimal(paid[0]["amount"])


class OpenToEverybody:
    """Runs axe on every page a phone arrives at and keeps what it finds, by page.

    A waiting page may go on while it is looked at; then it is looked at when it comes again.
    """

    def __init__(self) -> None:
        self.problems: dict[str, list[str]] = {}

    def __call__(self, place: str, page: Page) -> None:
        if place in self.problems:
            return
        try:
            self.problems[place] = checks.accessibility_problems(page)
        except PlaywrightError:
            if place not in SELF_GOING:
                raise

    def assert_clean(self) -> None:
        assert {place: found for place, found in self.problems.items() if found} == {}


def test_teacher_by_hand_without_javascript(
    running_system: RunningSystem, phone_of: PhoneOf
) -> None:
    phone = phone_of("teacher", javascript=False)
    assert checks.weigh(phone.page, phone.scan) <= FIRST_VISIT_BYTES
    assert phone.walk() == "done"
    assert assert_paid_once(running_system, phone) >= 1000


def test_first_visit_is_light_with_javascript(phone_of: PhoneOf) -> None:
    phone = phone_of("teacher")
    assert checks.weigh(phone.page, phone.scan) <= FIRST_VISIT_BYTES


def test_rice_farmer_by_camera_on_accessible_pages(
    running_system: RunningSystem, phone_of: PhoneOf
) -> None:
    everybody = OpenToEverybody()
    phone = phone_of("rice_farmer", camera=True, on_page=everybody)
    phone.page.goto(f"{running_system.url}/")
    everybody("home", phone.page)
    phone.scan()
    assert phone.walk() == "done"
    assert {"photo", "reading", "confirm", "consents", "cost", "contract"} <= set(phone.visited)
    assert_paid_once(running_system, phone)
    for path in ("/me/", "/me/settings/"):
        phone.page.goto(running_system.url + path)
        everybody(path, phone.page)
    everybody.assert_clean()


def test_thin_file_goes_on_after_closing_the_browser(
    running_system: RunningSystem, phone_of: PhoneOf
) -> None:
    """Closed while reading the consents, again on the question of income, again before signing."""
    phone = phone_of("thin_file")
    phone.scan()
    for until, keep_memory in (("consents", True), ("bank-card", False), ("cost", True)):
        assert phone.walk(until) in (until, "in-review")
        phone.close_and_open_again(keep_memory=keep_memory)
        phone.scan()
    end = phone.walk()
    assert phone.visited.count("purpose") == 1, "nothing is asked twice"
    if end == "done":
        assert assert_paid_once(running_system, phone) <= 20_000
    else:
        assert (end, transfers_to(running_system, phone.person)) == ("in-review", [])


def test_court_debtor_is_told_why(running_system: RunningSystem, phone_of: PhoneOf) -> None:
    everybody = OpenToEverybody()
    phone = phone_of("court_debtor", on_page=everybody, twice=True)
    phone.scan()
    assert phone.walk() == "declined"
    reasons = phone.page.locator("main .notice b").all_inner_texts()
    assert reasons
    assert not [reason for reason in reasons if reason.isupper()], "words, not codes"
    assert state_of(running_system, phone) == "declined"
    assert transfers_to(running_system, phone.person) == []
    everybody.assert_clean()
    phone.page.fill("[name=reason]", "我已经还清了法院判的钱")
    with phone.page.expect_navigation():
        phone.page.click("main form[method=post] button.btn")
    assert phone.place == "in-review"
    assert phone.complaints == []


def test_moved_household_is_approved_by_an_officer(
    running_system: RunningSystem, chromium: Browser, phone_of: PhoneOf
) -> None:
    """The identity service has no record: an officer looks, approves in the browser, money follows."""
    everybody = OpenToEverybody()
    phone = phone_of("moved_household", on_page=everybody)
    phone.scan("s201-shandai")
    assert phone.walk() == "in-review"
    application = application_of(phone)

    desk = DeskBrowser(chromium, running_system, "chenjianhua")
    desk.log_in()
    everybody("desk today", desk.page)
    assert application in desk.open("applications/").content()
    everybody("desk applications", desk.page)
    everybody("desk review", desk.open(f"applications/{application}/"))
    desk.approve(application, note="户口簿原件已核对，本人到场")
    assert state_of(running_system, phone) == "offered"
    assert desk.complaints == []
    desk.close()

    phone.close_and_open_again()  # days may have passed: a text message brings the person back
    assert phone.scan() == "offers"
    assert phone.walk() == "done"
    assert_paid_once(running_system, phone)
    everybody.assert_clean()


def test_every_form_sent_twice(running_system: RunningSystem, phone_of: PhoneOf) -> None:
    """Without JavaScript nothing on the phone holds a second tap back: the server must."""
    phone = phone_of("shop_owner", javascript=False, twice=True)
    phone.scan()
    assert phone.walk() == "done"
    assert_paid_once(running_system, phone)
    same_person = rows_of_customer(running_system, application_of(phone))
    assert same_person == [{"applications": 1, "contracts": 1, "loans": 1, "disbursements": 1}]


def test_two_tabs_are_one_application(running_system: RunningSystem, phone_of: PhoneOf) -> None:
    """Half the amount is taken in one tab, all of it in the other: the first tap holds, for both."""
    phone = phone_of("depositor")
    phone.scan()
    assert phone.walk("offer") == "offer"
    first, second = phone.page, phone.new_tab()
    second.goto(first.url)
    half = second.locator(".presets a").nth(2)
    half.click()
    accept = "main form[method=post] button.btn"
    for tab in (second, first):
        with tab.expect_navigation():
            tab.click(accept)
        assert place_of(tab.url) == "cost"
    shown = [tab.locator("main .amount").first.inner_text() for tab in (first, second)]
    assert shown[0] == shown[1]
    assert phone.walk() == "done"
    second.bring_to_front()
    with second.expect_navigation():
        second.click(accept)
    assert place_of(second.url) == "done"
    paid = assert_paid_once(running_system, phone)
    assert f"{paid:,.0f}" in shown[0]


def rows_of_customer(system: RunningSystem, application: str) -> list[dict[str, Any]]:
    """How much of everything the customer of this application has."""
    return system.query(
        """
        SELECT (SELECT count(*) FROM lending_loanapplication a WHERE a.customer_id = x.customer_id)
                 AS applications,
               (SELECT count(*) FROM lending_loancontract c WHERE c.application_id = x.id) AS contracts,
               (SELECT count(*) FROM lending_loan l WHERE l.customer_id = x.customer_id) AS loans,
               (SELECT count(*) FROM lending_disbursement d WHERE d.application_id = x.id)
                 AS disbursements
          FROM lending_loanapplication x WHERE x.id = %s
        """,
        (application,),
    )
