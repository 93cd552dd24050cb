"""The main path through the services, per persona, against the real sandbox process."""

import datetime as dt
from decimal import Decimal

import pytest

from lending.errors import IllegalState, InvalidInput, NotFound
from lending.models import Journal, LendingEvent, Loan, LoanContract, SmsMessage
from lending.selectors import explanations
from lending.selectors.invariants import INVARIANTS
from lending.services import (
    applications,
    disbursements,
    identity,
    offers,
    signatures,
    submissions,
)
from tests.lending.conftest import Cast

pytestmark = pytest.mark.django_db


def breaches(now):
    return [
        b
        for name, check in INVARIANTS.items()
        if not name.startswith(("I1 ", "I2 "))
        for b in check(now)
    ]


@pytest.mark.parametrize(
    "persona",
    [
        "teacher",
        "civil_servant",
        "depositor",
        "mortgage_customer",
        "shop_owner",
        "rice_farmer",
        "pig_farmer",
        "thin_file",
    ],
)
def test_a_good_customer_is_offered_a_loan(cast: Cast, persona: str) -> None:
    applicant = cast.applicant(persona)
    applicant.complete()
    assert applicant.decide() == "offered", explanations.of_application(applicant.application)
    offers = list(applicant.application.offers.all())
    assert 1 <= len(offers) <= 3
    assert all(o.apr >= o.annual_rate > 0 and o.provenance for o in offers)


@pytest.mark.parametrize(
    ("persona", "state"),
    [
        ("over_indebted", "declined"),
        ("court_debtor", "declined"),
        ("fraud_ring", "declined"),
        ("outside_area", "declined"),
        ("minor", "declined"),
        ("elder", "declined"),
        ("moved_household", "in_review"),
    ],
)
def test_others_are_declined_or_referred_with_reasons_in_both_languages(
    cast: Cast, persona: str, state: str
) -> None:
    applicant = cast.applicant(persona)
    applicant.complete()
    assert applicant.decide() == state
    reasons = explanations.of_application(applicant.application)
    assert reasons
    assert all(r["text_zh"] and r["text_en"] for r in reasons)


def test_from_code_to_money(cast: Cast, now) -> None:
    applicant = cast.applicant("rice_farmer").to_signed()
    assert applicant.application.state == "disbursing"
    disbursements.send(disbursement_id=applicant.payout.pk, now=now)
    applicant.refresh()
    assert applicant.application.state == "disbursed"
    loan = Loan.objects.get(application=applicant.application)
    assert loan.principal_balance == loan.principal == applicant.payout.amount
    assert sum(row.principal for row in loan.instalments.all()) == loan.principal
    journal = Journal.objects.get(source_id=str(applicant.payout.pk))
    assert sum(p.amount for p in journal.postings.all()) == Decimal("0.00")
    names = list(
        LendingEvent.objects.filter(application_id=applicant.application.pk)
        .order_by("id")
        .values_list("name", flat=True)
    )
    assert [
        n
        for n in names
        if n in ("application.offered", "application.signed", "application.disbursed")
    ] == [
        "application.offered",
        "application.signed",
        "application.disbursed",
    ]
    assert SmsMessage.objects.filter(template="disbursed").count() == 1
    assert not breaches(now)


def test_the_bank_paid_exactly_what_the_contract_says(cast: Cast, now) -> None:
    applicant = cast.applicant("teacher").to_signed()
    disbursements.send(disbursement_id=applicant.payout.pk, now=now)
    mine = [t for t in cast.sandbox.transfers() if t["key"] == applicant.payout.core_key]
    contract = LoanContract.objects.get(application=applicant.application)
    assert [(t["amount"], t["payee_card"]) for t in mine] == [
        (str(contract.amount), applicant.person["card_number"])
    ]


@pytest.mark.parametrize("meanwhile", ["another offer", "withdrawn"])
def test_what_is_signed_is_the_paper_that_was_read(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, meanwhile: str
) -> None:
    """Another tab moves on between the first look and the right code."""
    applicant = cast.applicant("teacher").to_offer()
    applicant.accept()

    def another_tab(**_: object) -> None:
        if meanwhile == "withdrawn":
            applications.withdraw(**applicant.key(), reason="")
        else:
            offers.reopen(**applicant.key())
            applicant.accept(amount=str(applicant.application.offers.first().amount_min))

    monkeypatch.setattr(signatures.otp_service, "verify_code", another_tab)
    with pytest.raises((InvalidInput, IllegalState)):
        applicant.sign(otp="123456")
    assert not LoanContract.objects.filter(signed_at__isnull=False).exists()
    assert not applicant.application.disbursements.exists()


def test_steps_cannot_be_skipped(cast: Cast) -> None:
    applicant = cast.applicant()
    with pytest.raises(IllegalState) as refused:
        submissions.submit(**applicant.key())
    assert set(refused.value.errors) == {"identity", "consents", "profile", "bank-card"}
    with pytest.raises(IllegalState):
        applicant.consent()


def test_somebody_elses_application_is_not_found(cast: Cast) -> None:
    mine, other = cast.applicant("teacher"), cast.applicant("rice_farmer")
    with pytest.raises(NotFound):
        identity.confirm(
            application_id=mine.application.pk,
            customer=other.customer,
            name="陈桂英",
            id_number=other.person["id_number"],
            address="",
            valid_until=None,
            now=other.now,
        )


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"id_number": "510812199001010020"}, "id_number"),
        ({"name": "<b>"}, "name"),
        ({"valid_until": "2020-01-01"}, "valid_until"),
        ({"valid_until": "soon"}, "valid_until"),
        ({"address": "a" * 201}, "address"),
    ],
)
def test_a_wrong_identity_says_which_field(cast: Cast, changes, field) -> None:
    applicant = cast.applicant()
    with pytest.raises(InvalidInput) as refused:
        applicant.identify(**changes)
    assert list(refused.value.errors) == [field]
    applicant.refresh()
    assert applicant.application.state == "draft"


def test_refusing_marketing_never_blocks_but_a_needed_consent_does(cast: Cast) -> None:
    applicant = cast.applicant()
    applicant.identify()
    applicant.consent(accept=["privacy", "bureau"], refuse=["data_sharing", "marketing"])
    assert applicant.application.state == "identified"
    applicant.now += dt.timedelta(seconds=20)
    applicant.consent(accept=["data_sharing"], refuse=[])
    assert applicant.application.state == "consented"
    applicant.customer.refresh_from_db()
    assert applicant.customer.accepts_marketing is False


def test_a_new_scan_supersedes_an_unfinished_application(cast: Cast) -> None:
    applicant = cast.applicant()
    applicant.identify()
    newer = applications.start(
        customer=applicant.customer,
        qr_code="s101-youkedai",
        purpose="consumption",
        requested_amount="20000",
        source_token="",
        channel="api",
        now=applicant.now,
    )
    applicant.refresh()
    assert (applicant.application.state, newer.state) == ("withdrawn", "draft")
    assert newer.product_code == "youkedai"


@pytest.mark.parametrize(
    "amount", ["0", "-1", "NaN", "1e5", "１０００", "99999999999", "12.345", ""]
)
def test_a_bad_requested_amount_is_refused(cast: Cast, amount: str) -> None:
    applicant = cast.applicant()
    with pytest.raises(InvalidInput) as refused:
        applications.start(
            customer=applicant.customer,
            qr_code="universal",
            purpose="agriculture",
            requested_amount=amount,
            source_token="",
            channel="api",
            now=applicant.now,
        )
    assert "requested_amount" in refused.value.errors


@pytest.mark.parametrize("code", ["nothing", "", "universal' OR 1=1", "x" * 500])
def test_an_unknown_code_is_refused(cast: Cast, code: str) -> None:
    applicant = cast.applicant()
    with pytest.raises(applications.UnusableCode):
        applications.start(
            customer=applicant.customer,
            qr_code=code,
            purpose="agriculture",
            requested_amount=None,
            source_token="",
            channel="api",
            now=applicant.now,
        )
