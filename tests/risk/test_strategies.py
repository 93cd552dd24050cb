"""The life of a strategy version: two people, days of its own, and nothing changes afterwards."""

import copy
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from risk.domain.strategy import InvalidStrategy
from risk.models import StrategyVersion
from risk.selectors import strategies as reading
from risk.services import strategies
from risk.strategies import NoPublishedStrategy, compiled_version, published_version

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 24)
TOMORROW = TODAY + timedelta(days=1)


@pytest.fixture
def draft(strategy: StrategyVersion, now: Any) -> StrategyVersion:
    return strategies.draft_from(version_id=strategy.pk, author="R001", now=now)


def tighter(version: StrategyVersion, debt_percent: int = 45) -> dict[str, Any]:
    limit = {**version.definition["limit"], "debt_percent": debt_percent}
    return {**version.definition, "limit": limit}


def approved(version: StrategyVersion, now: Any) -> StrategyVersion:
    strategies.revise(
        version_id=version.pk,
        author="R001",
        definition=tighter(version),
        note="less debt",
        revision=version.revision,
    )
    strategies.submit(version_id=version.pk, author="R001")
    return strategies.approve(version_id=version.pk, checker="R002", now=now)


def test_a_version_is_written_by_one_and_released_by_another(
    strategy: StrategyVersion, draft: StrategyVersion, now: Any
) -> None:
    ready = approved(draft, now)
    with pytest.raises(strategies.SamePerson):
        strategies.promote(
            version_id=ready.pk, releaser="R001", valid_from=TOMORROW, today=TODAY, now=now
        )
    strategies.promote(
        version_id=ready.pk, releaser="R002", valid_from=TOMORROW, today=TODAY, now=now
    )
    assert published_version("default", TODAY) == strategy
    assert published_version("default", TOMORROW) == ready
    assert compiled_version(ready.pk).limit.debt_percent == 45
    standing = [row.standing for row in reading.versions("default", on=TODAY)]
    assert standing == ["coming", "in_force"]


def test_nobody_approves_their_own(draft: StrategyVersion, now: Any) -> None:
    strategies.submit(version_id=draft.pk, author="R001")
    with pytest.raises(strategies.SamePerson):
        strategies.approve(version_id=draft.pk, checker="R001", now=now)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE risk_strategyversion SET state='approved', approved_by='R001' WHERE id=%s",
            [draft.pk],
        )


def test_only_the_author_changes_a_draft_and_no_save_is_lost(draft: StrategyVersion) -> None:
    changed = tighter(draft)
    with pytest.raises(strategies.SamePerson):
        strategies.revise(
            version_id=draft.pk, author="R002", definition=changed, note="", revision=0
        )
    strategies.revise(version_id=draft.pk, author="R001", definition=changed, note="", revision=0)
    with pytest.raises(strategies.ChangedMeanwhile):
        strategies.revise(
            version_id=draft.pk, author="R001", definition=changed, note="", revision=0
        )


def test_a_draft_compiles_anew_after_each_save(draft: StrategyVersion) -> None:
    assert compiled_version(draft.pk).limit.debt_percent == 50
    strategies.revise(
        version_id=draft.pk, author="R001", definition=tighter(draft, 30), note="", revision=0
    )
    assert compiled_version(draft.pk).limit.debt_percent == 30


def test_a_broken_draft_may_be_saved_but_not_handed_in(draft: StrategyVersion) -> None:
    broken = {**draft.definition, "grades": []}
    strategies.revise(version_id=draft.pk, author="R001", definition=broken, note="", revision=0)
    with pytest.raises(InvalidStrategy):
        strategies.submit(version_id=draft.pk, author="R001")


def test_a_row_that_can_never_decide_is_not_handed_in(draft: StrategyVersion) -> None:
    tables = copy.deepcopy(draft.definition["tables"])
    table = next(one for one in tables if one["hit"] == "first")
    table["rows"].insert(0, {**table["rows"][0], "id": "ALL", "when": [""] * len(table["inputs"])})
    strategies.revise(
        version_id=draft.pk,
        author="R001",
        definition={**draft.definition, "tables": tables},
        note="",
        revision=0,
    )
    with pytest.raises(InvalidStrategy, match=table["code"]):
        strategies.submit(version_id=draft.pk, author="R001")


def test_a_version_sent_back_may_be_changed_again(draft: StrategyVersion) -> None:
    strategies.submit(version_id=draft.pk, author="R001")
    with pytest.raises(strategies.IllegalStep):
        strategies.revise(
            version_id=draft.pk, author="R001", definition=tighter(draft), note="", revision=0
        )
    strategies.send_back(version_id=draft.pk, answer="too harsh")
    strategies.revise(
        version_id=draft.pk, author="R001", definition=tighter(draft), note="", revision=0
    )


def test_what_was_approved_never_changes(draft: StrategyVersion, now: Any) -> None:
    ready = approved(draft, now)
    for change in ("definition='{}'", "state='draft'", "approved_by='R003'", "author='R009'"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE risk_strategyversion SET {change} WHERE id=%s", [ready.pk])


def test_published_days_never_overlap(strategy: StrategyVersion, now: Any) -> None:
    first = approved(strategies.draft_from(version_id=strategy.pk, author="R001", now=now), now)
    strategies.promote(
        version_id=first.pk, releaser="R002", valid_from=TOMORROW, today=TODAY, now=now
    )
    second = approved(strategies.draft_from(version_id=strategy.pk, author="R001", now=now), now)
    for day in (TODAY, TOMORROW, TODAY - timedelta(days=1)):
        with pytest.raises(strategies.WrongDay):
            strategies.promote(
                version_id=second.pk, releaser="R002", valid_from=day, today=TODAY, now=now
            )
    strategies.retire(version_id=first.pk, today=TODAY, now=now)
    strategy.refresh_from_db()
    assert strategy.valid_to is None
    strategies.promote(
        version_id=second.pk, releaser="R002", valid_from=TODAY, today=TODAY, now=now
    )
    assert published_version("default", TODAY) == second


def test_withdrawing_one_of_two_scheduled_versions_leaves_no_overlap_and_no_gap(
    strategy: StrategyVersion, now: Any
) -> None:
    later = TOMORROW + timedelta(days=5)
    first, second = (
        approved(strategies.draft_from(version_id=strategy.pk, author="R001", now=now), now)
        for _ in range(2)
    )
    for version, day in ((first, TOMORROW), (second, later)):
        strategies.promote(
            version_id=version.pk, releaser="R002", valid_from=day, today=TODAY, now=now
        )
    strategies.retire(version_id=first.pk, today=TODAY, now=now)
    assert published_version("default", TOMORROW) == strategy
    assert published_version("default", later - timedelta(days=1)) == strategy
    assert published_version("default", later) == second
    strategies.retire(version_id=second.pk, today=TODAY, now=now)
    assert published_version("default", later) == strategy


def test_a_bank_whose_business_date_lags_behind_still_decides(
    strategy: StrategyVersion, now: Any
) -> None:
    ready = approved(strategies.draft_from(version_id=strategy.pk, author="R001", now=now), now)
    strategies.promote(
        version_id=ready.pk, releaser="R002", valid_from=TODAY, today=TODAY, now=now
    )
    assert published_version("default", TODAY) == ready
    assert published_version("default", TODAY - timedelta(days=3)) == strategy


def test_the_version_in_force_is_replaced_not_withdrawn(
    strategy: StrategyVersion, now: Any
) -> None:
    with pytest.raises(strategies.IllegalStep):
        strategies.retire(version_id=strategy.pk, today=TODAY, now=now)


def test_an_unknown_strategy_or_version_is_said_so(strategy: StrategyVersion, now: Any) -> None:
    with pytest.raises(NoPublishedStrategy):
        published_version("nothing", TODAY)
    with pytest.raises(strategies.NoVersion):
        strategies.draft_from(version_id=999_999, author="R001", now=now)
