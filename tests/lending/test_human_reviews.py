"""The right to a person: instead of the machine, after it, with a clock that is kept or shown broken."""

import datetime as dt

import pytest
from django.utils import timezone

from lending.domain.sms_texts import render
from lending.errors import IllegalState
from lending.models import LendingEvent, ReviewRequest, SmsMessage
from lending.selectors import desk, explanations, human_reviews, worklists
from lending.services import applications, decisions, reviews, submissions
from lending.services import human_reviews as service
from tests.lending.conftest import Applicant, Cast
from tests.lending.test_reviews import decline, staff

pytestmark = pytest.mark.django_db
CODE = "s101-shandai"


@pytest.fixture
def asking(cast: Cast) -> Applicant:
    """Somebody the machine would approve, who wants a person."""
    applicant = cast.applicant("rice_farmer", code=CODE)
    applicant.complete()
    service.ask_for_person(**applicant.key())
    applicant.refresh()
    return applicant


def test_who_asks_for_a_person_gets_no_automatic_answer(asking: Applicant) -> None:
    assert asking.decide() == "in_review"
    application = asking.application
    assert application.decision_id is not None  # the machine still thought: a suggestion
    assert not application.offers.exists()
    assert [row["code"] for row in explanations.of_application(application)] == ["HUMAN_ASKED"]
    staff_reads = explanations.of_application(application, for_staff=True)
    assert staff_reads[0]["code"] == "HUMAN_ASKED"
    assert LendingEvent.objects.get(name="application.in_review").data["reasons"] == ["HUMAN_ASKED"]
    request = ReviewRequest.objects.get(application=application)
    assert request.due_at == dt.datetime(2026, 12, 1, 18, 0, tzinfo=asking.now.tzinfo)


def test_a_refusal_by_the_machine_is_left_to_the_person_too(cast: Cast) -> None:
    applicant = cast.applicant("court_debtor", code=CODE)
    applicant.complete()
    service.ask_for_person(**applicant.key())
    assert applicant.decide() == "in_review"
    assert not applicant.application.letters.exists()
    decline(applicant)
    applicant.refresh()
    assert applicant.application.state == "declined"
    assert applicant.application.letters.count() == 1


def test_the_wish_may_be_taken_back_until_handing_in(asking: Applicant) -> None:
    service.ask_for_person(**asking.key(), wants=False)
    asking.refresh()
    assert asking.application.wants_person_at is None
    service.ask_for_person(**asking.key())
    submissions.submit(**asking.key())
    with pytest.raises(IllegalState):
        service.ask_for_person(**asking.key(), wants=False)
    decisions.decide(application_id=asking.application.pk, now=asking.now)
    asking.refresh()
    assert asking.application.state == "in_review"
    with pytest.raises(IllegalState):
        service.ask_for_person(**asking.key())


def test_a_person_may_be_asked_for_while_the_machine_still_thinks(cast: Cast) -> None:
    applicant = cast.applicant("rice_farmer", code=CODE)
    applicant.complete()
    submissions.submit(**applicant.key())
    reviews.request_review(**applicant.key(), reason="")
    decisions.decide(application_id=applicant.application.pk, now=applicant.now)
    applicant.refresh()
    assert applicant.application.state == "in_review"


def test_the_clock_stops_with_the_first_verdict_and_the_promise_is_measured(
    asking: Applicant,
) -> None:
    asking.decide()
    day = asking.now.date()
    before = human_reviews.kept(since=day, until=day, now=asking.now)
    assert (before.kept, before.running, before.share) == (0, 1, None)
    late = asking.now + dt.timedelta(days=9)
    assert human_reviews.kept(since=day, until=day, now=late).overdue == 1
    decline(asking)
    after = human_reviews.kept(since=day, until=day, now=late)
    assert (after.kept, after.late, after.overdue, after.share) == (1, 0, 0, 1.0)


def test_a_promise_that_was_never_answered_stays_broken_after_the_application_expired(
    asking: Applicant,
) -> None:
    asking.decide()
    day, later = asking.now.date(), asking.now + dt.timedelta(days=31)
    assert applications.expire_due(now=later) == 1
    asking.refresh()
    assert asking.application.state == "expired"
    assert human_reviews.kept(since=day, until=day, now=later).overdue == 1


def test_the_text_after_a_persons_refusal_offers_no_second_review(asking: Applicant) -> None:
    asking.decide()
    decline(asking)
    told = SmsMessage.objects.get(template__startswith="declined")
    words = render(told.template, "zh-hans", {})
    assert "人工复核" not in words
    assert "客户经理审核后" in words
    with pytest.raises(IllegalState):
        reviews.request_review(**asking.key(), reason="again")


def test_less_than_a_day_left_tells_the_manager_once(asking: Applicant) -> None:
    asking.decide()
    request = ReviewRequest.objects.get()
    assert request.due_at is not None
    assert service.escalate(now=request.due_at - dt.timedelta(days=2)) == 0
    soon = request.due_at - dt.timedelta(hours=20)
    assert service.escalate(now=soon) == 1
    assert service.escalate(now=soon) == 0
    assert LendingEvent.objects.filter(name="review.escalated").count() == 1
    tasks = desk.tasks(staff("manager.baolun"), soon, soon.date())
    mine = next(task for task in tasks if task.row_id == str(asking.application.pk))
    assert mine.is_urgent
    assert mine.due_at == request.due_at


def test_the_worklist_puts_the_earliest_promise_first(cast: Cast) -> None:
    later, sooner = cast.applicant("rice_farmer", code=CODE), cast.applicant("teacher", code=CODE)
    for applicant, hours in ((later, 2), (sooner, 1)):
        applicant.complete()
        service.ask_for_person(**applicant.key())
        applicant.decide()
        ReviewRequest.objects.filter(application=applicant.application).update(
            due_at=timezone.now() + dt.timedelta(days=3, hours=hours)
        )
    rows = [row.pk for row in worklists.referred(staff("manager.baolun"))]
    assert rows == [sooner.application.pk, later.application.pk]
