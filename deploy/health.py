"""Waits until the system says itself that it is well."""

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any

from deploy.errors import CannotStart

PATIENCE_SECONDS = 90
DEGRADED_SECONDS = 30


def wait_until_ready(
    url: str, still_trying: Callable[[], None], last_words: Callable[[], str]
) -> dict[str, Any]:
    """The answer of /readyz: at best "ok", after half a minute also "degraded".

    ``still_trying`` raises CannotStart when there is nothing left to wait for; ``last_words`` gives the
    web server's last line for the message.
    """
    begun = time.monotonic()
    answer: dict[str, Any] = {}
    while (waited := time.monotonic() - begun) < PATIENCE_SECONDS:
        answer = _ask(url) or answer
        if answer.get("status") == "ok":
            return answer
        if answer.get("status") == "degraded" and waited > DEGRADED_SECONDS:
            return answer
        still_trying()
        time.sleep(0.15)
    raise CannotStart(
        f"The system is not ready after {PATIENCE_SECONDS} s: {_told(answer)} {last_words()}".rstrip()
    )


def _told(answer: dict[str, Any]) -> str:
    troubled = {n: p for n, p in answer.get("parts", {}).items() if p.get("status") != "ok"}
    return json.dumps(troubled or answer) if answer else "no answer"


def _ask(url: str) -> dict[str, Any] | None:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310  (our own http address)
            return dict(json.load(answer))
    except urllib.error.HTTPError as error:
        try:
            return dict(json.load(error))
        except ValueError:
            return {"status": f"HTTP {error.code}"}
    except (OSError, ValueError):
        return None
