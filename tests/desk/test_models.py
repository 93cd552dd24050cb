"""Models at the desk: the register, a model's card, and the step that needs two people."""

import datetime as dt
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from lending.models import AuditEntry, Officer
from risk import strategies
from risk.models import ScorecardModel, StrategyVersion
from tests.desk.conftest import OWNER, browser_of
from tests.risk.test_scorecards import boosted_model, entered, report

pytestmark = pytest.mark.django_db


@pytest.fixture
def risk_manager(bank: None) -> Client:
    return browser_of(_name("risk"))


def _name(role: str) -> str:
    return Officer.objects.select_related("user").filter(role=role).first().user.username  # type: ignore[union-attr]


def text_of(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status
    return answer.content.decode()


def url(model: Any, action: str = "") -> str:
    return f"/desk/risk/models/{getattr(model, 'pk', model)}/{action}"


def test_the_register_and_a_card_say_what_a_model_is(
    risk_manager: Client, now: dt.datetime
) -> None:
    data = {
        **report()["data"],
        "label": "trained on the demo county's invented history",
        "dropped": {"性别": "protected attribute (sex): never used"},
    }
    model = entered(now, data=data)
    listing = text_of(risk_manager, "/desk/risk/models/")
    assert "county v1" in listing
    assert url(model) in listing
    card = text_of(risk_manager, url(model))
    assert "not for real lending" in card
    assert "protected attribute: never used" in card
    assert model.sha256 in card
    assert report()["data"]["sha256"] in card
    assert card.count("<svg") >= 1 + 2 * len(report()["features"])
    assert "Approve this model" in card
    for feature in report()["features"]:
        assert feature["name"] in card


def test_a_challengers_card_names_its_columns(risk_manager: Client, now: dt.datetime) -> None:
    card = text_of(risk_manager, url(boosted_model(now)))
    assert "challenger (boosting)" in card
    assert "carrier" not in card.split("What it looks at")[0]
    assert "months with this number" in card
    assert "Take into a new draft" not in card


def test_a_perfect_model_shows_what_cannot_be_said(risk_manager: Client, now: dt.datetime) -> None:
    metrics = {**report()["metrics"]}
    metrics["calibration"] = {**metrics["calibration"], "slope": None, "intercept": None}
    definition = {k: v for k, v in report().items() if k not in {"data", "metrics", "trained_on"}}
    definition["notes"] = {
        "land_mu": "suspiciously strong (IV 3.20): was it known before the outcome?"
    }
    card = text_of(risk_manager, url(entered(now, metrics=metrics, definition=definition)))
    assert "slope –" in card
    assert "suspiciously strong (IV 3.20)" in card


def test_another_person_approves_on_record(risk_manager: Client, now: dt.datetime) -> None:
    staff_no = Officer.objects.get(user__username=_name("risk")).staff_no
    own, others = entered(now, trained_by=staff_no), entered(now, trained_by="R777")
    refused = risk_manager.post(url(own, "approve/"))
    assert refused.status_code == 403
    assert "Who trained a model does not approve it" in refused.content.decode()
    assert "another person approves it" in text_of(risk_manager, url(own))
    assert risk_manager.post(url(others, "approve/")).status_code == 302
    others.refresh_from_db()
    assert (others.state, others.approved_by) == ("approved", staff_no)
    entry = AuditEntry.objects.get(action="scorecard.approve")
    assert entry.subject_id == str(others.pk)
    assert risk_manager.post(url(others, "approve/")).status_code == 409
    assert risk_manager.post(url(others, "retire/")).status_code == 302
    assert AuditEntry.objects.filter(action="scorecard.retire").exists()


def test_an_approved_scorecard_goes_into_a_draft(risk_manager: Client, now: dt.datetime) -> None:
    strategies.forget()
    call_command("seed_strategies", verbosity=0)
    model = entered(now, trained_by="R777")
    assert risk_manager.post(url(model, "take/"), {"strategy": "default"}).status_code == 409
    risk_manager.post(url(model, "approve/"))
    assert risk_manager.post(url(model, "take/"), {"strategy": "none\x00"}).status_code == 404
    taken = risk_manager.post(url(model, "take/"), {"strategy": "default"})
    assert taken.status_code == 302
    draft = StrategyVersion.objects.get(state="draft")
    standing = StrategyVersion.objects.get(state="published")
    assert draft.note == "county scorecard@1"
    assert draft.definition["scorecard"] != standing.definition["scorecard"]
    assert draft.definition["rules"] == standing.definition["rules"]
    assert AuditEntry.objects.filter(action="scorecard.take").exists()


def test_roles_see_and_do_what_is_theirs(bank: None, now: dt.datetime) -> None:
    model = entered(now)
    officer = browser_of(OWNER)
    for address in ("/desk/risk/models/", url(model)):
        assert officer.get(address).status_code == 403
    for action in ("approve/", "retire/", "take/"):
        assert officer.post(url(model, action)).status_code == 403
        assert Client().post(url(model, action)).status_code in {302, 403}
    manager = browser_of(_name("manager"))
    card = text_of(manager, url(model))
    assert "Approve this model" not in card
    assert manager.post(url(model, "approve/")).status_code == 403
    assert ScorecardModel.objects.get().state == "candidate"


@pytest.mark.parametrize("asked", ["0", "-1", "9999999999", "x", "²", "1\x00", "2"])
def test_pages_of_the_register_bear_any_number(asked: str, risk_manager: Client) -> None:
    assert risk_manager.get("/desk/risk/models/", {"page": asked}).status_code == 200


def test_more_than_a_page_is_paged(risk_manager: Client) -> None:
    for n in range(32):
        entered(timezone.now(), code=f"m{n}")
    first = text_of(risk_manager, "/desk/risk/models/")
    assert "?page=2" in first
    assert "m0 v1" not in first
    assert "m0 v1" in text_of(risk_manager, "/desk/risk/models/?page=2")


def test_no_such_model_is_not_found(risk_manager: Client) -> None:
    text_of(risk_manager, url(999), 404)
    text_of(risk_manager, url(10**30), 404)
    assert risk_manager.post(url(999, "approve/")).status_code == 404
