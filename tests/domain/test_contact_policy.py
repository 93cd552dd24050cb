"""The contact gate, pure: hours, counts, who, channels, pauses, intervals."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from lending.domain.contact_policy import (
    Answer,
    Channel,
    Outcome,
    Person,
    Purpose,
    Rules,
    Whom,
    judge,
)

CHINA = ZoneInfo("Asia/Shanghai")


def at(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, 24, hour, minute, tzinfo=CHINA)


def asked(local: datetime, **more: Any) -> Answer:
    person = Person(**{k: more.pop(k) for k in list(more) if k in Person.__dataclass_fields__})
    values: dict[str, Any] = {
        "whom": Whom.BORROWER, "channel": Channel.CALL, "purpose": Purpose.COLLECTION, **more,
    }
    return judge(local, person=person, **values)


@pytest.mark.parametrize(
    ("local", "waits_until"),
    [
        (at(21, 59), None),
        (at(22, 0), at(8) + timedelta(days=1)),
        (at(23, 59), at(8) + timedelta(days=1)),
        (at(0, 0), at(8)),
        (at(7, 59), at(8)),
        (at(8, 0), None),
    ],
)
def test_nobody_is_contacted_between_ten_at_night_and_eight(
    local: datetime, waits_until: datetime | None
) -> None:
    answer = asked(local)
    assert answer.is_allowed == (waits_until is None)
    assert answer.not_before == waits_until


def test_a_letter_may_be_posted_at_night() -> None:
    assert asked(at(23), channel=Channel.LETTER).is_allowed


def test_a_fourth_contact_of_a_day_is_refused_and_a_bank_may_allow_fewer() -> None:
    assert asked(at(10), counted=2).is_allowed
    assert asked(at(10), counted=3).code == "too_many_today"
    assert asked(at(10), counted=1, rules=Rules(per_day_max=1)).code == "too_many_today"


@pytest.mark.parametrize("whom", [Whom.CONTACT_PERSON, Whom.OTHER])
def test_nobody_but_the_borrower_is_contacted(whom: Whom) -> None:
    assert asked(at(10), whom=whom).code == "borrower_only"


def test_an_opt_out_closes_its_channel_but_never_the_letter() -> None:
    out = frozenset({"call", "letter"})
    assert asked(at(10), opted_out=out).code == "opted_out"
    assert asked(at(10), opted_out=out, channel=Channel.SMS).is_allowed
    assert asked(at(10), opted_out=out, channel=Channel.LETTER).is_allowed


def test_a_pause_silences_collection_and_not_the_reminder_before_the_day() -> None:
    paused = frozenset({"hardship"})
    assert asked(at(10), pauses=paused).code == "paused_hardship"
    assert asked(at(10), pauses=paused, purpose=Purpose.REMINDER).is_allowed


def test_two_visits_of_a_week_are_one_too_many() -> None:
    last = {"visit": at(10) - timedelta(days=6, hours=23)}
    answer = asked(at(10), channel=Channel.VISIT, last_by_channel=last)
    assert (answer.outcome, answer.code, answer.not_before) == (Outcome.LATER, "too_soon", at(11))
    assert asked(at(11), channel=Channel.VISIT, last_by_channel=last).is_allowed
    late_call = asked(at(21), last_by_channel={"call": at(20, 30)})
    assert late_call.not_before == at(8) + timedelta(days=1)
