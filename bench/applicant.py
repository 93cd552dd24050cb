"""An applicant as a program: knows only the public API and the sandbox's inbox.

For load, journeys and faults.

Every POST carries an idempotency key and is repeated with the same key when the answer got lost, as a
phone on a weak network would.
"""

import time
import uuid
from dataclasses import dataclass, field
from typing import Any

import httpx

ANSWERS = {
    "occupation": "farmer",
    "monthly_income": "5200.00",
    "household_size": 4,
    "industry": "rice",
}
DECIDED = frozenset({"offered", "declined", "in_review"})
_RETRY_PAUSE_S = 0.3


class Refused(AssertionError):
    """The API said no where a yes was needed; the text carries status and body."""


@dataclass
class Timings:
    """Seconds, and every request's own time by path."""

    decision_s: float = 0.0
    money_s: float = 0.0
    requests: list[tuple[str, float]] = field(default_factory=list)


class Applicant:
    """One person on the API of ``base_url``; ``patience_s`` is how long lost answers are asked for again."""

    def __init__(
        self, base_url: str, sandbox_url: str, person: dict[str, Any], *, patience_s: float = 30.0
    ) -> None:
        self.person, self.patience_s = person, patience_s
        self.api = httpx.Client(base_url=f"{base_url}/api/v1/", timeout=30, trust_env=False)
        self.sandbox = httpx.Client(base_url=sandbox_url, timeout=30, trust_env=False)
        self.application_id = ""
        self.timings = Timings()

    def close(self) -> None:
        self.api.close()
        self.sandbox.close()

    # ── one call, however often it takes ─────────────────────────────────────
    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        want: tuple[int, ...] = (200, 201, 202, 204),
    ) -> Any:
        """The JSON answer; lost answers, 409 "still running" and 503 are asked again with the same key."""
        headers = {"Idempotency-Key": str(uuid.uuid4())} if method == "POST" else {}
        deadline = time.monotonic() + self.patience_s
        while True:
            started = time.monotonic()
            try:
                reply = self.api.request(method, path, json=body, headers=headers)
            except httpx.TransportError:
                reply = None
            if reply is not None and reply.status_code in want:
                self.timings.requests.append((f"{method} {path}", time.monotonic() - started))
                return reply.json() if reply.content else None
            if time.monotonic() > deadline or not self._worth_repeating(reply):
                told = (
                    "no answer" if reply is None else f"HTTP {reply.status_code} {reply.text[:300]}"
                )
                raise Refused(f"{method} {path}: {told}")
            time.sleep(_RETRY_PAUSE_S)

    @staticmethod
    def _worth_repeating(reply: httpx.Response | None) -> bool:
        if reply is None or reply.status_code >= 500:
            return True
        return reply.status_code == 409 and "request_in_progress" in reply.text

    # ── the steps of the contract ────────────────────────────────────────────
    def newest_code(self) -> str:
        deadline = time.monotonic() + self.patience_s
        while time.monotonic() < deadline:
            for message in self.sandbox.get("sms", params={"mobile": self.person["mobile"]}).json()[
                "messages"
            ]:
                if message["otp"]:
                    return str(message["otp"])
            time.sleep(0.1)
        raise Refused("no code by SMS")

    def log_in(self) -> None:
        self.call("POST", "otp/", {"mobile": self.person["mobile"], "purpose": "login"})
        session = self.call(
            "POST", "session/", {"mobile": self.person["mobile"], "otp": self.newest_code()}
        )
        self.api.headers["Authorization"] = f"Bearer {session['token']}"

    def start(self, qr_code: str = "universal") -> None:
        application = self.call(
            "POST", "applications/", {"qr_code": qr_code, "purpose": "agriculture"}
        )
        self.application_id = application["id"]

    def path(self, step: str = "") -> str:
        return f"applications/{self.application_id}/{step}"

    def fill_in(self, answers: dict[str, Any] | None = None) -> None:
        person = self.person
        self.call(
            "POST",
            self.path("identity/"),
            {
                "name": person["name"],
                "id_number": person["id_number"],
                "address": person["address"],
            },
        )
        self.call(
            "POST",
            self.path("consents/"),
            {
                "accept": ["privacy", "bureau", "data_sharing"],
                "refuse": ["marketing"],
            },
        )
        self.call("POST", self.path("profile/"), answers or ANSWERS)
        self.call(
            "POST",
            self.path("bank-card/"),
            {
                "card_number": person["card_number"],
                "mobile": person["mobile"],
            },
        )

    def submit(self) -> str:
        """Hand in and wait for the decision; returns the state."""
        started = time.monotonic()
        self.call("POST", self.path("submit/"), {})
        state = self.wait_for(DECIDED)
        self.timings.decision_s = time.monotonic() - started
        return state

    def accept(self) -> None:
        offers = self.call("GET", self.path("offers/"))
        offer = (offers["results"] if isinstance(offers, dict) else offers)[0]
        self.call(
            "POST",
            self.path("accept/"),
            {
                "offer_id": offer["id"],
                "amount": offer["amount_max"],
                "term_months": offer["term_months"],
                "method": offer["method"],
            },
        )

    def sign(self) -> None:
        contract = self.call("GET", self.path("contract/"))
        self.call(
            "POST",
            "otp/",
            {
                "mobile": self.person["mobile"],
                "purpose": "sign",
                "application": self.application_id,
            },
        )
        self.call(
            "POST",
            self.path("sign/"),
            {
                "otp": self.newest_code(),
                "document_sha256": contract["sha256"],
                "cost_sheet_seconds": 30,
            },
        )

    def wait_for(self, states: frozenset[str], *, seconds: float = 60.0) -> str:
        deadline = time.monotonic() + seconds
        state = "unknown"
        while time.monotonic() < deadline:
            state = self.call("GET", self.path("?wait=5"))["state"]
            if state in states:
                return state
            time.sleep(0.05)
        raise Refused(f"still {state} after {seconds:.0f} s, wanted {sorted(states)}")

    def to_money(self, *, qr_code: str = "universal", seconds: float = 60.0) -> str:
        """The whole journey; returns the state it ends in."""
        self.log_in()
        self.start(qr_code)
        self.fill_in()
        state = self.submit()
        if state != "offered":
            return state
        self.accept()
        started = time.monotonic()
        self.sign()
        state = self.wait_for(frozenset({"disbursed"}), seconds=seconds)
        self.timings.money_s = time.monotonic() - started
        return state


def people(sandbox_url: str, persona: str, limit: int, offset: int = 0) -> list[dict[str, Any]]:
    """People of the sandbox's county."""
    reply = httpx.get(
        f"{sandbox_url}/people",
        params={"persona": persona, "limit": limit, "offset": offset},
        timeout=30,
    )
    found: list[dict[str, Any]] = reply.json()["people"]
    return found
