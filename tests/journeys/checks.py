"""What every page must keep to, measured in the browser: weight and accessibility."""

from collections.abc import Callable

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

#: WCAG 2.2 AA is everything of 2.0, 2.1 and 2.2 on levels A and AA.
WCAG_22_AA = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


def accessibility_problems(page: Page) -> list[str]:
    """axe's violations of WCAG 2.2 AA on the page as it stands, one line each."""
    found = Axe().run(
        page,
        options={
            "runOnly": {"type": "tag", "values": WCAG_22_AA},
            "resultTypes": ["violations"],
        },
    )
    return [
        f"{rule['id']}: {node['target']} {node['html'][:120]}"
        for rule in found.response["violations"]
        for node in rule["nodes"]
    ]


def weigh(page: Page, visit: Callable[[], object]) -> int:
    """Bytes that came over the wire during ``visit``, as compressed, with their headers."""
    sizes: list[float] = []
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.on("Network.loadingFinished", lambda e: sizes.append(e["encodedDataLength"]))
    visit()
    page.wait_for_load_state("networkidle")
    session.detach()
    return int(sum(sizes))
