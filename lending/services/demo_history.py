"""A short history for the demo bank: invented people of the sandbox's county walk the real journey.

Everything goes through the same services, the same decision and the same core bank as a real applicant's
request; only the typing is done by this module. Demo mode only.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx
from django.conf import settings

from lending.domain.application_flow import State
from lending.models import Disbursement, LoanApplication, ReferralCode
from lending.selectors import applications as application_selectors
from lending.selectors import contracts as contract_selectors
from lending.selectors import offers as offer_selectors
from lending.services import (
    applications,
    cards,
    consents,
    decisions,
    disbursements,
    identity,
    offers,
    otp,
    profiles,
    sessions,
    signatures,
    submissions,
)

Clock = Callable[[], datetime]

#: persona → (occupation, industry, monthly income, purpose)
_ANSWERS: dict[str, tuple[str, str, str, str]] = {
    "teacher": ("teacher", "education", "6800.00", "consumption"),
    "civil_servant": ("civil_servant", "government", "7200.00", "consumption"),
    "depositor": ("self_employed", "trade", "6000.00", "business"),
    "mortgage_customer": ("employee", "services", "6500.00", "consumption"),
    "shop_owner": ("shop_owner", "trade", "9000.00", "business"),
    "rice_farmer": ("farmer", "rice", "5200.00", "agriculture"),
    "pig_farmer": ("farmer", "pigs", "7000.00", "agriculture"),
    "thin_file": ("farmer", "mushrooms", "3500.00", "agriculture"),
    "over_indebted": ("self_employed", "trade", "4000.00", "business"),
    "court_debtor": ("self_employed", "trade", "4000.00", "business"),
    "moved_household": ("farmer", "rice", "5200.00", "agriculture"),
}
_STOPS = ("identity", "consents", "profile", "card", "offer", "accept", "sign")


@dataclass(frozen=True)
class Walker:
    """One invented applicant: whose code they scanned and where they stop (empty = goes to the end)."""

    person: dict[str, Any]
    code: str
    stop_before: str = ""


def cast(*, customers: int, url: str) -> list[Walker]:
    """``customers`` walkers over all personas and officers' codes; every seventh stops on the way."""
    codes = list(
        ReferralCode.objects.filter(officer__isnull=False, product_code="shandai")
        .order_by("code")
        .values_list("code", flat=True)
    )
    people: list[list[dict[str, Any]]] = []
    per_persona = customers // len(_ANSWERS) + 1
    for persona in _ANSWERS:
        # the first people of every persona stay free for those who try the demo by hand
        reply = httpx.get(
            f"{url}/people",
            params={"persona": persona, "limit": per_persona, "offset": 200},
            timeout=10,
        ).json()
        people.append(reply["people"] if isinstance(reply, dict) else reply)
    mixed = [row[i] for i in range(per_persona) for row in people if i < len(row)][:customers]
    return [
        Walker(
            person=person,
            code=codes[number % len(codes)],
            stop_before=_STOPS[number // 7 % len(_STOPS)] if number % 7 == 6 else "",
        )
        for number, person in enumerate(mixed)
    ]


def walk(walker: Walker, *, clock: Clock) -> str:
    """One person's journey, as far as it goes; returns the state it ended in."""
    person = walker.person
    purpose = _ANSWERS[person["persona"]][3]
    otp.send_code(mobile=person["mobile"], purpose="login", client_ip="", now=clock())
    session = sessions.open_session(
        mobile=person["mobile"], otp=_newest_code(person["mobile"]), client_ip="", now=clock()
    )
    customer = session.customer
    application = applications.start(
        customer=customer,
        qr_code=walker.code,
        purpose=purpose,
        requested_amount=None,
        source_token="",
        channel="demo",
        now=clock(),
    )
    key: dict[str, Any] = {"application_id": application.pk, "customer": customer}
    steps = _steps_of_filling_in(walker, key, clock)
    for name, step in steps.items():
        if walker.stop_before == name:
            return LoanApplication.objects.get(pk=application.pk).state
        step()
    submissions.submit(**key, now=clock())
    decisions.decide(application_id=application.pk, now=clock())
    return _borrow(walker, key, clock)


def _steps_of_filling_in(
    walker: Walker, key: dict[str, Any], clock: Clock
) -> dict[str, Callable[[], Any]]:
    person = walker.person
    occupation, industry, income, _ = _ANSWERS[person["persona"]]
    return {
        "identity": lambda: identity.confirm(
            **key,
            name=person["name"],
            id_number=person["id_number"],
            address=person.get("address", ""),
            valid_until=None,
            now=clock(),
        ),
        "consents": lambda: consents.record(
            **key,
            accept=["privacy", "bureau", "data_sharing"],
            refuse=["marketing"],
            channel="demo",
            client_ip="",
            now=clock(),
        ),
        "profile": lambda: profiles.save(
            **key,
            now=clock(),
            answers={
                "occupation": occupation,
                "industry": industry,
                "monthly_income": income,
                "household_size": 4,
            },
        ),
        "card": lambda: cards.bind(
            **key, card_number=person["card_number"], mobile=person["mobile"], now=clock()
        ),
    }


def _borrow(walker: Walker, key: dict[str, Any], clock: Clock) -> str:
    customer = key["customer"]
    application = application_selectors.of_customer(key["application_id"], customer)
    offers_open = list(offer_selectors.open_offers(application, clock()))
    if application.state != State.OFFERED or not offers_open or walker.stop_before == "offer":
        return application.state
    offer = offers_open[int(walker.person["id_number"][-4:-1]) % len(offers_open)]  # tastes differ
    if walker.stop_before == "accept":
        return application.state
    offers.accept(
        **key,
        offer_id=offer.pk,
        amount=str(offer.amount_max),
        term_months=offer.term_months,
        method=offer.method,
        now=clock(),
    )
    application.refresh_from_db()
    if walker.stop_before == "sign":
        return application.state
    contract = contract_selectors.of_application(application)
    otp.send_code(
        mobile=customer.mobile,
        purpose="sign",
        client_ip="",
        application_id=application.pk,
        customer=customer,
        now=clock(),
    )
    signatures.sign(
        **key,
        otp=_newest_code(customer.mobile),
        document_sha256=contract.html_sha256,
        cost_sheet_seconds=25,
        client_ip="",
        user_agent="demo",
        now=clock(),
    )
    payout = Disbursement.objects.get(application=application)
    disbursements.send(disbursement_id=payout.pk, now=clock())
    application.refresh_from_db()
    return application.state


def _newest_code(mobile: str) -> str:
    for _ in range(50):
        reply = httpx.get(
            f"{settings.SANDBOX_URL}/sms", params={"mobile": mobile}, timeout=5
        ).json()
        for message in reply["messages"] if isinstance(reply, dict) else reply:
            if message.get("otp"):
                return str(message["otp"])
        time.sleep(0.1)
    raise TimeoutError("no code by SMS")
