"""``make screenshots``, the part after the payout: a wrong repayment reversed, and the pages of servicing."""

import pytest
from playwright.sync_api import Browser

from tests.journeys import wrong_repayment
from tests.journeys.campaign import go
from tests.journeys.conftest import HISTORY_SECONDS
from tests.journeys.desk import DeskBrowser
from tests.journeys.test_screenshots import FOLDER, save_desk
from tests.system import RunningSystem

pytestmark = [pytest.mark.screenshots, pytest.mark.timeout(HISTORY_SECONDS + 900)]
#: The demo's history uses the people from 200 on.
PERSON = 153
REPAIR = ("found", "wrong", "reverse", "approve", "reversed", "reconciled")
#: What finance keeps → its address and how much of it is shown; a case and its loan are reached by a link.
KEPT = {
    "end-of-day": ("servicing/end-of-day/", 1200),
    "runs": ("servicing/reconciliation/runs/", 0),
    "trial-balance": ("servicing/ledger/", 1300),
    "arrears": ("servicing/arrears/", 1500),
}


def test_pictures_of_a_wrong_repayment(
    system_with_history: RunningSystem, chromium: Browser
) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    loan_id = wrong_repayment.borrow(
        system_with_history, system_with_history.sandbox.person("shop_owner", PERSON)
    )
    seen = wrong_repayment.walk(
        system_with_history, chromium, loan_id, lambda name, page: save_desk(page, f"repair-{name}")
    )
    print(f"with pictures: {seen.seconds:.0f} s")
    assert seen.complaints == []
    assert {f"repair-{name}.png" for name in REPAIR} <= {one.name for one in FOLDER.glob("*.png")}


def test_pictures_of_servicing(system_with_history: RunningSystem, chromium: Browser) -> None:
    """What eighteen closed months left: the newest day, the books, who is late, one late loan."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    desk = DeskBrowser(chromium, system_with_history, "finance")
    desk.log_in()
    desk.complaints.clear()
    for name, (address, height) in KEPT.items():
        desk.open(address)
        save_desk(desk.page, f"servicing-{name}", height_max=height)
    go(desk.page, "main tbody a.row")
    save_desk(desk.page, "servicing-case", height_max=1500)
    go(desk.page, "main a[href*='/desk/loans/']")
    save_desk(desk.page, "servicing-loan", height_max=1900)
    assert desk.complaints == []
    desk.close()
