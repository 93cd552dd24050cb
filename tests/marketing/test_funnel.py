"""The funnel: a worked example by hand, and the SQL against the plain calculation."""

import random
from datetime import datetime, timedelta

import pytest
from django.test import Client

from lending.models import Officer
from marketing.domain.funnel import ENDINGS, STEPS, Attempt, funnel
from marketing.domain.spreadsheet import safe_cell
from marketing.models import JourneyAttempt
from marketing.selectors import funnels
from tests.desk.conftest import browser_of

WEEK = timedelta(days=7)


def attempt(start: datetime, minutes: dict[str, float]) -> Attempt:
    return Attempt({step: start + timedelta(minutes=m) for step, m in minutes.items()})


def test_worked_example(now: datetime) -> None:
    """Four people: one has the money, one is still typing, one went away, one was declined."""
    long_ago, lately = now - timedelta(days=20), now - timedelta(hours=1)
    paid = dict(zip(STEPS, (0, 1, 2, 2, 4, 5, 6, 8, 8, 8, 8, 10, 11, 11), strict=True))
    found = funnel(
        [
            attempt(long_ago, paid),
            attempt(lately, {"scanned": 0, "otp_sent": 3}),
            attempt(long_ago, {"scanned": 0, "otp_sent": 5, "logged_in": 6}),
            attempt(long_ago, {**{s: paid[s] for s in STEPS[:10]}, "declined": 8}),
        ],
        WEEK,
        now,
    )
    assert [step.n for step in found.steps] == [4, 4, 3, 2, 2, 2, 2, 2, 2, 2, 1, 1, 1, 1]
    assert found.steps[2].step_share == 0.75
    assert found.steps[-1].total_share == 0.25
    assert found.steps[1].in_progress == 1
    assert found.steps[1].dropped == 0
    assert found.steps[2].dropped == 1
    assert found.steps[9].stopped == {"declined": 1}
    assert found.total("disbursed") == 1
    assert found.steps[1].median_s == 120.0  # 1, 1, 3 and 5 minutes
    assert found.steps[1].p90_s == pytest.approx(264.0)
    assert found.worst is not None
    assert found.worst.key == "logged_in"


def test_late_steps_fall_outside_the_window(now: datetime) -> None:
    start = now - timedelta(days=30)
    late = Attempt({"scanned": start, "otp_sent": start + timedelta(days=8)})
    assert [s.n for s in funnel([late], WEEK, now).steps][:2] == [1, 0]
    assert [s.n for s in funnel([late], timedelta(days=9), now).steps][:2] == [1, 1]


def test_a_review_reopens_a_refusal(now: datetime) -> None:
    start = now - timedelta(hours=5)
    reopened = Attempt(
        {
            "started": start,
            "declined": start + timedelta(minutes=1),
            "in_review": start + timedelta(minutes=9),
        }
    )
    assert funnel([reopened], WEEK, now).total("in_progress") == 1


@pytest.mark.django_db
def test_sql_equals_the_plain_calculation(bank: None, now: datetime) -> None:
    chance, officers = random.Random(20261124), list(Officer.objects.all()[:4])
    rows, plain = [], []
    for _ in range(300):
        at = now - timedelta(days=chance.random() * 40)
        times: dict[str, datetime] = {}
        for step in STEPS[: chance.randint(1, len(STEPS))]:
            if chance.random() < 0.9:  # feeds have gaps
                times[step] = at
            at += timedelta(seconds=chance.expovariate(1 / 9000))
        if chance.random() < 0.4:
            times[chance.choice([*ENDINGS, "in_review"])] = at
        if not times:
            continue
        officer = chance.choice(officers)
        rows.append(
            JourneyAttempt(
                code="x",
                product_code="shandai",
                officer=officer,
                branch_id=officer.branch_id,
                **{f"{name}_at": moment for name, moment in times.items()},
            )
        )
        plain.append((officer.pk, Attempt(times)))
    JourneyAttempt.objects.bulk_create(rows)
    for window in (timedelta(hours=6), WEEK, timedelta(days=30)):
        chosen = funnels.Filter(
            since=now - timedelta(days=99), until=now + timedelta(days=99), window=window
        )
        view, theirs = (
            funnels.funnel(chosen, now, "officer"),
            funnel([a for _, a in plain], window, now),
        )
        ours = view.funnel
        for mine, other in zip(ours.steps, theirs.steps, strict=True):
            assert (mine.n, {k: v for k, v in mine.stopped.items() if v}) == (
                other.n,
                other.stopped,
            ), mine.key
            assert mine.median_s == (
                pytest.approx(other.median_s) if other.median_s is not None else None
            )
            assert mine.p90_s == (pytest.approx(other.p90_s) if other.p90_s is not None else None)
        assert sum(g.entered for g in view.groups) == len(plain)
        assert sum(g.disbursed for g in view.groups) == ours.steps[-1].n
        one = funnels.Filter(
            since=chosen.since, until=chosen.until, window=window, officer_id=officers[0].pk
        )
        assert funnels.funnel(one, now).funnel.entered == sum(
            1 for pk, _ in plain if pk == officers[0].pk
        )


@pytest.mark.django_db
def test_each_sees_the_own_funnel(bank: None) -> None:
    from django.utils import timezone

    for username in ("liguoqiang", "wangxiuying", "chenjianhua"):
        officer = Officer.objects.get(user__username=username)
        JourneyAttempt.objects.create(
            code=f"c-{username}",
            officer=officer,
            branch=officer.branch,
            product_code="shandai",
            scanned_at=timezone.now(),
        )
    expected = {"liguoqiang": 1, "manager.baolun": 2, "headoffice": 3, "risk": 3}
    for username, n in expected.items():
        client = browser_of(username)
        assert client.get("/desk/funnel/").context["funnel"].entered == n, username
        other = Officer.objects.get(user__username="chenjianhua").pk
        spied = client.get(f"/desk/funnel/?officer={other}&by=code").context["funnel"].entered
        assert spied == {"liguoqiang": 1, "manager.baolun": 0}.get(username, 1)
    assert Client().get("/desk/funnel/").status_code == 302


@pytest.mark.django_db
def test_exported_text_is_no_formula(bank: None) -> None:
    from django.utils import timezone

    officer = Officer.objects.get(user__username="liguoqiang")
    JourneyAttempt.objects.create(
        code='=HYPERLINK("http://x")',
        officer=officer,
        branch=officer.branch,
        scanned_at=timezone.now(),
    )
    text = browser_of("liguoqiang").get("/desk/funnel/export/?by=code").content.decode("utf-8-sig")
    assert "'=HYPERLINK" in text
    assert "\n=" not in text


@pytest.mark.parametrize(
    ("cell", "safe"),
    [
        ("=1+1", "'=1+1"),
        ("+86", "'+86"),
        ("-x", "'-x"),
        ("@a", "'@a"),
        ("\tb", "'\tb"),
        ("＝1", "'＝1"),
        ("ok", "ok"),
        (-3, -3),
        (0.123456, 0.1235),
        (None, ""),
    ],
)
def test_safe_cells(cell: object, safe: object) -> None:
    assert safe_cell(cell) == safe
