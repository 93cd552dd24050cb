"""Two people, the right days, and children that follow their parent."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection

from products.domain.terms import LooserThanParent
from products.models import Product, ProductVersion, RegulatoryParameter
from products.selectors import current_version, resolved_terms
from products.services import parameters, versions
from products.services.versions import (
    ChildrenBreak,
    IllegalStep,
    SamePerson,
    Unlawful,
    WrongDay,
)
from tests.products.conftest import ROWS, base_values, published

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("seeded")]
TODAY = dt.date(2026, 11, 24)
SPRING = dt.date(2027, 3, 1)


def draft(code: str = "hospital-staff", **values: object) -> ProductVersion:
    return versions.draft_version(
        product=Product.objects.get(code=code), values=values, valid_from=SPRING, author="wang"
    )


def settled() -> None:
    """The checks that wait for the end of a transaction."""
    connection.check_constraints()


def test_two_people_publish() -> None:
    version = versions.submit(version=draft(grace_days=1))
    for checker in ("wang", ""):
        with pytest.raises(SamePerson):
            versions.publish(version=version, checker=checker, today=TODAY)
    versions.publish(version=version, checker="li", today=TODAY)
    settled()
    before, after = Product.objects.get(code="hospital-staff").versions.order_by("number")
    assert (before.valid_to, after.valid_from, after.valid_to) == (SPRING, SPRING, None)
    assert (after.number, after.checker) == (2, "li")
    assert current_version("hospital-staff", SPRING - dt.timedelta(days=1)) == before
    assert current_version("hospital-staff", SPRING) == after


def test_only_the_next_step_is_allowed() -> None:
    version = draft()
    with pytest.raises(IllegalStep):
        versions.publish(version=version, checker="li", today=TODAY)
    versions.submit(version=version)
    with pytest.raises(IllegalStep):
        versions.submit(version=version)
    with pytest.raises(IllegalStep):
        versions.revise(version=version, values={})
    versions.send_back(version=version)
    versions.revise(version=version, values={"grace_days": 2})
    versions.publish(version=versions.submit(version=version), checker="li", today=TODAY)
    for step in (versions.submit, versions.send_back):
        with pytest.raises(IllegalStep):
            step(version=version)


def test_a_loose_or_unlawful_draft_is_never_stored() -> None:
    with pytest.raises(LooserThanParent, match="amount_max"):
        draft(amount_max="250000")
    with pytest.raises(Unlawful, match="limit_cap"):
        draft("shandai", **base_values(limit_cap="300000"))
    with pytest.raises(Unlawful, match="counties"):
        draft("shandai", **base_values(counties=["440306"]))
    assert ProductVersion.objects.filter(number=2).count() == 0


def test_days_must_fit() -> None:
    late = versions.submit(version=draft())
    with pytest.raises(WrongDay):
        versions.publish(version=late, checker="li", today=SPRING + dt.timedelta(days=1))
    versions.publish(version=late, checker="li", today=TODAY)
    again = versions.submit(version=draft())
    with pytest.raises(WrongDay):  # version 2 already starts that day
        versions.publish(version=again, checker="li", today=TODAY)


def test_children_follow_a_tighter_base() -> None:
    published("shandai", ROWS["shandai"]["values"] | {"grace_days": 1, "age_max": 60}, SPRING)
    settled()
    for code in ROWS:
        old = current_version(code, SPRING - dt.timedelta(days=1))
        new = current_version(code, SPRING)
        assert (old.number, old.valid_to, new.number) == (1, SPRING, 2)
        assert resolved_terms(old.pk).terms.age_max == 65
        assert resolved_terms(new.pk).terms.age_max == 60
        assert new.values == old.values or code == "shandai"
    campaign = resolved_terms(current_version("building-mall", SPRING).pk)
    origin = {one.field: one for one in campaign.provenance}
    assert (origin["grace_days"].product_code, origin["grace_days"].version) == ("shandai", 2)
    assert origin["amount_max"].product_code == "building-mall"


def test_a_base_that_would_break_its_children_is_refused_and_names_them() -> None:
    tighter = ROWS["shandai"]["values"] | {"amount_max": "220000", "rate_cap": "0.11"}
    with pytest.raises(ChildrenBreak) as refused:
        published("shandai", tighter, SPRING)
    named = [one.product_code for one in refused.value.broken]
    assert sorted(named) == ["building-mall", "hospital-staff", "huicundai", "youkedai"]
    assert "rate_cap" in str(refused.value)
    assert current_version("shandai", SPRING).number == 1
    assert not ProductVersion.objects.filter(state="published", number__gt=1).exists()


def test_a_child_planned_for_later_is_laid_anew_for_its_own_days() -> None:
    summer = dt.date(2027, 6, 1)
    published("youkedai", ROWS["youkedai"]["values"] | {"grace_days": 0}, summer)
    planned = current_version("youkedai", summer)
    published("shandai", ROWS["shandai"]["values"] | {"grace_days": 2}, SPRING)
    settled()
    planned.refresh_from_db()
    assert planned.state == "retired"
    assert resolved_terms(current_version("youkedai", SPRING).pk).terms.grace_days == 2
    assert resolved_terms(current_version("youkedai", summer).pk).terms.grace_days == 0
    assert current_version("youkedai", summer).parent_version == current_version("shandai", SPRING)


def test_a_child_does_not_start_on_a_parent_about_to_change() -> None:
    waiting = versions.submit(version=draft())
    published("youkedai", ROWS["youkedai"]["values"], SPRING + dt.timedelta(days=30))
    with pytest.raises(WrongDay, match="youkedai changes on 2027-03-31"):
        versions.publish(version=waiting, checker="li", today=TODAY)


def test_retiring() -> None:
    sub, campaign = (current_version(code, TODAY) for code in ("youkedai", "hospital-staff"))
    with pytest.raises(IllegalStep):
        versions.retire(version=sub, on=SPRING, today=TODAY)
    with pytest.raises(WrongDay):
        versions.retire(version=campaign, on=TODAY - dt.timedelta(days=1), today=TODAY)
    versions.retire(version=campaign, on=SPRING, today=TODAY)
    versions.retire(version=sub, on=SPRING, today=TODAY)
    settled()
    with pytest.raises(LookupError):
        current_version("youkedai", SPRING)
    assert current_version("youkedai", SPRING - dt.timedelta(days=1)) == sub


def test_a_version_not_yet_begun_is_withdrawn() -> None:
    published("hospital-staff", {}, SPRING)
    planned = current_version("hospital-staff", SPRING)
    versions.retire(version=planned, on=SPRING, today=TODAY)
    planned.refresh_from_db()
    assert planned.state == "retired"


def test_a_new_lpr_follows_the_old_one() -> None:
    def change(value: str, valid_from: dt.date) -> RegulatoryParameter:
        return parameters.set_parameter(
            code="LPR_1Y", value=Decimal(value), basis="公布", valid_from=valid_from, today=TODAY
        )

    change("0.029", dt.date(2026, 12, 20))
    values = RegulatoryParameter.objects.filter(code="LPR_1Y").order_by("valid_from")
    assert [(str(row.value), row.valid_to) for row in values] == [
        ("0.031000", dt.date(2025, 5, 20)), ("0.030000", dt.date(2026, 12, 20)),
        ("0.029000", None),
    ]
    for day in (dt.date(2026, 12, 20), dt.date(2026, 12, 1), dt.date(2026, 11, 23)):
        with pytest.raises(parameters.WrongDay):
            change("0.028", day)
    with pytest.raises(parameters.NoBasis):
        parameters.set_parameter(
            code="X", value=Decimal(1), basis=" ", valid_from=TODAY, today=TODAY
        )
