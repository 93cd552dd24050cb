"""A person with a phone: headless Chromium at 360×740, walking the applicant's pages tap by tap.

The walker knows pages by their addresses and fields by their names, never by words, so it walks both
languages. It reads its text messages from the sandbox, as the person would from the phone.
"""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Locator, Page, Route

from tests.sandbox_client import Sandbox

VIEWPORT = {"width": 360, "height": 740}
#: Pages that end a walk: nothing on them brings the person further.
ENDS = frozenset({"done", "declined", "in-review", "closed"})
#: Pages that go on by themselves.
SELF_GOING = frozenset({"waiting", "reading"})
READING_SECONDS = 10
_UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_MAIN_BUTTON = "main form[method=post] button.btn:not(.second)"

#: persona → (occupation, industry, monthly income, purpose): what such a person would say.
ANSWERS: dict[str, tuple[str, str, str, str]] = {
    "teacher": ("teacher", "public_service", "6800", "consumption"),
    "shop_owner": ("self_employed", "retail", "9000", "business"),
    "depositor": ("self_employed", "retail", "6000", "business"),
    "court_debtor": ("self_employed", "retail", "4000", "business"),
    "thin_file": ("farmer", "mushrooms", "3500", "agriculture"),
}
_FARMER = ("farmer", "rice", "5200", "agriculture")


def place_of(url: str) -> str:
    """The page's name from its address: ``start``, ``purpose``, ``photo``, ``offer``, ``done`` …"""
    path = url.partition("?")[0].split("/", 3)[-1]
    name = re.sub(rf"^apply/({_UUID}/)?", "", path).strip("/")
    if re.fullmatch(rf"offers/{_UUID}", name):
        return "offer"
    if name.startswith("question/"):
        return "question"
    return name.removeprefix("identity/") or "start"


@dataclass
class PhoneBrowser:
    """One person's phone. ``camera`` photographs the ID card; ``twice`` sends every form twice.

    ``on_page(place, page)`` is called once on each page the person arrives at.
    """

    browser: Browser
    url: str
    sandbox: Sandbox
    person: dict[str, Any]
    javascript: bool = True
    camera: bool = False
    twice: bool = False
    locale: str = "zh-CN"
    on_page: Callable[[str, Page], None] = lambda place, page: None
    complaints: list[str] = field(default_factory=list)
    visited: list[str] = field(default_factory=list)
    _used_codes: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._open(None)

    def _open(self, memory: Any) -> None:
        self.context: BrowserContext = self.browser.new_context(
            viewport=VIEWPORT,  # type: ignore[arg-type]
            locale=self.locale,
            java_script_enabled=self.javascript,
            storage_state=memory,
            device_scale_factor=1,
        )
        if self.twice:
            self.context.route("**/apply/**", self._send_twice)
        self.page = self.new_tab()

    def new_tab(self) -> Page:
        """A page whose complaints (errors, refused resources, broken policy) are noted."""
        page = self.context.new_page()
        page.on("console", lambda m: m.type == "error" and self.complaints.append(m.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        return page

    def close_and_open_again(self, *, keep_memory: bool = True) -> None:
        """The browser is closed in the middle; without memory it is another phone."""
        memory = self.context.storage_state() if keep_memory else None
        self.context.close()
        self._open(memory)

    def close(self) -> None:
        self.context.close()

    # ── walking ──
    @property
    def place(self) -> str:
        return place_of(self.page.url)

    def scan(self, code: str = "universal") -> str:
        """The printed code is scanned; the name of the page that opens."""
        self.page.goto(f"{self.url}/q/{code}/")
        self._arrived()
        return self.place

    def walk(self, until: str = "", *, seconds: float = 90) -> str:
        """Onwards from page to page until ``until`` or an end; the name of the page reached."""
        deadline = time.monotonic() + seconds
        while self.place != until and self.place not in ENDS:
            assert time.monotonic() < deadline, f"still on {self.place} after {self.visited}"
            self.step()
        return self.place

    def step(self) -> None:
        """Answers the page the person stands on."""
        here = self.page.url
        if self.place in SELF_GOING:
            self.page.wait_for_url(lambda url: place_of(url) not in SELF_GOING, timeout=60_000)
        else:
            action = getattr(self, f"_on_{self.place.replace('-', '_')}", None)
            assert action is not None, f"no way on from {self.place}: {self.page.title()}"
            action()
        self.page.wait_for_load_state()
        assert self.page.url != here or self.place == "sign", self._stuck()
        self._arrived()

    def _arrived(self) -> None:
        self.visited.append(self.place)
        self.on_page(self.place, self.page)

    def _stuck(self) -> str:
        problems = self.page.locator(".summary, .wrong").all_inner_texts()
        return f"{self.place} does not go on: {problems}"

    # ── one method per page ──
    def _on_start(self) -> None:
        self._type("mobile", self.person["mobile"])
        self._tap()

    def _on_code(self) -> None:
        self._type("otp", self.code())
        self._tap()

    def _on_purpose(self) -> None:
        self._choose(self.answers[3])
        self._tap()

    def _on_amount(self) -> None:
        self._tap()

    def _on_identity(self) -> None:
        self._tap(self.page.locator(f"main a[href$='{'photo' if self.camera else 'by-hand'}/']"))

    def _on_photo(self) -> None:
        for side in ("front", "back"):
            picture = self.sandbox.id_card(self.person["id_number"], side, tilt=3)
            file = {"name": f"{side}.jpg", "mimeType": "image/jpeg", "buffer": picture}
            self.page.set_input_files(f"[name={side}_camera]", file)  # type: ignore[arg-type]
        self._tap()

    def _on_by_hand(self) -> None:
        for name in ("name", "id_number", "address"):
            self._type(name, self.person[name])
        self._tap()

    def _on_confirm(self) -> None:
        """Compares every line with the card and corrects what the reader got wrong."""
        for name in ("name", "id_number", "address"):
            shown = self.page.input_value(f"main [name={name}]")
            if "".join(shown.split()) != self.person[name]:
                self._type(name, self.person[name])
        self._tap()

    def _on_consents(self) -> None:
        for kind in ("privacy", "bureau", "data_sharing"):
            self.page.check(f"main [name={kind}]", force=True)
        self._tap()

    def _on_question(self) -> None:
        occupation, industry, income, _ = self.answers
        question = self.page.url.rstrip("/").rsplit("/", 1)[-1]
        said = {"occupation": occupation, "industry": industry, "household_size": "4"}
        if question in said:
            self._choose(said[question])
        else:
            self._type("answer", {"monthly_income": income, "years_in_trade": "6"}[question])
        self._tap()

    def _on_bank_card(self) -> None:
        self._type("card_number", self.person["card_number"])
        self._tap(self.page.locator(_MAIN_BUTTON))

    def _on_check(self) -> None:
        self._tap()

    def _on_offers(self) -> None:
        self._tap()

    def _on_offer(self) -> None:
        self._tap()

    def _on_cost(self) -> None:
        time.sleep(READING_SECONDS + 1)
        self._tap()

    def _on_contract(self) -> None:
        self._tap(self.page.locator("main a.btn[href$='/sign/']"))

    def _on_sign(self) -> None:
        if self.page.locator("main [name=otp]").count():
            self._type("otp", self.code())
        self._tap()

    # ── fingers and eyes ──
    @property
    def answers(self) -> tuple[str, str, str, str]:
        return ANSWERS.get(self.person["persona"], _FARMER)

    def code(self) -> str:
        """The newest code on the phone that was not typed yet."""
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            for message in self.sandbox.sms(self.person["mobile"]):
                if message["otp"] and message["otp"] not in self._used_codes:
                    self._used_codes.add(message["otp"])
                    return str(message["otp"])
            time.sleep(0.1)
        raise AssertionError("no text message with a code came")

    def _type(self, name: str, text: str) -> None:
        box = self.page.locator(f"main [name={name}]")
        box.fill("")
        box.press_sequentially(text)

    def _choose(self, value: str) -> None:
        wanted = self.page.locator(f"main input[type=radio][value='{value}']")
        (wanted if wanted.count() else self.page.locator("main input[type=radio]").last).check(
            force=True
        )

    def _tap(self, button: Locator | None = None) -> None:
        """Returns when the next page stands."""
        button = (button or self.page.locator(_MAIN_BUTTON)).first
        with self.page.expect_navigation():
            button.click()

    @staticmethod
    def _send_twice(route: Route) -> None:
        """The tap reached the bank, its answer did not reach the phone, and the person taps again.

        A code for logging in works once whatever happens, so that one form is sent once.
        """
        request = route.request
        if request.method == "POST" and place_of(request.url) != "code":
            route.fetch(max_redirects=0)
        route.continue_()
