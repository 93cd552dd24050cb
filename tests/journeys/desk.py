"""A member of staff at a desk: Chromium at 1440×900, password and one-time code, one decision."""

import base64
import time
from dataclasses import dataclass

from django_otp.oath import totp
from playwright.sync_api import Browser, BrowserContext, Page

from tests.system import RunningSystem

VIEWPORT = {"width": 1440, "height": 900}
CODE_STEP_S = 30


@dataclass(frozen=True)
class Account:
    """A demo account as ``manage.py demo_accounts`` prints it."""

    username: str
    password: str
    secret: str

    def code(self) -> str:
        """What the authenticator shows now."""
        return f"{totp(base64.b32decode(self.secret)):06d}"


def account(system: RunningSystem, username: str) -> Account:
    printed = system.manage("demo_accounts", "--user", username)
    assert printed.returncode == 0, printed.stderr
    name, _role, password, secret, _now = printed.stdout.splitlines()[1].split()
    return Account(name, password, secret)


class DeskBrowser:
    """One member of staff, logged in from the first line on."""

    def __init__(
        self, browser: Browser, system: RunningSystem, username: str, *, locale: str = "zh-CN"
    ) -> None:
        self.url = system.url
        self.account = account(system, username)
        self.context: BrowserContext = browser.new_context(
            viewport=VIEWPORT,
            locale=locale,
            device_scale_factor=1,  # type: ignore[arg-type]
        )
        self.page: Page = self.context.new_page()
        self.complaints: list[str] = []
        self.page.on("console", lambda m: m.type == "error" and self.complaints.append(m.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def log_in(self) -> None:
        """Password first, then the code; a code that was used already is waited out."""
        self.open("login/")
        self.page.fill("[name=username]", self.account.username)
        self.page.fill("[name=password]", self.account.password)
        self.page.click("main button")
        for _ in range(2):
            self.page.fill("[name=code]", self.account.code())
            self.page.click("main button")
            if "/login" not in self.page.url:
                return
            time.sleep(CODE_STEP_S - time.time() % CODE_STEP_S + 0.5)
        raise AssertionError(f"no way in for {self.account.username}: {self.page.title()}")

    def open(self, path: str) -> Page:
        """A page of the desk; ``path`` is below /desk/, or whole when it begins with a slash."""
        self.page.goto(self.url + (path if path.startswith("/") else f"/desk/{path}"))
        return self.page

    def approve(self, application_id: str, *, note: str) -> None:
        """Takes the suggested limit, gives a reason, says what was checked."""
        page = self.open(f"applications/{application_id}/")
        page.select_option("#approve-reason", "identity_checked")
        page.fill("#approve-note", note)
        with page.expect_navigation():
            page.click("form[action$='/approve/'] button")

    def close(self) -> None:
        self.context.close()
