"""What-if at the desk: who may look and start, what the page says, and a run revived by the sweeper."""

import datetime as dt
from typing import Any
from uuid import UUID

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from lending import tasks
from lending.models import AuditEntry, OutboxMessage
from lending.services import what_if as service
from products import selectors as product_selectors
from products.models import Product, ProductVersion
from products.services import versions
from risk import strategies
from risk.models import StrategyVersion, WhatIfRun
from risk.services import what_if as what_if_runs
from tests.desk.conftest import OWNER, browser_of
from tests.risk.test_what_if import store

pytestmark = pytest.mark.django_db
MAKER = "product"


@pytest.fixture
def today(bank: None) -> dt.date:
    strategies.forget()  # row ids repeat from test to test
    call_command("seed_strategies", verbosity=0)
    return timezone.localdate()


@pytest.fixture
def draft(bank: None, today: dt.date) -> ProductVersion:
    """The base, dearer for grade A and up to 15,000 yuan only."""
    standing = product_selectors.current_version("shandai", today)
    spreads = {**standing.values["spread_bp_by_grade"], "A": 200}
    return versions.draft_version(
        product=Product.objects.get(code="shandai"),
        values={**standing.values, "spread_bp_by_grade": spreads, "limit_cap": "15000.00"},
        valid_from=today + dt.timedelta(days=30),
        author="product.manager",
    )


@pytest.fixture
def decided(draft: ProductVersion) -> list[Any]:
    return store(30, StrategyVersion.objects.get(), at=timezone.now())


def url(version: Any, action: str = "") -> str:
    return f"/desk/products/versions/{getattr(version, 'pk', version)}/what-if/{action}"


def text_of(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status
    return answer.content.decode()


def test_the_samples_stand_side_by_side(draft: ProductVersion) -> None:
    page = text_of(browser_of(MAKER), url(draft))
    assert "8 of ten sample customers would be offered something else" in page
    assert page.count("Teacher at a township school") == 1
    assert "¥54,200" in page
    assert "¥15,000" in page
    assert "¥39,200 less" in page
    assert "0.20 points dearer" in page
    assert "Worse" in page


def test_the_page_speaks_chinese_names(draft: ProductVersion) -> None:
    client = browser_of(MAKER)
    client.post("/desk/language/", {"language": "zh-hans", "next": "/desk/"})
    assert "乡镇中学教师" in text_of(client, url(draft))


def test_a_run_is_started_watched_and_read(decided: list[Any], draft: ProductVersion) -> None:
    client = browser_of(MAKER)
    assert client.post(url(draft, "start/")).status_code == 302
    row = OutboxMessage.objects.get(task="lending.run_what_if")
    run = what_if_runs.newest(draft.pk)
    assert run is not None
    assert row.arguments == {"run_id": str(run.id)}
    assert AuditEntry.objects.filter(action="what_if.start", subject_id=str(draft.pk)).count() == 1
    waiting = client.get(url(draft))
    assert waiting["Refresh"] == "2"
    assert "Deciding past applications again" in waiting.content.decode()
    tasks.run_what_if(**row.arguments)
    done = client.get(url(draft))
    assert "Refresh" not in done
    page = done.content.decode()
    assert "Of 30 applications, 16 would end otherwise" in page
    assert "¥2,400 less" in page
    assert "No change" in page
    assert "Compared with Shandai flash loan as in force" in page
    assert 'class="meter' in page
    assert "Decide the last 1,000 again" in page


def test_a_second_start_finds_the_first(decided: list[Any], draft: ProductVersion) -> None:
    client = browser_of(MAKER)
    client.post(url(draft, "start/"))
    client.post(url(draft, "start/"))
    assert WhatIfRun.objects.count() == 1
    assert OutboxMessage.objects.filter(task="lending.run_what_if").count() == 1


def test_a_run_may_be_stopped(decided: list[Any], draft: ProductVersion) -> None:
    client = browser_of(MAKER)
    assert client.post(url(draft, "cancel/")).status_code == 404
    client.post(url(draft, "start/"))
    assert client.post(url(draft, "cancel/")).status_code == 302
    assert "The comparison was stopped" in text_of(client, url(draft))
    tasks.run_what_if(run_id=str(WhatIfRun.objects.get().pk))
    assert WhatIfRun.objects.get().state == "cancelled"


def test_everybody_looks_and_only_makers_start(draft: ProductVersion) -> None:
    for username in (OWNER, "manager.baolun", "risk"):
        client = browser_of(username)
        page = text_of(client, url(draft))
        assert "Decide the last" not in page
        assert client.post(url(draft, "start/")).status_code == 403
        assert client.post(url(draft, "cancel/")).status_code == 403
    assert not WhatIfRun.objects.exists()
    assert Client().get(url(draft)).status_code == 302


def test_the_panel_alone_is_a_part_of_a_page(draft: ProductVersion) -> None:
    page = text_of(browser_of(MAKER), url(draft, "panel/"))
    assert "<html" not in page
    assert "See what the last 1,000 applications would have become" in page


@pytest.mark.parametrize("number", [0, 999_999, 10**30])
def test_a_version_nobody_knows_is_not_found(bank: None, number: int) -> None:
    client = browser_of(MAKER)
    for action in ("", "panel/"):
        assert client.get(url(number, action)).status_code == 404
    for action in ("start/", "cancel/"):
        assert client.post(url(number, action)).status_code == 404


def test_the_version_in_force_says_why_it_cannot_be_compared(bank: None, today: dt.date) -> None:
    standing = product_selectors.current_version("huicundai", today)
    client = browser_of(MAKER)
    answer = client.post(url(standing, "start/"))
    assert answer.status_code == 409
    assert "in force already" in answer.content.decode()
    page = text_of(client, url(standing))
    assert "What ten sample customers would be offered" in page
    assert "First offer" not in page, "without a before nothing is a change"


def test_a_changed_draft_is_said_beside_the_old_result(decided: Any, draft: Any) -> None:
    client = browser_of(MAKER)
    client.post(url(draft, "start/"))
    service.run(run_id=WhatIfRun.objects.get().pk)
    versions.revise(version=draft, values={**draft.values, "limit_cap": "9000.00"})
    assert "The draft has been changed since" in text_of(client, url(draft))


def test_a_bank_without_a_strategy_says_so(bank: None) -> None:
    standing = product_selectors.current_version("huicundai", timezone.localdate())
    page = text_of(browser_of(MAKER), url(standing))
    assert "has no published version" in page


def test_nobody_applied_is_said_in_words(draft: ProductVersion) -> None:
    client = browser_of(MAKER)
    client.post(url(draft, "start/"))
    service.run(run_id=WhatIfRun.objects.get().pk)
    assert "Nobody has applied" in text_of(client, url(draft))


def test_the_sweeper_asks_again_for_a_run_nobody_holds(decided: Any, draft: Any) -> None:
    browser_of(MAKER).post(url(draft, "start/"))
    run_id: UUID = WhatIfRun.objects.get().pk
    now = timezone.now()
    assert service.revive(now=now) == 0  # its lease runs
    WhatIfRun.objects.update(lease_until=now - dt.timedelta(minutes=1))
    assert service.revive(now=now) == 0  # asked a moment ago
    later = now + dt.timedelta(minutes=2)
    assert service.revive(now=later) == 1
    assert service.revive(now=later) == 0
    assert OutboxMessage.objects.filter(arguments={"run_id": str(run_id)}).count() == 2
