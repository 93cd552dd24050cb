"""A rule is tightened: typed, tried, back-tested, approved by a second person, shadowed, promoted.

``look(name, page)`` is called where a picture is worth having; it may do nothing.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx
from playwright.sync_api import Browser, Page, expect

from bench.applicant import Applicant, people
from tests.journeys.campaign import go
from tests.journeys.desk import DeskBrowser
from tests.system import RunningSystem

AUTHOR, SECOND = "risk", "risk.second"
RULE, FEATURE = "MANY_ENQUIRIES", "bureau_hard_enquiries_3m"
WAS, TIGHTENED, WRONG = f"{FEATURE} >= 8", f"{FEATURE} >= 2", f"{FEATURE} >= many"
NOTE = "近期多头借贷抬头，查询两次以上先由人核实"
#: A sample customer with two enquiries: approved before, looked at by a person after.
SAMPLE = "pig_farmer"
#: Teachers no other test plays; those from 200 on belong to the demo's history.
FIRST_PERSON, PEOPLE = 150, 50
ANSWERS = {
    "occupation": "teacher", "monthly_income": "6800.00", "household_size": 4, "industry": "public_service",
}
#: So long a worker may believe that no trial is running.
TRIAL_KNOWN_S = 5.5
BACKTEST_S, SHADOW_S = 180, 150
Look = Callable[[str, Page], None]


@dataclass
class Change:
    """What the walk saw; ``seconds`` is the whole walk, ``waited`` what of it was waiting for clocks."""

    version_before: int = 0
    version: int = 0
    past: list[str] = field(default_factory=list)
    shadowed: str = ""
    decided_by_new: str = ""
    states: dict[str, str] = field(default_factory=dict)
    refused_to_author: bool = False
    status_of_forged_approval: int = 0
    bench: str = ""
    report: str = ""
    review: str = ""
    trial: str = ""
    trial_after: str = ""
    decision: str = ""
    replays: dict[str, str] = field(default_factory=dict)
    complaints: list[str] = field(default_factory=list)
    seconds: float = 0.0
    waited: float = 0.0


class Walk:
    """One change with two members of staff and a few applicants, a method a chapter."""

    def __init__(self, system: RunningSystem, browser: Browser, look: Look) -> None:
        self.system, self.look, self.found = system, look, Change()
        self.author = DeskBrowser(browser, system, AUTHOR)
        self.second = DeskBrowser(browser, system, SECOND)
        self.with_two = self._with_enquiries(2)
        self._last_decision = 0.0

    def _with_enquiries(self, wanted: int) -> Iterator[dict[str, Any]]:
        """Teachers about whom the sandbox's credit bureau counts so many enquiries."""
        url = self.system.sandbox.url
        for person in people(url, "teacher", PEOPLE, FIRST_PERSON):
            asked = {"id_number": person["id_number"]}
            reply = httpx.post(f"{url}/bureau/report", json=asked, timeout=30, trust_env=False).json()
            if reply["data"]["hard_enquiries_3m"] == wanted:
                yield person

    def apply(self, person: dict[str, Any]) -> str:
        """One person applies and is decided; the application's id."""
        applicant = Applicant(self.system.url, self.system.sandbox.url, person)
        applicant.log_in()
        applicant.start()
        applicant.fill_in(ANSWERS)
        self.found.states[applicant.application_id] = applicant.submit()
        applicant.close()
        self._last_decision = time.monotonic()
        return applicant.application_id

    def wait(self, seconds: float) -> None:
        self.found.waited += max(seconds, 0)
        time.sleep(max(seconds, 0))

    # ── chapters ──
    def some_past(self) -> None:
        """Two are decided by the version in force: one whom the change concerns and one whom it does not."""
        nobody_asked = next(self._with_enquiries(0))
        self.found.past = [self.apply(next(self.with_two)), self.apply(nobody_asked)]

    def draft(self) -> None:
        page = self.author.open("risk/strategies/")
        self.look("strategies", page)
        in_force = page.locator("main tr:has(form[action$='/draft/'])").first
        address = in_force.locator("a.row").get_attribute("href") or ""
        self.found.version_before = int(address.rstrip("/").rsplit("/", 1)[-1])
        go(page, "form[action$='/draft/'] button")
        self.found.version = int(page.url.split("/strategies/")[1].split("/")[0])

    def tighten(self) -> None:
        """The condition is typed in its cell; a mistake is told while typing; the bench shows the effect."""
        page = self.author.page
        codes = page.locator("[name='rules.code']").evaluate_all("all => all.map(one => one.value)")
        row = page.locator("table[data-sheet=rules] tbody tr").nth(codes.index(RULE))
        rule = row.locator("[name='rules.when']")
        assert rule.input_value() == WAS
        page.select_option("#bench-sample", SAMPLE)
        rule.focus()
        page.keyboard.type(WRONG)
        expect(rule).to_have_attribute("aria-invalid", "true", timeout=10_000)
        page.keyboard.press("Escape")
        rule.focus()
        page.keyboard.type(TIGHTENED)
        expect(rule).not_to_have_attribute("aria-invalid", "true", timeout=10_000)
        expect(page.locator("#problems .verdict.off")).to_have_count(0)
        expect(page.locator("#bench-result ul.decided").first).to_contain_text(RULE, timeout=10_000)
        self.found.bench = page.inner_text("#bench-result table.bench")
        page.locator(".scroll.sheet").first.evaluate("element => element.scrollLeft = 0")
        self.look("editor", page)
        page.fill("#note", NOTE)
        go(page, ".savebar button[value=save]")
        assert page.locator("main .note.good").count() == 1, page.inner_text("main")

    def backtest(self) -> None:
        page = self.author.open(f"risk/strategies/{self.found.version}/backtest/")
        go(page, "form[action$='/backtest/start/'] button.primary")
        end = time.monotonic() + BACKTEST_S
        while page.locator("form[action$='/backtest/cancel/']").count():
            assert time.monotonic() < end, "the back-test does not end"
            self.wait(0.5)
            self.author.open(f"risk/strategies/{self.found.version}/backtest/")
        assert page.locator(".kpi").count(), page.inner_text("main")
        self.found.report = page.inner_text("main")
        self.look("backtest", page)

    def hand_in(self) -> None:
        """The author hands in and may not approve, neither on the page nor past it."""
        page = self.author.open(f"risk/strategies/{self.found.version}/")
        go(page, "button[value=submit]")
        page = self.author.open(f"risk/strategies/{self.found.version}/review/")
        self.found.refused_to_author = page.locator("button[value=approve]").count() == 0
        rows = self.system.query(
            "SELECT sha256 FROM risk_strategyversion WHERE id = %s", (self.found.version,)
        )
        token = page.locator("[name=csrfmiddlewaretoken]").first.input_value()
        form = {"csrfmiddlewaretoken": token, "do": "approve", "seen": rows[0]["sha256"]}
        reply = self.author.context.request.post(page.url, form=form)
        self.found.status_of_forged_approval = reply.status

    def approve(self) -> None:
        page = self.second.open("risk/strategies/")
        go(page, f"main a[href$='/strategies/{self.found.version}/review/']")
        self.found.review = page.inner_text("main")
        self.look("review", page)
        go(page, "button[value=approve]")

    def shadow(self) -> None:
        """One applicant, decided by the version in force while the new one answers in its shadow."""
        page = self.second.page
        go(page, f"main a[href$='/trials/start/{self.found.version}/']")
        page.fill("[name=note]", "看看多少人会改由人工核实")
        go(page, "main form.card button.primary")
        trial = page.url
        assert "/trials/" in trial, page.inner_text("main")
        self.wait(TRIAL_KNOWN_S - (time.monotonic() - self._last_decision))
        self.found.shadowed = self.apply(next(self.with_two))
        end = time.monotonic() + SHADOW_S
        while not self._shadow_has_answered():
            assert time.monotonic() < end, "the shadow does not answer"
            self.wait(1)
        page.goto(trial)
        self.found.trial = page.inner_text("main")
        self.look("trial", page)

    def _shadow_has_answered(self) -> bool:
        rows = self.system.query(
            "SELECT t.filled_at FROM risk_trialdecision t JOIN risk_decisionrecord d"
            " ON d.id = t.decision_id WHERE d.application_id = %s",
            (self.found.shadowed,),
        )
        return bool(rows and rows[0]["filled_at"])

    def promote(self) -> None:
        """From today on; the trial is over by itself; the next applicant is decided by the new version."""
        trial = self.second.page.url
        self._promote(self.found.version)
        self.second.page.goto(trial)
        assert self.second.page.locator("form[action$='/end/']").count() == 0
        self.found.trial_after = self.second.page.inner_text("main .head")
        self.found.decided_by_new = self.apply(next(self.with_two))

    def _promote(self, version: int) -> None:
        page = self.second.open(f"risk/strategies/{version}/")
        go(page, "button[value=promote]")  # the day offered is today
        assert page.locator("main .note.bad").count() == 0, page.inner_text("main")

    def explain_and_replay(self) -> None:
        """The new decision in full, made again; then an old one, by the version that made it."""
        for name, application in (("new", self.found.decided_by_new), ("old", self.found.past[0])):
            page = self.second.open(f"applications/{application}/")
            go(page, "main a[href*='/risk/decisions/']")
            if name == "new":
                self.found.decision = page.inner_text("main")
            go(page, "form[action$='/replay/'] button")
            self.found.replays[name] = page.locator("main .note[role=status]").inner_text()
            if name == "new":
                self.look("decision", page)

    def roll_back(self) -> None:
        """The words of the version before, as a new version: other people of this system go on as before."""
        page = self.author.open(f"risk/strategies/{self.found.version_before}/")
        go(page, "form[action$='/draft/'] button")
        version = int(page.url.split("/strategies/")[1].split("/")[0])
        self.author.open(f"risk/strategies/{version}/")
        go(page, "button[value=submit]")
        page = self.second.open(f"risk/strategies/{version}/review/")
        go(page, "button[value=approve]")
        self._promote(version)


def walk(system: RunningSystem, browser: Browser, look: Look = lambda name, page: None) -> Change:
    """The whole way and back; both browsers are closed at its end."""
    story = Walk(system, browser, look)
    story.some_past()
    started = time.monotonic()
    for desk in (story.author, story.second):
        desk.log_in()
        desk.complaints.clear()  # a one-time code that was used already is waited out, and answered with 422
    for chapter in (
        story.draft, story.tighten, story.backtest, story.hand_in, story.approve, story.shadow,
        story.promote, story.explain_and_replay,
    ):
        chapter()
    story.found.seconds = time.monotonic() - started
    story.roll_back()
    story.found.complaints = [*story.author.complaints, *story.second.complaints]
    story.author.close()
    story.second.close()
    return story.found
