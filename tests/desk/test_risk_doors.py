"""Every address of the pages about decisions as every role; and nonsense sent to all of them."""

import datetime as dt
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from lending import urls_risk
from lending.domain.application_flow import Action
from lending.models import AuditEntry, LoanApplication, Officer
from lending.services import devices
from risk import strategies as cache
from risk.models import MonitoringAlert, StrategyVersion
from risk.services import strategies, trials
from tests.api.conftest import decided, filled_in
from tests.api.phone import Phone
from tests.desk.conftest import NEIGHBOUR, OWNER, browser_of
from tests.desk.test_decision_records import record_for
from tests.risk.test_scorecards import entered

pytestmark = pytest.mark.django_db
HEAVY = ("strategy-edit", "strategy-check")
ROLES = (OWNER, NEIGHBOUR, "manager.baolun", "manager.zhaohua", "headoffice", "risk", "product")


@pytest.fixture
def places(phone: Phone, clock: dt.datetime) -> dict[str, Any]:
    """One of everything the pages show, and the words of the addresses that name it."""
    cache.forget()
    trials.forget()
    call_command("seed_strategies", verbosity=0)
    i = filled_in(phone)
    officer = Officer.objects.select_related("user").get(user__username=OWNER)
    decided(i, Action.DECLINE, clock)
    LoanApplication.objects.filter(pk=i).update(officer=officer, branch=officer.branch)
    application = LoanApplication.objects.get(pk=i)
    record = record_for(application, bureau_overdue_now="5000.00")
    here = StrategyVersion.objects.get()
    now = timezone.now()
    approved = strategies.draft_from(version_id=here.pk, author="S006", now=now)
    strategies.submit(version_id=approved.pk, author="S006")
    strategies.approve(version_id=approved.pk, checker="S001", now=now)
    trial = trials.start(
        challenger_id=approved.pk, mode="shadow", share_percent=None, note="", by="S001", now=now
    )
    draft = strategies.draft_from(version_id=here.pk, author="S002", now=now)
    alert = MonitoringAlert.objects.create(
        code="approval_drop", value=0.2, threshold=0.1, cases=200, opened_at=now
    )
    mode, code = devices.begin(officer=officer, hours=4, now=now)
    return {
        "application_id": application.pk, "decision_id": record.pk, "version_id": draft.pk,
        "a": here.pk, "b": draft.pk, "model_id": entered(now).pk, "trial_id": trial.pk,
        "alert_id": alert.pk, "code": "tax", "mode_id": mode.pk, "link": code,
    }  # fmt: skip


def address(name: str, places: dict[str, Any]) -> str:
    pattern = next(one for one in urls_risk.urlpatterns if one.name == name)
    wanted = pattern.pattern.converters
    return reverse(f"desk:{name}", kwargs={key: places[key] for key in wanted})


#: What a look at each address answers, by role in the order of ``ROLES``.
_EVERYBODY = (302,) * 7
_RISK = (403, 403, 200, 200, 200, 200, 403)
_SCOPED = (200, 404, 200, 404, 200, 200, 404)
_RELEASE = (403, 403, 403, 403, 200, 200, 403)
LOOKS = {
    "risk": _EVERYBODY,
    "strategy-edit": (403, 403, 403, 403, 403, 200, 403),  # its author alone
    "strategy-review": (403, 403, 302, 302, 302, 302, 403),  # nothing handed in
    "relations": _SCOPED,
    "decision": _SCOPED,
    "application-letter": _SCOPED,
    "profile": _SCOPED,
    "trial-start": _RELEASE,
}
#: Addresses that change something; who may not is refused whatever is sent.
CHANGES = {
    "strategy-draft": (403, 403, 403, 403, 403, 0, 403),
    "strategy-step": (403, 403, 0, 0, 0, 0, 403),
    "strategy-edit": (403, 403, 403, 403, 403, 0, 403),
    "strategy-check": (403, 403, 403, 403, 403, 0, 403),
    "strategy-review": (403, 403, 403, 403, 0, 0, 403),
    "backtest-start": (403, 403, 403, 403, 0, 0, 403),
    "backtest-cancel": (403, 403, 403, 403, 0, 0, 403),
    "source": (403, 403, 403, 403, 0, 0, 403),
    "model-approve": (403, 403, 403, 403, 0, 0, 403),
    "model-retire": (403, 403, 403, 403, 0, 0, 403),
    "model-take": (403, 403, 403, 403, 403, 0, 403),
    "trial-start": (403, 403, 403, 403, 0, 0, 403),
    "trial-end": (403, 403, 403, 403, 0, 0, 403),
    "alert-acknowledge": (403, 403, 0, 0, 0, 0, 403),
    "decision-replay": (403, 403, 0, 404, 0, 0, 403),
}
NAMES = [str(one.name) for one in urls_risk.urlpatterns]
POST_ONLY = set(CHANGES) - {"strategy-edit", "strategy-review", "source", "trial-start"}


def test_every_address_opens_for_its_roles_only(places: dict[str, Any]) -> None:
    clients = {role: browser_of(role) for role in ROLES}
    for name in NAMES:
        url = address(name, places)
        wanted = (405,) * 7 if name in POST_ONLY else LOOKS.get(name, _RISK)
        assert tuple(clients[role].get(url).status_code for role in ROLES) == wanted, name
        assert Client().get(url).status_code == (405 if name in POST_ONLY else 302), name


def test_a_change_is_posted_by_its_roles_only_with_a_token_and_nothing_else_takes_a_post(
    places: dict[str, Any],
) -> None:
    clients = {role: browser_of(role) for role in ROLES}
    before = AuditEntry.objects.count()
    for name in NAMES:
        url = address(name, places)
        if name not in CHANGES:
            assert clients["risk"].post(url).status_code == 405, name
            continue
        for role, wanted in zip(ROLES, CHANGES[name], strict=True):
            if wanted:
                assert clients[role].post(url).status_code == wanted, (name, role)
        forger = browser_of("risk")
        forger.handler.enforce_csrf_checks = True
        assert forger.post(url).status_code == 403, name
        assert Client().post(url)["Location"].startswith("/desk/login/"), name
    assert AuditEntry.objects.count() == before


LONG = "长" * 300_000
BODIES: tuple[dict[str, Any], ...] = (
    {},
    {"*": "\x00"},
    {"*": "a\x00b"},
    {"*": "-1"},
    {"*": "NaN"},
    {"*": "1e999"},
    {"*": "99999999999999999999999999"},
    {"*": "0001-01-01"},
    {"*": "9999-12-31"},
    {"*": "2147483648"},
    {"*": "٣"},
    {"*": "\ud800".encode("utf-8", "surrogatepass")},
    {"*": ["1", "2", "x"]},
    {"*": LONG},
)
#: Fields of the forms, and what makes a step of it, so that the values meet the services.
FIELDS = {
    "strategy-step": ("valid_from",),
    "strategy-edit": ("part", "revision", "note", "rules.window", "rules.mark", "rules.code", "at",
                      "from", "q", "bench.product", "bench.application", "bench.feature.0",
                      "bench.value.0", "bench.sample"),
    "strategy-review": ("seen", "do", "answer"),
    "backtest-start": ("before", "product", "date_from", "date_to", "wanted"),
    "source": ("is_enabled", "daily_budget", "daily_calls_max", "reason", "seen"),
    "model-take": ("strategy",),
    "trial-start": ("mode", "share_percent", "note"),
    "alert-acknowledge": ("note",),
    "assisted": ("hours",),
}  # fmt: skip
FIELDS["strategy-check"] = FIELDS["strategy-edit"]
STEPS = {
    "strategy-step": [{"do": do} for do in ("submit", "promote", "retire", "nonsense", "\x00")],
    "strategy-edit": [{"do": do} for do in ("save", "submit", "rules.insert", "rules.up", "x.y")],
    "trial-start": [{}, {"mode": "split"}, {"mode": "shadow"}],
    "backtest-start": [{}, {"wanted": "10"}, {"product": "shandai", "wanted": "10"}],
}


@pytest.mark.parametrize("name", sorted({*CHANGES, "assisted", "assisted-end"}))
def test_nonsense_is_answered_in_chinese_and_never_breaks(
    places: dict[str, Any], name: str
) -> None:
    who = OWNER if name.startswith("assisted") else "risk"
    client = browser_of(who)
    client.raise_request_exception = False
    given = {**places, "version_id": places["a"]} if name == "model-take" else places
    url = {
        "assisted": "/desk/assisted/",
        "assisted-end": f"/desk/assisted/{uuid4()}/end/",
    }.get(name) or address(name, given)
    chinese = {"headers": {"accept-language": "zh-hans"}}
    for number, body in enumerate(BODIES):
        fields = dict.fromkeys(FIELDS.get(name, ("any",)), body["*"]) if body else {}
        steps = STEPS.get(name, [{}])
        alone = [{one: fields[one], **steps[0]} for one in fields]
        if name in HEAVY and number > 1:  # the whole strategy is judged each time
            alone = []
        for sent in [*({**fields, **step} for step in steps), *alone]:
            answer = client.post(url, sent, **chinese)
            assert answer.status_code < 500, (name, str(sent)[:300])
            assert len(answer.content) < 1_000_000, (name, str(sent)[:300])
    call_command("verify_audit", verbosity=0)  # what was kept of it is one chain
    for wrong in wrong_addresses(name, given):
        answer = client.post(wrong, {"note": "read and understood"}, **chinese)
        assert answer.status_code == 404, wrong
        assert "可能归其他客户经理" in answer.content.decode(), wrong


def wrong_addresses(name: str, places: dict[str, Any]) -> list[str]:
    """The address with ids of nothing: unknown, beyond the database's numbers."""
    if name.startswith("assisted"):
        return []
    numbers = {"version_id", "model_id", "alert_id"}
    found = []
    for number in (0, 987_654, 2**31, 2**63, 10**30):
        changed = {key: number if key in numbers else uuid4() for key in places}
        found.append(address(name, {**changed, "code": "nothing"}))
    return found


@pytest.mark.parametrize(
    "query",
    ["since=0001-01-01&until=0001-01-01&period=days", "since=9999-12-31&until=9999-12-31&period=days",
     "since=%00&until=%00&product=%00&period=days", "page=0&from=-1&part=%00&q=%00", "page=99999",
     "product=" + "x" * 5_000, "since=2026-02-30&until=٢٠٢٦-01-01&period=%ff"],
)  # fmt: skip
def test_nonsense_in_a_query_never_breaks(places: dict[str, Any], query: str) -> None:
    client = browser_of("risk")
    client.raise_request_exception = False
    for name in NAMES:
        if name not in POST_ONLY:
            answer = client.get(f"{address(name, places)}?{query}")
            assert answer.status_code < 500, name
