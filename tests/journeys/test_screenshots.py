"""``make screenshots``: walks the five journeys on a copy with a history and writes the pictures of docs/."""

from collections.abc import Callable
from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page

from bench.applicant import Applicant, people
from deploy.place import PROJECT
from tests.journeys import campaign, strategy_change
from tests.journeys.conftest import HISTORY_SECONDS
from tests.journeys.desk import DeskBrowser
from tests.journeys.phone import PhoneBrowser
from tests.system import RunningSystem

pytestmark = [pytest.mark.screenshots, pytest.mark.timeout(HISTORY_SECONDS + 900)]
FOLDER = PROJECT / "docs" / "screenshots"
#: A picture in the documentation is looked at, not measured: its palette may be small.
BYTES_MAX = 150_000
COLOURS = 128
#: Long phone pages are cut here; what is decisive stands at the top.
PHONE_HEIGHT_MAX = 1500
#: persona → the pages that decide something
DECISIVE = {
    "teacher": ("start", "offers", "cost", "done"),
    "rice_farmer": ("photo", "confirm", "offers", "done"),
    "thin_file": ("offers", "done"),
    "court_debtor": ("declined",),
    "moved_household": ("in-review", "offers", "done"),
}
#: The demo's history uses the people from 200 on.
PERSON = 150
FACTORY = (
    "tree", "refusal", "editor", "terms", "review", "what-if", "product", "poster", "offer", "provenance"
)
CHANGE = ("strategies", "editor", "backtest", "review", "trial", "decision")
#: What the desk shows about decisions → its address; the rest is reached by a link.
WATCHED = {
    "monitoring": "risk/monitoring/?period=90", "sources": "risk/sources/", "fairness": "risk/fairness/",
}
DESK_HEIGHT_MAX = 2400
#: A saver who pays instalments at another lender.
WITH_DEBTS = 152
OFFICER, OFFICERS_CODE = "chenjianhua", "s201-shandai"


def save(page: Page, name: str, *, height_max: int = 0, colours: int = COLOURS) -> None:
    """``height_max`` 0: what the window shows; else the whole page, cut off there."""
    whole = Image.open(BytesIO(page.screenshot(full_page=height_max > 0, animations="disabled")))
    cut = whole.crop((0, 0, whole.width, min(whole.height, height_max or whole.height)))
    path = FOLDER / f"{name}.png"
    cut.convert("RGB").quantize(colours).save(path, optimize=True)
    assert path.stat().st_size <= BYTES_MAX, f"{path.name} is too large"


def save_desk(page: Page, name: str, *, height_max: int = 0) -> None:
    """Charts and chips keep their colours."""
    save(page, name, height_max=height_max, colours=256)


def phone_pictures(persona: str) -> Callable[[str, Page], None]:
    def look(place: str, page: Page) -> None:
        if place in DECISIVE[persona]:
            page.wait_for_load_state("networkidle") if place != "in-review" else None
            save(page, f"{persona}-{place}".replace("_", "-"), height_max=PHONE_HEIGHT_MAX)

    return look


def phone_of(system: RunningSystem, browser: Browser, persona: str, **how: bool) -> PhoneBrowser:
    person = system.sandbox.person(persona, PERSON)
    look = phone_pictures(persona)
    return PhoneBrowser(browser, system.url, system.sandbox, person, on_page=look, **how)


def walk_alone(system: RunningSystem, browser: Browser) -> None:
    """Everybody who needs no officer."""
    for persona in ("teacher", "rice_farmer", "thin_file", "court_debtor"):
        phone = phone_of(system, browser, persona, camera=persona == "rice_farmer")
        phone.scan(OFFICERS_CODE)
        phone.walk()
        if persona == "teacher":
            phone.page.goto(f"{system.url}/")
            save(phone.page, "home-phone", height_max=PHONE_HEIGHT_MAX)
        phone.close()


def walk_with_officer(system: RunningSystem, browser: Browser) -> None:
    """Referred, seen and approved at the desk, then paid."""
    phone = phone_of(system, browser, "moved_household")
    phone.scan(OFFICERS_CODE)
    assert phone.walk() == "in-review"
    application = phone.page.url.split("/apply/")[1].split("/")[0]

    desk = DeskBrowser(browser, system, OFFICER)
    desk.log_in()
    save(desk.page, "desk-today")
    desk.open(f"applications/{application}/")
    save(desk.page, "desk-review", height_max=1300)
    desk.approve(application, note="户口簿原件已核对，本人到场")
    phone.close_and_open_again()
    phone.scan(OFFICERS_CODE)
    assert phone.walk() == "done"
    phone.close()

    desk.open("customers/")
    desk.page.locator("main a[href*='/desk/customers/']").first.click()
    desk.page.wait_for_load_state()
    save(desk.page, "desk-customer")
    desk.close()


def manager_and_admin(system: RunningSystem, browser: Browser) -> None:
    desk = DeskBrowser(browser, system, "headoffice")
    desk.log_in()
    desk.open("funnel/")
    desk.page.wait_for_load_state("networkidle")
    save(desk.page, "desk-funnel")
    desk.open("/")
    save(desk.page, "home-desk")
    desk.close()
    admin = DeskBrowser(browser, system, "admin")
    admin.log_in()
    admin.open("/admin/lending/loan/")
    admin.page.wait_for_load_state("networkidle")
    save(admin.page, "admin-loans")
    admin.close()


def test_pictures(system_with_history: RunningSystem, chromium: Browser) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    walk_alone(system_with_history, chromium)
    walk_with_officer(system_with_history, chromium)
    manager_and_admin(system_with_history, chromium)
    assert {path.name for path in FOLDER.glob("*.png")} >= {
        f"{persona}-{place}".replace("_", "-") + ".png"
        for persona, places in DECISIVE.items()
        for place in places
    }


def test_pictures_of_a_campaign_product(
    system_with_history: RunningSystem, chromium: Browser
) -> None:
    """From deriving to the offer; the desk as its window shows it, poster and phone whole."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    whole = {"factory-poster": 1300}
    found = campaign.walk(
        system_with_history, chromium, system_with_history.sandbox.person("shop_owner", PERSON),
        lambda name, page: save(page, name, height_max=whole.get(name, 0)),
    )
    found.phone.close()
    assert found.complaints == []
    assert {f"factory-{name}.png" for name in FACTORY} <= {one.name for one in FOLDER.glob("*.png")}


def test_pictures_of_a_strategy_change(
    system_with_history: RunningSystem, chromium: Browser
) -> None:
    """From the strategies to the replayed decision; long pages whole, cut off at the end."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    whole = {"backtest": 2000, "review": 1100, "trial": 1400, "decision": DESK_HEIGHT_MAX}
    found = strategy_change.walk(
        system_with_history, chromium,
        lambda name, page: save_desk(page, f"risk-{name}", height_max=whole.get(name, 0)),
    )
    print(f"with pictures: {found.seconds:.0f} s, {found.waited:.0f} s of it waiting")
    assert found.complaints == []
    assert {f"risk-{name}.png" for name in CHANGE} <= {one.name for one in FOLDER.glob("*.png")}


def test_pictures_of_what_is_watched(
    system_with_history: RunningSystem, chromium: Browser
) -> None:
    """Monitoring, sources, fairness, a model's card, a ring's graph; the refusal on a phone."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    ring = a_ring_applies(system_with_history)
    desk = DeskBrowser(chromium, system_with_history, "risk")
    desk.log_in()
    desk.complaints.clear()
    for name, address in WATCHED.items():
        desk.open(address)
        save_desk(desk.page, f"risk-{name}", height_max=DESK_HEIGHT_MAX)
    desk.open("risk/models/")
    campaign.go(desk.page, "main tr:has-text('评分卡') a.row")
    save_desk(desk.page, "risk-model", height_max=DESK_HEIGHT_MAX)
    desk.open(f"risk/relations/{ring}/")
    save_desk(desk.page, "risk-relations", height_max=1800)
    assert desk.complaints == []
    desk.close()

    sandbox = system_with_history.sandbox
    phone = WithLittleIncome(
        chromium, system_with_history.url, sandbox, sandbox.person("depositor", WITH_DEBTS)
    )
    phone.scan(OFFICERS_CODE)
    assert phone.walk() == "declined"
    save(phone.page, "risk-refusal", height_max=PHONE_HEIGHT_MAX)
    phone.close()


class WithLittleIncome(PhoneBrowser):
    """Earns too little for the instalments due elsewhere."""

    @property
    def answers(self) -> tuple[str, str, str, str]:
        return "self_employed", "retail", "1000", "business"


def a_ring_applies(system: RunningSystem) -> str:
    """Eight people of one flat, one after the other; the last one's application."""
    application = ""
    for person in people(system.sandbox.url, "fraud_ring", 8, 8):
        applicant = Applicant(system.url, system.sandbox.url, person)
        applicant.log_in()
        applicant.start()
        applicant.fill_in()
        applicant.submit()
        application = applicant.application_id
        applicant.close()
    return application
