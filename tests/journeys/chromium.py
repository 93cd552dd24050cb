"""Finds the Chromium that deploy/chromium.sh has made sure of, and starts it without a window."""

import contextlib
import os
import shutil
from collections.abc import Iterator

from playwright.sync_api import Browser, sync_playwright

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
#: No sandbox: the tests may run as root in a container, and open nothing but our own pages.
_FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


@contextlib.contextmanager
def chromium() -> Iterator[Browser]:
    """A browser for one block. Playwright's own build is taken where the system has none."""
    own = next((path for path in map(shutil.which, _NAMES) if path), None)
    with sync_playwright() as playwright:
        path = own or playwright.chromium.executable_path
        if not os.path.exists(path):
            raise RuntimeError("no Chromium: run deploy/chromium.sh")
        browser = playwright.chromium.launch(executable_path=path, args=_FLAGS)
        try:
            yield browser
        finally:
            browser.close()
