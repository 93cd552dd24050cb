"""The life of a strategy version: written by one, approved by another, in force from a day on.

Every step locks the strategy, so two people cannot schedule into the same days. A wrong step is an
exception with a code; words for people are lending's.
"""

from datetime import date, datetime
from typing import Any

from django.db import transaction

from risk.domain.canonical import canonical, sha256_of
from risk.domain.strategy import InvalidStrategy as InvalidStrategy  # lending puts it in words
from risk.domain.strategy import read_strategy
from risk.domain.table_checks import check_strategy
from risk.models import Strategy, StrategyVersion

_State = StrategyVersion.State
DEFINITION_BYTES_MAX = 4_000_000
FIRST_DAY = date(2000, 1, 1)
SETUP = "bank setup"


class NoVersion(LookupError):
    """There is no such strategy version."""


class SamePerson(ValueError):
    """Who wrote a version neither approves nor releases it."""


class IllegalStep(ValueError):
    """The version's state does not allow this step; the message is the state."""


class ChangedMeanwhile(ValueError):
    """The draft was saved by another window since this one was opened."""


class WrongDay(ValueError):
    """The day is past, or another version is scheduled from then on or later."""


def draft_from(*, version_id: int, author: str, now: datetime) -> StrategyVersion:
    """A new draft with the words of an existing version (an old one: that is how to roll back)."""
    with transaction.atomic():
        based_on = _locked(version_id)
        return StrategyVersion.objects.create(
            strategy=based_on.strategy,
            number=_next_number(based_on.strategy),
            based_on=based_on,
            definition=based_on.definition,
            sha256=based_on.sha256,
            author=author,
            created_at=now,
        )


def revise(
    *, version_id: int, author: str, definition: dict[str, Any], note: str, revision: int
) -> StrategyVersion:
    """Save one's own draft; it need not be in order yet. ``revision`` is the one that was read.

    Raises ``ChangedMeanwhile``, ``IllegalStep``, ``SamePerson`` for another's draft, and
    ``InvalidStrategy`` for what is no JSON object of at most 4 MB.
    """
    if not isinstance(definition, dict):
        raise InvalidStrategy("a strategy is a JSON object")
    if len(canonical(definition)) > DEFINITION_BYTES_MAX:
        raise InvalidStrategy("the strategy is too large")
    with transaction.atomic():
        version = _in_state(version_id, _State.DRAFT)
        if version.author != author:
            raise SamePerson("a draft is changed by its author")
        if version.revision != revision:
            raise ChangedMeanwhile(str(version.revision))
        definition = {**definition, "code": version.strategy.code}
        version.definition, version.sha256 = definition, sha256_of(definition)
        version.note, version.revision = note.strip()[:300], revision + 1
        version.save(update_fields=["definition", "sha256", "note", "revision"])
    return version


def discard(*, version_id: int, author: str) -> None:
    """Drop one's own draft."""
    with transaction.atomic():
        version = _in_state(version_id, _State.DRAFT)
        if version.author != author:
            raise SamePerson("a draft is dropped by its author")
        version.delete()


def submit(*, version_id: int, author: str) -> StrategyVersion:
    """draft → submitted; raises ``InvalidStrategy`` while the definition is not in order."""
    with transaction.atomic():
        version = _in_state(version_id, _State.DRAFT)
        if version.author != author:
            raise SamePerson("a draft is handed in by its author")
        _check_in_order(version)
        version.state, version.answer = _State.SUBMITTED, ""
        version.save(update_fields=["state", "answer"])
    return version


def send_back(*, version_id: int, answer: str) -> StrategyVersion:
    """submitted → draft, with what should be changed."""
    with transaction.atomic():
        version = _in_state(version_id, _State.SUBMITTED)
        version.state, version.answer = _State.DRAFT, answer.strip()[:300]
        version.save(update_fields=["state", "answer"])
    return version


def approve(*, version_id: int, checker: str, now: datetime) -> StrategyVersion:
    """submitted → approved by another person: from now on it never changes and may be tried."""
    with transaction.atomic():
        version = _in_state(version_id, _State.SUBMITTED)
        if not checker or checker == version.author:
            raise SamePerson("a version is approved by another person than its author")
        _check_in_order(version)
        version.state, version.approved_by, version.approved_at = _State.APPROVED, checker, now
        version.save(update_fields=["state", "approved_by", "approved_at"])
    return version


def promote(
    *, version_id: int, releaser: str, valid_from: date, today: date, now: datetime
) -> StrategyVersion:
    """approved → published: it decides from ``valid_from`` on, the one before until then.

    Raises ``SamePerson`` for the author, ``WrongDay`` for a past day or while another version is
    scheduled from then on or later.
    """
    with transaction.atomic():
        version = _in_state(version_id, _State.APPROVED)
        if not releaser or releaser == version.author:
            raise SamePerson("a version is released by another person than its author")
        if valid_from < today:
            raise WrongDay("past")
        return _publish(version, releaser, valid_from, today, now)


def retire(*, version_id: int, today: date, now: datetime) -> StrategyVersion:
    """An approved version is given up, or one not yet in force is withdrawn; the one before stays.

    Raises ``IllegalStep`` for the version in force: another takes its place instead.
    """
    with transaction.atomic():
        version = _locked(version_id)
        if version.state == _State.PUBLISHED:
            if version.valid_from is None or version.valid_from <= today:
                raise IllegalStep("in_force")
            _retire(version, now)
            _standing(version.strategy).filter(valid_to=version.valid_from).update(
                valid_to=version.valid_to  # none, or the day of one scheduled after it
            )
        elif version.state == _State.APPROVED:
            _retire(version, now)
        else:
            raise IllegalStep(version.state)
    return version


def publish(*, definition: dict[str, Any], author: str, now: datetime) -> StrategyVersion:
    """Publish a definition that ships with the platform, in force at once; repeating it is safe.

    For setting a bank up only: people use ``submit``, ``approve`` and ``promote``. Raises
    ``InvalidStrategy`` before anything is written.
    """
    compiled = read_strategy(definition)
    if not compiled.code:
        raise InvalidStrategy("a strategy needs a code")
    with transaction.atomic():
        strategy, _ = Strategy.objects.select_for_update().get_or_create(
            code=compiled.code,
            defaults={"name_zh": definition["name_zh"], "name_en": definition["name_en"]},
        )
        newest = strategy.versions.filter(published_at__isnull=False).order_by("-number").first()
        if newest is not None and newest.sha256 == compiled.sha256:
            return newest
        version = StrategyVersion.objects.create(
            strategy=strategy,
            number=_next_number(strategy),
            state=_State.APPROVED,
            definition=definition,
            sha256=compiled.sha256,
            author=author,
            approved_by=SETUP,
            created_at=now,
            approved_at=now,
        )
        today = now.date()
        return _publish(version, SETUP, FIRST_DAY if newest is None else today, today, now)


def _publish(
    version: StrategyVersion, releaser: str, valid_from: date, today: date, now: datetime
) -> StrategyVersion:
    standing = _standing(version.strategy)
    if standing.filter(valid_from__gt=max(valid_from, today)).exists() or (
        valid_from > today and standing.filter(valid_from=valid_from).exists()
    ):
        raise WrongDay("scheduled")
    before = standing.filter(valid_from__lte=valid_from, valid_to__isnull=True).first()
    if before is not None:
        before.valid_to = valid_from
        if valid_from <= today:
            before.state, before.retired_at = _State.RETIRED, now
        before.save(update_fields=["valid_to", "state", "retired_at"])
    version.state, version.released_by, version.published_at = _State.PUBLISHED, releaser, now
    version.valid_from = valid_from
    version.save(update_fields=["state", "released_by", "published_at", "valid_from"])
    return version


def _retire(version: StrategyVersion, now: datetime) -> None:
    version.state, version.retired_at = _State.RETIRED, now
    version.save(update_fields=["state", "retired_at"])


def _standing(strategy: Strategy) -> Any:
    return StrategyVersion.objects.filter(strategy=strategy, state=_State.PUBLISHED)


def _next_number(strategy: Strategy) -> int:
    last = strategy.versions.order_by("-number").values_list("number", flat=True).first()
    return (last or 0) + 1


def _locked(version_id: int) -> StrategyVersion:
    """The version, with its strategy locked first so that all steps of one strategy take turns."""
    strategy_id = (
        StrategyVersion.objects.filter(pk=version_id).values_list("strategy_id", flat=True).first()
    )
    if strategy_id is None:
        raise NoVersion(str(version_id))
    Strategy.objects.select_for_update().get(pk=strategy_id)
    version = StrategyVersion.objects.select_related("strategy").filter(pk=version_id).first()
    if version is None:
        raise NoVersion(str(version_id))
    return version


def _check_in_order(version: StrategyVersion) -> None:
    """Raises ``InvalidStrategy`` also for a table's row that can never decide: somebody meant it."""
    findings = check_strategy(read_strategy(version.definition))
    wrong = [one for one in findings if one.level == "error"]
    if wrong:
        raise InvalidStrategy("; ".join(f"{one.table}: {one.text}" for one in wrong[:5]))


def _in_state(version_id: int, state: str) -> StrategyVersion:
    version = _locked(version_id)
    if version.state != state:
        raise IllegalStep(version.state)
    return version
