"""A person decides what the machine referred: bounded by authority and product, once, on record."""

import datetime as dt

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils.translation import override

from lending.errors import DomainError, IllegalState, InvalidInput, NotFound
from lending.models import AuditEntry, ManualReview, Officer
from lending.selectors import explanations
from lending.services import applications, audit, disbursements, offers, reviews
from tests.lending.conftest import Applicant, Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def referred(cast: Cast) -> Applicant:
    applicant = cast.applicant("moved_household", code="s101-shandai")
    applicant.complete()
    assert applicant.decide() == "in_review"
    return applicant


def staff(username: str) -> User:
    return User.objects.get(username=username)


def approve(applicant: Applicant, **changes) -> ManualReview:
    word = {
        "application_id": applicant.application.pk,
        "reviewer": staff("liguoqiang"),
        "limit": "20000.00",
        "reason_code": "identity_checked",
        "note": "saw the household register",
        "now": applicant.now,
        "expected_version": applicant.application.version,
        **changes,
    }
    return reviews.approve(**word)


def decline(applicant: Applicant, **changes) -> ManualReview:
    word = {
        "application_id": applicant.application.pk,
        "reviewer": staff("liguoqiang"),
        "reason_code": "identity_doubtful",
        "note": "the register shows another person",
        "now": applicant.now,
        "expected_version": applicant.application.version,
        **changes,
    }
    return reviews.decline(**word)


def test_approved_with_an_adjusted_limit_it_ends_in_money(referred: Applicant) -> None:
    approve(referred)
    referred.refresh()
    assert referred.application.state == "offered"
    assert all(offer.amount_max <= 20_000 for offer in referred.application.offers.all())
    referred.accept()
    referred.sign()
    disbursements.send(disbursement_id=referred.payout.pk, now=referred.now)
    referred.refresh()
    assert referred.application.state == "disbursed"


def test_declined_the_person_is_told_why(referred: Applicant) -> None:
    decline(referred)
    referred.refresh()
    assert referred.application.state == "declined"
    assert explanations.of_application(referred.application)[0]["code"] == "identity_doubtful"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"limit": "60000"}, "limit"),
        ({"limit": "500"}, "limit"),
        ({"limit": "20050"}, "limit"),
        ({"limit": "-1"}, "limit"),
        ({"limit": "NaN"}, "limit"),
        ({"reason_code": "because"}, "reason_code"),
        ({"note": "ok"}, "note"),
        ({"note": "x" * 1001}, "note"),
    ],
)
def test_a_verdict_outside_its_bounds_is_refused_and_changes_nothing(
    referred: Applicant, changes, field
) -> None:
    with pytest.raises(InvalidInput) as refused:
        approve(referred, **changes)
    assert field in refused.value.errors
    referred.refresh()
    assert referred.application.state == "in_review"
    assert not ManualReview.objects.exists()


def test_the_strategys_bands_hold_whatever_a_persons_own_authority_is(referred: Applicant) -> None:
    Officer.objects.filter(user=staff("liguoqiang")).update(authority_amount="90000.00")
    with pytest.raises(InvalidInput) as refused:
        approve(referred, limit="50100.00")
    with override("en"):
        assert "manager" in str(refused.value.errors["limit"][0])
    referred.refresh()
    assert referred.application.state == "in_review"
    approve(referred, limit="50100.00", reviewer=staff("manager.baolun"))
    referred.refresh()
    assert referred.application.state == "offered"


def test_the_second_of_two_verdicts_hears_who_was_faster(referred: Applicant) -> None:
    decline(referred)
    with pytest.raises(IllegalState) as refused:
        approve(referred, reviewer=staff("manager.baolun"))
    assert refused.value.code == "already_decided"
    assert "李国强" in str(refused.value.message)
    assert ManualReview.objects.count() == 1


@pytest.mark.parametrize("username", ["chenjianhua", "manager.chaotian", "wangxiuying"])
def test_strangers_to_the_application_do_not_find_it(referred: Applicant, username: str) -> None:
    with pytest.raises(NotFound):
        approve(referred, reviewer=staff(username))


def test_a_refused_person_may_ask_for_a_human_once(cast: Cast) -> None:
    applicant = cast.applicant("court_debtor", code="s101-shandai")
    applicant.complete()
    assert applicant.decide() == "declined"
    reviews.request_review(**applicant.key(), reason="the case was settled in spring")
    applicant.refresh()
    assert applicant.application.state == "in_review"
    decline(applicant)
    with pytest.raises(IllegalState):
        reviews.request_review(**applicant.key(), reason="again")


def test_after_a_persons_verdict_nobody_is_asked_again(referred: Applicant) -> None:
    decline(referred)
    with pytest.raises(IllegalState):
        reviews.request_review(**referred.key(), reason="please look again")
    referred.refresh()
    assert referred.application.state == "declined"


def test_a_review_is_not_asked_for_beside_another_open_application(cast: Cast) -> None:
    refused = cast.applicant("court_debtor", code="s101-shandai")
    refused.complete()
    assert refused.decide() == "declined"
    again = {"qr_code": "universal", "purpose": "agriculture", "requested_amount": None}
    newer = applications.start(
        customer=refused.customer, now=refused.now, source_token="", channel="api", **again
    )
    with pytest.raises(IllegalState) as error:
        reviews.request_review(**refused.key(), reason="")
    assert error.value.code == "application_in_progress"
    applications.withdraw(
        application_id=newer.pk, customer=refused.customer, reason="", now=refused.now
    )
    late = refused.now + dt.timedelta(days=40)
    reviews.request_review(**{**refused.key(), "now": late}, reason="")
    applications.expire_due(now=late + dt.timedelta(days=1))
    refused.refresh()
    assert refused.application.state == "in_review"


def test_a_look_at_personal_data_needs_a_reason_and_is_chained(referred: Applicant) -> None:
    with pytest.raises(InvalidInput):
        audit.reveal(
            application_id=referred.application.pk,
            viewer=staff("liguoqiang"),
            reason=" ",
            now=referred.now,
        )
    seen = audit.reveal(
        application_id=referred.application.pk,
        viewer=staff("liguoqiang"),
        reason="calls the customer",
        now=referred.now,
    )
    assert seen["id_number"] == referred.person["id_number"]
    entry = AuditEntry.objects.latest("id")
    assert (entry.actor, entry.reason) == ("liguoqiang", "calls the customer")
    assert referred.person["id_number"] not in str(entry.detail)
    call_command("verify_audit", verbosity=0)


def test_an_edited_audit_entry_is_named(referred: Applicant) -> None:
    for reason in ("first look", "second look"):
        audit.reveal(
            application_id=referred.application.pk,
            viewer=staff("liguoqiang"),
            reason=reason,
            now=referred.now,
        )
    with connection.cursor() as cursor:  # as somebody with the owner's rights would
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(
            "UPDATE lending_auditentry SET reason = 'nothing' WHERE reason = 'first look'"
        )
        cursor.execute("SET LOCAL session_replication_role = origin")
    with pytest.raises(CommandError, match="does not fit"):
        call_command("verify_audit", verbosity=0)


def test_an_offer_nobody_takes_expires(cast: Cast) -> None:
    applicant = cast.applicant("teacher").to_offer()
    offer = applicant.application.offers.first()
    applications.expire_due(now=applicant.now + dt.timedelta(days=6))
    applicant.refresh()
    assert applicant.application.state == "offered"
    later = applicant.now + dt.timedelta(days=8)
    with pytest.raises(DomainError) as refused:
        offers.accept(
            application_id=applicant.application.pk,
            customer=applicant.customer,
            offer_id=offer.pk,
            amount=str(offer.amount_max),
            term_months=offer.term_months,
            method=offer.method,
            now=later,
        )
    assert refused.value.code == "offer_expired"
    applications.expire_due(now=later)
    applicant.refresh()
    assert applicant.application.state == "expired"
    assert set(applicant.application.offers.values_list("state", flat=True)) == {"expired"}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"amount": "999999"}, "amount"),
        ({"amount": "-5"}, "amount"),
        ({"amount": "１０００"}, "amount"),
        ({"amount": "NaN"}, "amount"),
        ({"amount": "1050"}, "amount"),
        ({"term_months": 999}, "term_months"),
        ({"method": "free"}, "method"),
    ],
)
def test_a_choice_outside_the_offer_is_refused(cast: Cast, changes, field) -> None:
    applicant = cast.applicant("teacher").to_offer()
    with pytest.raises(InvalidInput) as refused:
        applicant.accept(**changes)
    assert field in refused.value.errors
    applicant.refresh()
    assert applicant.application.state == "offered"


def test_choosing_again_voids_the_unsigned_contract(cast: Cast) -> None:
    applicant = cast.applicant("teacher").to_offer()
    applicant.accept()
    offers.reopen(**applicant.key())
    applicant.refresh()
    assert applicant.application.state == "offered"
    applicant.accept()
    assert applicant.application.contracts.filter(voided_at__isnull=True).count() == 1
