"""The verdict of a person: evidence shown, limits bounded, races told, every look recorded."""

from decimal import Decimal
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from lending.models import AuditEntry, LoanApplication, ManualReview
from lending.selectors import desk
from tests.desk.conftest import OWNER, browser_of

pytestmark = pytest.mark.django_db


def url(application: LoanApplication, action: str = "") -> str:
    return f"/desk/applications/{application.pk}/{action}"


def body(application: LoanApplication, **other: object) -> dict[str, object]:
    return {
        "version": application.version,
        "reason_code": "identity_doubtful",
        "note": "rang twice, no answer",
        **other,
    }


def test_decline_is_told_and_recorded(referred: LoanApplication) -> None:
    client = browser_of(OWNER)
    assert b"Decline instead" in client.get(url(referred)).content
    assert client.post(url(referred, "decline/"), body(referred)).status_code == 302
    referred.refresh_from_db()
    assert referred.state == "declined"
    page = client.get(url(referred)).content.decode()
    assert "rang twice, no answer" in page
    assert "Decline instead" not in page


def test_the_slower_of_two_reads_who_was_faster(referred: LoanApplication) -> None:
    assert (
        browser_of("manager.baolun").post(url(referred, "decline/"), body(referred)).status_code
        == 302
    )
    late = browser_of(OWNER).post(
        url(referred, "approve/"), body(referred, limit="20000", reason_code="income_checked")
    )
    assert late.status_code == 409
    assert ManualReview.objects.get().reviewer.officer.display_name in late.content.decode()
    assert ManualReview.objects.count() == 1


@pytest.mark.parametrize(
    "limit", ["0", "-1", "50000.01", "999999999", "NaN", "１００", "", "1e4", "<b>"]
)
def test_limits_stay_within_authority_and_product(referred: LoanApplication, limit: str) -> None:
    answer = browser_of(OWNER).post(
        url(referred, "approve/"), body(referred, limit=limit, reason_code="income_checked")
    )
    assert answer.status_code == 422
    page = answer.content.decode()
    assert 'id="limit-wrong"' in page
    assert "rang twice, no answer" in page  # what was typed is kept
    referred.refresh_from_db()
    assert referred.state == "in_review"


@pytest.mark.parametrize(
    ("reason", "note"),
    [("", "checked the papers"), ("because", "checked"), ("income_too_low", "no")],
)
def test_a_verdict_needs_a_reason_and_a_note(
    referred: LoanApplication, reason: str, note: str
) -> None:
    answer = browser_of(OWNER).post(
        url(referred, "decline/"), body(referred, reason_code=reason, note=note)
    )
    assert answer.status_code == 422
    assert b'class="wrong"' in answer.content


def test_an_old_tab_changes_nothing(referred: LoanApplication) -> None:
    answer = browser_of(OWNER).post(
        url(referred, "decline/"), body(referred, version=referred.version - 1)
    )
    assert answer.status_code == 409
    assert ManualReview.objects.count() == 0


def test_reveal_needs_a_reason_and_leaves_a_trace(referred: LoanApplication) -> None:
    client = browser_of(OWNER)
    for reason in (" ", "call\x00them"):
        assert client.post(url(referred, "reveal/"), {"reason": reason}).status_code == 422
    assert client.get("/desk/applications/?product=%00").status_code == 200
    assert AuditEntry.objects.filter(action="personal_data.reveal").count() == 0
    shown = client.post(url(referred, "reveal/"), {"reason": "calling the applicant back"})
    assert referred.id_number in shown.content.decode()
    assert "no-store" in shown["Cache-Control"]
    entry = AuditEntry.objects.get(action="personal_data.reveal")
    assert (entry.actor, entry.subject_id, entry.reason) == (
        OWNER,
        str(referred.pk),
        "calling the applicant back",
    )
    assert referred.id_number not in client.get(url(referred)).content.decode()


def test_markup_in_a_note_is_text(referred: LoanApplication) -> None:
    client = browser_of(OWNER)
    client.post(url(referred, "decline/"), body(referred, note="<script>alert(1)</script>"))
    page = client.get(url(referred))
    assert "<script>alert" not in page.content.decode()
    policy = page["Content-Security-Policy"]
    assert "unsafe" not in policy


def test_customers_are_found_by_whole_numbers_only(referred: LoanApplication) -> None:
    client, customer = browser_of(OWNER), referred.customer
    for text in (customer.customer_no, customer.mobile, referred.id_number):
        answer = client.post("/desk/customers/search/", {"q": text})
        assert answer["Location"] == f"/desk/customers/{customer.pk}/", text
    for text in (customer.mobile[:8], "陈", "%", "", "\x00", customer.customer_no + "1"):
        assert client.post("/desk/customers/search/", {"q": text}).status_code == 200
    foreign = browser_of("chenjianhua").post("/desk/customers/search/", {"q": customer.mobile})
    assert foreign.status_code == 200
    assert str(customer.pk) not in foreign.content.decode()


def test_reading_changes_nothing(referred: LoanApplication) -> None:
    client, before = browser_of(OWNER), (referred.version, AuditEntry.objects.count())
    for action in ("approve/", "decline/", "reveal/"):
        assert client.get(url(referred, action)).status_code == 405
    client.get("/desk/")
    client.get(url(referred))
    referred.refresh_from_db()
    assert (referred.version, AuditEntry.objects.count()) == before
    assert referred.requested_amount is None or referred.requested_amount > Decimal(0)


def test_a_long_list_asks_no_more_than_a_short_one(
    referred: LoanApplication, django_assert_max_num_queries
) -> None:
    """The machine's reasons of all referred applications come in one query."""
    user = User.objects.get(username="headoffice")
    LoanApplication.objects.filter(pk=referred.pk).update(decision_id=uuid4())
    with CaptureQueriesContext(connection) as one:
        assert len(desk.tasks(user, timezone.now(), timezone.localdate())) >= 1
    for _ in range(3):
        referred.name = referred.id_number = referred.address = None  # sealed for the first row
        referred.pk, referred.decision_id = uuid4(), uuid4()
        referred.save(force_insert=True)
    with django_assert_max_num_queries(len(one)):
        assert len(desk.tasks(user, timezone.now(), timezone.localdate())) >= 4
