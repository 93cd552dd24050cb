"""May the bank make this contact now? One gate in front of every reminder, demand, call and visit. Pure.

Source: GB/T 45251-2025 (互联网金融 个人网络消费信贷 贷后催收风控指引): the borrower only, not between
22:00 and 08:00, at most three effective contacts a day over all channels, machines included. Times
are the borrower's: China has one. A letter lies in the box till morning, so quiet hours do not stop it.
"""

from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum


class Channel(StrEnum):
    SMS = "sms"
    CALL = "call"
    VISIT = "visit"
    LETTER = "letter"
    WECHAT = "wechat"


class Purpose(StrEnum):
    REMINDER = "reminder"  # before or on the due day
    COLLECTION = "collection"  # afterwards


class Whom(StrEnum):
    BORROWER = "borrower"
    CONTACT_PERSON = "contact_person"
    OTHER = "other"


class Pause(StrEnum):
    HARDSHIP = "hardship"
    COMPLAINT = "complaint"
    TALKS = "talks"  # about new terms


class Outcome(StrEnum):
    ALLOWED = "allowed"
    LATER = "later"
    REFUSED = "refused"


#: What a borrower may switch off. A letter the law asks for always comes.
OPTIONAL_CHANNELS = (Channel.SMS, Channel.CALL, Channel.VISIT, Channel.WECHAT)
_AT_ANY_HOUR = frozenset({Channel.LETTER})
#: At least so long between two effective contacts of one channel. A week between visits and between
#: letters is what the association's earlier text advised; two hours between calls is this bank's own.
INTERVALS: Mapping[Channel, timedelta] = {
    Channel.CALL: timedelta(hours=2),
    Channel.VISIT: timedelta(days=7),
    Channel.LETTER: timedelta(days=7),
}


@dataclass(frozen=True, slots=True)
class Rules:
    """Dated numbers of the law: hours of the day (0–24) and contacts a day."""

    quiet_from_hour: int = 22
    quiet_until_hour: int = 8
    per_day_max: int = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """What counts about the person on the day of the contact. ``last_by_channel``: effective ones."""

    counted: int = 0
    opted_out: Set[str] = frozenset()
    pauses: Set[str] = frozenset()
    last_by_channel: Mapping[str, datetime] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer:
    """``code`` says why not; ``not_before`` is set when it may be made later."""

    outcome: Outcome
    code: str = ""
    not_before: datetime | None = None

    @property
    def is_allowed(self) -> bool:
        return self.outcome is Outcome.ALLOWED


def is_quiet(local: datetime, channel: Channel, rules: Rules = Rules()) -> bool:
    """Whether people sleep: from 22:00 on and until 07:59:59."""
    if channel in _AT_ANY_HOUR:
        return False
    return local.hour >= rules.quiet_from_hour or local.hour < rules.quiet_until_hour


def earliest(local: datetime, channel: Channel, rules: Rules = Rules()) -> datetime:
    """``local``, or the next morning's first minute when it lies in quiet hours."""
    if not is_quiet(local, channel, rules):
        return local
    day = local + timedelta(days=1) if local.hour >= rules.quiet_from_hour else local
    return day.replace(hour=rules.quiet_until_hour, minute=0, second=0, microsecond=0)


def judge(
    local: datetime,
    *,
    whom: Whom,
    channel: Channel,
    purpose: Purpose,
    person: Person,
    rules: Rules = Rules(),
) -> Answer:
    """The gate. ``person.counted`` is of the day of ``earliest(local, …)``; refusals come before waiting."""
    if whom is not Whom.BORROWER:
        return Answer(Outcome.REFUSED, "borrower_only")
    if purpose is Purpose.COLLECTION and person.pauses:
        return Answer(Outcome.REFUSED, f"paused_{min(person.pauses)}")
    if channel in OPTIONAL_CHANNELS and channel in person.opted_out:
        return Answer(Outcome.REFUSED, "opted_out")
    if person.counted >= rules.per_day_max:
        return Answer(Outcome.REFUSED, "too_many_today")
    last, gap = person.last_by_channel.get(channel), INTERVALS.get(channel)
    if last is not None and gap is not None and earliest(local, channel, rules) < last + gap:
        return Answer(Outcome.LATER, "too_soon", earliest(last + gap, channel, rules))
    if is_quiet(local, channel, rules):
        return Answer(Outcome.LATER, "quiet_hours", earliest(local, channel, rules))
    return Answer(Outcome.ALLOWED)
