"""A finance clerk's slip: ¥29,900 booked for ¥2,990, found, reversed by two people, reconciled.

``look(name, page)`` is called where a picture is worth having; it may do nothing.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from playwright.sync_api import Browser, Page

from bench.applicant import Applicant
from tests.journeys.campaign import go, to_top
from tests.journeys.desk import DeskBrowser
from tests.system import RunningSystem

CLERK, SECOND = "finance", "finance.second"
PRINCIPAL = Decimal("30000.00")
#: One nought too many; after it only a hundred yuan are owed, so the next payment is put to the wrong items.
WRONG, RIGHT, NEXT = "29900.00", "2990.00", "300.00"
REASON = "凭证金额2,990.00元，录入时多打一个0，记成29,900.00元"
COMPARED_S = 60
Look = Callable[[str, Page], None]


@dataclass
class Repair:
    """What the walk saw. Texts are those of the pages' main part; ``seconds`` is the desks' share."""

    loan_id: str = ""
    found: str = ""
    preview: str = ""
    review: str = ""
    refused_to_author: bool = False
    status_of_forged_approval: int = 0
    rows: dict[int, str] = field(default_factory=dict)
    owed: str = ""
    sides_off: int = 0
    compared: dict[str, Any] = field(default_factory=dict)
    complaints: list[str] = field(default_factory=list)
    seconds: float = 0.0


class Borrower(Applicant):
    """Takes just ``PRINCIPAL``."""

    def accept(self) -> None:
        offers = self.call("GET", self.path("offers/"))
        offer = (offers["results"] if isinstance(offers, dict) else offers)[0]
        body = {name: offer[name] for name in ("term_months", "method")}
        self.call(
            "POST", self.path("accept/"), {"offer_id": offer["id"], "amount": str(PRINCIPAL), **body}
        )


def borrow(system: RunningSystem, person: dict[str, Any]) -> str:
    """One loan paid out, over the public API; its id."""
    borrower = Borrower(system.url, system.sandbox.url, person, patience_s=60)
    assert borrower.to_money(seconds=120) == "disbursed"
    loan_id = str(borrower.call("GET", "loans/")["results"][0]["id"])
    borrower.close()
    return loan_id


class Walk:
    """The two of finance, a method a chapter."""

    def __init__(self, system: RunningSystem, browser: Browser, loan_id: str, look: Look) -> None:
        self.system, self.look, self.seen = system, look, Repair(loan_id)
        self.clerk = DeskBrowser(browser, system, CLERK)
        self.second = DeskBrowser(browser, system, SECOND)
        self.vouchers = f"PZ-{loan_id[:8].upper()}"

    def book(self, voucher: str, amount: str, reason: str) -> None:
        """Money over the counter: one writes it down, the other one approves."""
        page = self.clerk.open(f"loans/{self.seen.loan_id}/")
        go(page, "#tools a[href$='/partial_early/']")
        page.fill("[name=amount]", amount)
        page.select_option("[name=means]", "cash")
        page.fill("[name=voucher_no]", f"{self.vouchers}-{voucher}")
        page.fill("[name=reason]", reason)
        go(page, "button[name=propose]")
        self._approve(page.url)

    def _approve(self, change_url: str) -> None:
        page = self.second.open("/desk/" + change_url.split("/desk/")[1])
        go(page, "form[action$='/approve/'] button")
        assert page.locator("main h1 .chip.amber, main h1 .chip.red").count() == 0, page.inner_text("main")

    def slip(self) -> None:
        """The wrong amount, and a payment after it that is put to the wrong items because of it."""
        self.book("1", WRONG, "客户柜台提前还款，现金")
        self.book("2", NEXT, "客户再来柜台提前还款，现金")

    def find(self) -> None:
        """By its amount, among everything that ever moved."""
        page = self.clerk.open("servicing/transactions/")
        page.fill("main [name=amount]", WRONG)
        go(page, "main form[role=search] button.primary")
        row = f"main tbody tr:has(a[href*='{self.seen.loan_id}'])"
        self.seen.found = page.inner_text(row)
        self.look("found", page)
        go(page, f"{row} a.row")
        to_top(page, "#transactions")
        self.look("wrong", page)

    def ask(self) -> None:
        """Before and after, then a reason; the one who asks may not approve, neither here nor past it."""
        page = self.clerk.page
        go(page, "#transaction-1 a.danger")
        page.fill("[name=reason]", REASON)
        self.seen.preview = page.inner_text("main .pair")
        self.look("reverse", page)
        go(page, "button[name=propose]")
        self.seen.refused_to_author = page.locator("form[action$='/approve/']").count() == 0
        token = page.locator("[name=csrfmiddlewaretoken]").first.input_value()
        reply = self.clerk.context.request.post(
            f"{page.url}approve/", form={"csrfmiddlewaretoken": token}
        )
        self.seen.status_of_forged_approval = reply.status

    def approve(self) -> None:
        """The second person finds it among what waits, and sees the same before and after."""
        asked = self.clerk.page.url.rstrip("/").rsplit("/", 1)[-1]
        page = self.second.open("servicing/changes/")
        go(page, f"main a.row[href$='{asked}/']")
        self.seen.review = page.inner_text("main")
        self.look("approve", page)
        page.fill("#approve-note", "已核对凭证原件，金额确为2,990.00元")
        go(page, "form[action$='/approve/'] button")

    def correct(self) -> None:
        """The right amount, on the same voucher: its first booking is reversed."""
        self.book("1", RIGHT, "按凭证更正：2,990.00元")
        page = self.clerk.open(f"loans/{self.seen.loan_id}/")
        for row in page.locator("#transactions tbody tr").all():
            self.seen.rows[int(row.locator("td").first.inner_text())] = row.inner_text()
        self.seen.owed = page.inner_text("main .kpi")
        to_top(page, "#transactions")
        self.look("reversed", page)

    def reconcile(self) -> None:
        """Loans, ledger and core bank of the day, compared anew; the page is looked at again until it is."""
        paid_out = self.system.query(
            "SELECT start_date FROM lending_loan WHERE id = %s", (self.seen.loan_id,)
        )
        page = self.clerk.open(f"servicing/reconciliation/?day={paid_out[0]['start_date']}")
        go(page, "form[action$='/run/'] button")
        end = time.monotonic() + COMPARED_S
        while (run := self._newest_run())["state"] == "asked":
            assert time.monotonic() < end, "nobody compares"
            time.sleep(0.2)
        self.seen.compared = run
        page.goto(page.url)
        self.seen.sides_off = page.locator("main td.hot").count()
        self.look("reconciled", page)

    def _newest_run(self) -> dict[str, Any]:
        return self.system.query(
            "SELECT state, breaks_open, ours_out_sum, books_out_sum, theirs_out_sum"
            " FROM lending_reconciliationrun WHERE kind = 'manual' ORDER BY started_at DESC LIMIT 1"
        )[0]


def walk(
    system: RunningSystem, browser: Browser, loan_id: str, look: Look = lambda name, page: None
) -> Repair:
    """The whole way; both browsers are closed at its end."""
    story = Walk(system, browser, loan_id, look)
    started = time.monotonic()
    for desk in (story.clerk, story.second):
        desk.log_in()
        desk.complaints.clear()  # a one-time code that was used already is waited out, and answered with 422
    for chapter in (
        story.slip, story.find, story.ask, story.approve, story.correct, story.reconcile,
    ):
        chapter()
    story.seen.seconds = time.monotonic() - started
    story.seen.complaints = [*story.clerk.complaints, *story.second.complaints]
    story.clerk.close()
    story.second.close()
    return story.seen
