"""The same thing asked many times at once: one effect."""

import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from bench.applicant import Applicant
from tests.faults import chaos
from tests.faults.test_kills import signed_applicant
from tests.system import RunningSystem

pytestmark = [pytest.mark.system, pytest.mark.timeout(300)]
PARALLEL = 50


def at_once(applicant: Applicant, path: str, bodies: list[dict], keys: list[str]) -> Counter[int]:
    def post(pair: tuple[dict, str]) -> int:
        body, key = pair
        return httpx.post(
            f"{applicant.api.base_url}{path}",
            json=body,
            timeout=60,
            trust_env=False,
            headers={
                "Idempotency-Key": key,
                **{k: v for k, v in applicant.api.headers.items() if k == "authorization"},
            },
        ).status_code

    with ThreadPoolExecutor(PARALLEL) as pool:
        return Counter(pool.map(post, zip(bodies, keys, strict=True)))


def test_50_signatures_at_once_pay_once(running_system: RunningSystem) -> None:
    """A nervous thumb: the same signature with fifty different keys."""
    applicant = signed_applicant(running_system)
    contract = applicant.call("GET", applicant.path("contract/"))
    applicant.call(
        "POST",
        "otp/",
        {
            "mobile": applicant.person["mobile"],
            "purpose": "sign",
            "application": applicant.application_id,
        },
    )
    body = {
        "otp": applicant.newest_code(),
        "document_sha256": contract["sha256"],
        "cost_sheet_seconds": 30,
    }
    answers = at_once(
        applicant,
        applicant.path("sign/"),
        [body] * PARALLEL,
        [str(uuid.uuid4()) for _ in range(PARALLEL)],
    )
    assert answers[202] == 1
    assert not [status for status in answers if status >= 500]
    applicant.wait_for(frozenset({"disbursed"}))
    chaos.assert_one_transfer_per_loan(running_system)
    chaos.assert_invariants(running_system)


def test_50_submits_with_one_key_decide_once(running_system: RunningSystem) -> None:
    applicant = Applicant(
        running_system.url, running_system.sandbox.url, chaos.cast(running_system, 1)[0]
    )
    applicant.log_in()
    applicant.start()
    applicant.fill_in()
    answers = at_once(applicant, applicant.path("submit/"), [{}] * PARALLEL, ["one-key"] * PARALLEL)
    assert set(answers) <= {202, 409}
    assert answers[202] >= 1
    applicant.wait_for(frozenset({"offered"}))
    rows = running_system.query(
        "SELECT count(*) AS n FROM risk_decisionrecord WHERE application_id = %s",
        (applicant.application_id,),
    )
    assert rows == [{"n": 1}]


def test_50_guesses_at_once_are_at_most_five(running_system: RunningSystem) -> None:
    """And the right code is worth nothing afterwards."""
    person = chaos.cast(running_system, 1)[0]
    applicant = Applicant(running_system.url, running_system.sandbox.url, person)
    applicant.call("POST", "otp/", {"mobile": person["mobile"], "purpose": "login"})
    right = applicant.newest_code()
    wrong = [f"{number:06d}" for number in range(PARALLEL + 1) if f"{number:06d}" != right][
        :PARALLEL
    ]
    bodies = [{"mobile": person["mobile"], "otp": code} for code in wrong]
    answers = at_once(applicant, "session/", bodies, [str(uuid.uuid4()) for _ in bodies])
    assert 201 not in answers
    assert not [status for status in answers if status >= 500]
    tried = running_system.query(
        "SELECT max(attempts) AS n FROM lending_otpchallenge WHERE created_at > now() - interval '1 minute'"
    )
    assert tried[0]["n"] <= 5
    late = applicant.api.post("session/", json={"mobile": person["mobile"], "otp": right})
    assert late.status_code == 422
