"""The event feed becomes attempts: in any order, any number of times, with the same result."""

import random
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from lending import events as lending_events
from lending.models import LendingEvent, LoanApplication
from marketing.domain.events import Event, unscanned_id
from marketing.domain.funnel import STEPS
from marketing.models import AbsorbedEvent, EventCursor, JourneyAttempt
from marketing.services import absorption, attempts
from tests.api.conftest import filled_in
from tests.api.phone import Phone

pytestmark = pytest.mark.django_db


def story(token: str, application: object, start: datetime) -> list[Event]:
    names = [
        "otp.sent",
        "session.opened",
        "application.started",
        "application.identified",
        "application.consented",
        "application.profiled",
        "application.card_bound",
        "application.submitted",
        "application.scoring",
        "application.in_review",
        "application.offered",
        "application.accepted",
        "application.signed",
        "application.disbursing",
        "application.disbursed",
    ]
    return [
        Event(
            id=number,
            name=name,
            at=start + timedelta(seconds=10 * number),
            source_token=token,
            application_id=application if name.startswith("application") else None,
            code="universal",
            product_code="shandai",
            data={"purpose": "login"} if name == "otp.sent" else {},
        )
        for number, name in enumerate(names, start=1)
    ]


def stored() -> list[dict[str, object]]:
    return list(JourneyAttempt.objects.order_by("pk").values())


def scan(now: datetime) -> JourneyAttempt:
    return attempts.open_attempt(
        code="universal",
        officer_id=None,
        branch_id=None,
        product_code="shandai",
        device_class="android",
        now=now,
    )


def test_a_whole_journey_fills_one_row(now: datetime) -> None:
    row, application = scan(now), uuid4()
    absorption.absorb(story(row.pk.hex, application, now))
    row = JourneyAttempt.objects.get()
    assert row.application_id == application
    assert [step for step in STEPS if getattr(row, f"{step}_at") is None] == []
    assert (row.furthest_step, row.ended_as) == (len(STEPS) - 1, "disbursed")
    assert row.decided_at == now + timedelta(seconds=100)  # the first verdict: referred
    assert row.entered_at == now


@pytest.mark.parametrize("seed", range(8))
def test_order_and_repetition_change_nothing(now: datetime, seed: int) -> None:
    row, application = scan(now), uuid4()
    events = story(row.pk.hex, application, now)
    absorption.absorb(events)
    expected = stored()
    JourneyAttempt.objects.filter(pk=row.pk).delete()
    attempts.open_attempt(
        code="universal",
        officer_id=None,
        branch_id=None,
        product_code="shandai",
        device_class="android",
        now=now,
        token=row.pk,
    )
    chance = random.Random(seed)
    mixed = [*events, *chance.sample(events, 6)]
    chance.shuffle(mixed)
    while mixed:
        size = chance.randint(1, 5)
        part, mixed = mixed[:size], mixed[size:]
        absorption.absorb(part)
    assert stored() == expected


def test_applications_without_a_scan_and_second_tries_get_rows_of_their_own(now: datetime) -> None:
    row, first, second, unscanned = scan(now), uuid4(), uuid4(), uuid4()
    absorption.absorb(
        [
            Event(1, "application.started", now, application_id=first, source_token=row.pk.hex),
            Event(
                2,
                "application.withdrawn",
                now + timedelta(1),
                application_id=first,
                source_token=row.pk.hex,
            ),
            Event(
                3,
                "application.started",
                now + timedelta(2),
                application_id=second,
                source_token=row.pk.hex,
            ),
            Event(4, "application.started", now, application_id=unscanned),
        ]
    )
    assert JourneyAttempt.objects.get(application_id=first).pk == row.pk
    assert JourneyAttempt.objects.get(application_id=first).ended_as == "withdrawn"
    assert JourneyAttempt.objects.get(application_id=second).pk == unscanned_id(second)
    assert JourneyAttempt.objects.get(application_id=unscanned).scanned_at is None


@pytest.mark.parametrize("token", ["", "garbage", "x" * 64, "0f8fad5bd9cb469fa16570867728950e"])
def test_a_made_up_token_counts_for_nothing(now: datetime, token: str) -> None:
    absorption.absorb([Event(1, "session.opened", now, source_token=token)])
    assert JourneyAttempt.objects.count() == 0


def test_only_code_words_are_kept_as_obstacles(now: datetime) -> None:
    row = scan(now)
    absorption.absorb(
        [
            Event(
                1,
                "application.step_failed",
                now,
                application_id=uuid4(),
                source_token=row.pk.hex,
                data={"reason": "我的身份证是510812199003071234"},
            ),
        ]
    )
    row.refresh_from_db()
    assert row.drop_reason == "other"


def test_the_feed_is_read_once_and_late_commits_are_found() -> None:
    now = timezone.now()
    row, application = scan(now), uuid4()
    events = [
        LendingEvent(
            id=1_000_000 + event.id,
            name=event.name,
            at=event.at,
            application_id=event.application_id,
            source_token=event.source_token,
            data=event.data,
            qr_code=event.code,
            product_code=event.product_code,
        )
        for event in story(row.pk.hex, application, now - timedelta(minutes=4))
    ]
    held_back = events.pop(4)
    LendingEvent.objects.bulk_create(events)
    assert absorption.pull(now=now) == len(events)
    assert absorption.pull(now=now) == 0
    held_back.save(force_insert=True)  # it took its number early and committed late
    assert absorption.pull(now=now + timedelta(seconds=10)) == 0
    assert absorption.pull(now=now + timedelta(seconds=45)) == 1
    assert absorption.pull(now=now + timedelta(seconds=90)) == 0
    row.refresh_from_db()
    assert row.consented_at == held_back.at
    assert EventCursor.objects.get().last_id == events[-1].pk
    absorption.pull(now=now + timedelta(hours=2))
    assert AbsorbedEvent.objects.count() == 0


def test_the_real_feed_of_a_real_application(phone: Phone) -> None:
    application_id = filled_in(phone)
    now = timezone.now()
    absorption.pull(now=now)
    row = JourneyAttempt.objects.get(application_id=application_id)
    application = LoanApplication.objects.get(pk=application_id)
    assert row.product_code == application.product_code
    assert STEPS[row.furthest_step] == "card_bound"
    assert lending_events.feed(after_id=0).count() >= 5
