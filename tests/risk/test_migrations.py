"""Risk's tables go back to what they were before decisioning, and forward again, with rows in them."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection

from risk import strategies
from risk.services import strategies as service
from risk.services import trials
from tests.risk.conftest import definition
from tests.risk.test_strategies import TODAY, approved

BEFORE = "0005_what_if_runs"


def migrate(*target: str) -> None:
    call_command("migrate", "risk", *target, verbosity=0)


def rows() -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT number, state FROM risk_strategyversion ORDER BY number")
        return list(cursor.fetchall())


@pytest.mark.django_db(transaction=True)
def test_strategies_in_every_state_survive_the_way_back_and_forth(now: Any) -> None:
    strategies.forget()
    first = service.publish(definition=definition(), author="risk.manager", now=now)

    def another() -> Any:
        return approved(service.draft_from(version_id=first.pk, author="R001", now=now), now)

    second, third = another(), another()
    for version, day in ((second, TODAY), (third, TODAY + timedelta(days=9_000))):
        service.promote(
            version_id=version.pk, releaser="R002", valid_from=day, today=TODAY, now=now
        )
    waiting, draft = another(), service.draft_from(version_id=first.pk, author="R001", now=now)
    handed_in = service.draft_from(version_id=first.pk, author="R001", now=now)
    service.submit(version_id=handed_in.pk, author="R001")
    trial = trials.start(
        challenger_id=waiting.pk, mode="shadow", share_percent=None, note="", by="R002", now=now
    )
    trials.end(trial_id=trial.pk, by="R002", now=now)
    assert [state for _, state in rows()] == [
        "retired", "published", "published", "approved", "draft", "submitted",
    ]  # fmt: skip
    try:
        migrate(BEFORE)
        # what the older release knows: one version in force, and no step of a second person
        assert [state for _, state in rows()] == [
            "retired", "published", "retired", "retired", "draft", "retired",
        ]  # fmt: skip
    finally:
        migrate()
    strategies.forget()
    assert strategies.published_version("default", now.date() + timedelta(days=400)).pk == second.pk
    draft.refresh_from_db()
    assert draft.state == "draft"
