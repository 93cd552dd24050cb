"""Two people, the right days, and children that follow their parent."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection

from products.domain.differences import differences
from products.domain.terms import LooserThanParent
from products.models import Product, ProductVersion, RegulatoryParameter
from products.selectors import current_version, resolved_terms
from products.services import parameters, products, publications, versions
from products.services.errors import (
    BadProduct,
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

WORDS = {"name_zh": "新商城贷", "name_en": "New mall", "tagline_zh": "新商城", "tagline_en": "New mall"}


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
            publications.publish(version=version, checker=checker, today=TODAY)
    publications.publish(version=version, checker="li", today=TODAY)
    settled()
    before, after = Product.objects.get(code="hospital-staff").versions.order_by("number")
    assert (before.valid_to, after.valid_from, after.valid_to) == (SPRING, SPRING, None)
    assert (after.number, after.checker) == (2, "li")
    assert current_version("hospital-staff", SPRING - dt.timedelta(days=1)) == before
    assert current_version("hospital-staff", SPRING) == after


def test_only_the_next_step_is_allowed() -> None:
    version = draft()
    with pytest.raises(IllegalStep):
        publications.publish(version=version, checker="li", today=TODAY)
    versions.submit(version=version)
    with pytest.raises(IllegalStep):
        versions.submit(version=version)
    with pytest.raises(IllegalStep):
        versions.revise(version=version, values={})
    versions.send_back(version=version)
    versions.revise(version=version, values={"grace_days": 2})
    publications.publish(version=versions.submit(version=version), checker="li", today=TODAY)
    for step in (versions.submit, versions.send_back):
        with pytest.raises(IllegalStep):
            step(version=version)


def test_a_loose_or_unlawful_draft_is_never_stored() -> None:
    with pytest.raises(LooserThanParent, match="amount_max"):
        draft(amount_max="250000")
    with pytest.raises(Unlawful, match="limit_cap"):
        draft("shandai", **base_values(limit_cap="300000", officer_cap="300000"))
    with pytest.raises(Unlawful, match="counties"):
        draft("shandai", **base_values(counties=["440306"]))
    assert ProductVersion.objects.filter(number=2).count() == 0


def test_days_must_fit() -> None:
    late = versions.submit(version=draft())
    with pytest.raises(WrongDay):
        publications.publish(version=late, checker="li", today=SPRING + dt.timedelta(days=1))
    publications.publish(version=late, checker="li", today=TODAY)
    again = versions.submit(version=draft())
    with pytest.raises(WrongDay):  # version 2 already starts that day
        publications.publish(version=again, checker="li", today=TODAY)


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
    with pytest.raises(WrongDay, match="hospital-staff v3 already starts on 2027-03-31"):
        publications.publish(version=waiting, checker="li", today=TODAY)


def test_retiring() -> None:
    sub, campaign = (current_version(code, TODAY) for code in ("youkedai", "hospital-staff"))
    with pytest.raises(IllegalStep):
        publications.retire(version=sub, on=SPRING, today=TODAY)
    with pytest.raises(WrongDay):
        publications.retire(version=campaign, on=TODAY - dt.timedelta(days=1), today=TODAY)
    publications.retire(version=campaign, on=SPRING, today=TODAY)
    publications.retire(version=sub, on=SPRING, today=TODAY)
    settled()
    with pytest.raises(LookupError):
        current_version("youkedai", SPRING)
    assert current_version("youkedai", SPRING - dt.timedelta(days=1)) == sub


def test_a_version_not_yet_begun_is_withdrawn() -> None:
    published("hospital-staff", {}, SPRING)
    planned = current_version("hospital-staff", SPRING)
    publications.retire(version=planned, on=SPRING, today=TODAY)
    planned.refresh_from_db()
    assert planned.state == "retired"


def test_a_new_lpr_follows_the_old_one() -> None:
    def change(value: str, valid_from: dt.date) -> RegulatoryParameter:
        return parameters.set_parameter(
            code="LPR_1Y", value=Decimal(value), basis="公布", valid_from=valid_from, today=TODAY
        )

    change("0.029", dt.date(2026, 12, 20))
    values = RegulatoryParameter.objects.filter(
        code="LPR_1Y", valid_from__gte=dt.date(2024, 10, 21)
    ).order_by("valid_from")
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


def test_a_new_child_is_laid_anew_on_what_its_parent_is_already_to_become() -> None:
    published("lishangdai", ROWS["lishangdai"]["values"] | {"age_max": 60}, SPRING)
    mall = products.derive(parent=Product.objects.get(code="lishangdai"), code="new-mall", words=WORDS)
    waiting = versions.draft_version(product=mall, values={}, valid_from=TODAY, author="wang")
    publications.publish(version=versions.submit(version=waiting), checker="li", today=TODAY)
    now, then = current_version("new-mall", TODAY), current_version("new-mall", SPRING)
    assert (now.valid_to, then.valid_from) == (SPRING, SPRING)
    assert resolved_terms(now.pk).terms.age_max == 65
    assert resolved_terms(then.pk).terms.age_max == 60


def test_a_new_child_too_loose_for_what_its_parent_is_to_become_is_refused_now() -> None:
    published("lishangdai", ROWS["lishangdai"]["values"] | {"age_max": 60}, SPRING)
    mall = products.derive(parent=Product.objects.get(code="lishangdai"), code="new-mall", words=WORDS)
    waiting = versions.submit(version=versions.draft_version(
        product=mall, values={"age_max": 62}, valid_from=TODAY, author="wang",
    ))
    broken = publications.rehearse(version=waiting, today=TODAY)
    assert [(one.product_code, one.reason.field) for one in broken] == [("new-mall", "age_max")]
    with pytest.raises(ChildrenBreak):
        publications.publish(version=waiting, checker="li", today=TODAY)
    assert not mall.versions.filter(state="published").exists()


def test_a_base_leaves_no_day_without_it_but_a_campaign_may_pause() -> None:
    campaign = current_version("hospital-staff", TODAY)
    publications.retire(version=campaign, on=SPRING, today=TODAY)
    later = SPRING + dt.timedelta(days=30)
    published("hospital-staff", ROWS["hospital-staff"]["values"], later)
    publications.retire(version=current_version("building-mall", TODAY), on=SPRING, today=TODAY)
    publications.retire(version=current_version("lishangdai", TODAY), on=SPRING, today=TODAY)
    with pytest.raises(WrongDay, match="nothing holds"):
        published("lishangdai", ROWS["lishangdai"]["values"], later)


def test_rolling_back_is_publishing_an_old_one_anew() -> None:
    first = current_version("hospital-staff", TODAY)
    published("hospital-staff", {"grace_days": 1}, SPRING)
    clone = versions.clone(version=first, valid_from=SPRING + dt.timedelta(days=1), author="wang")
    publications.publish(version=versions.submit(version=clone), checker="li", today=TODAY)
    assert clone.cloned_from == first
    assert resolved_terms(clone.pk).terms.grace_days == resolved_terms(first.pk).terms.grace_days
    found = differences(resolved_terms(first.pk), resolved_terms(clone.pk))
    assert found == ()


def test_differences_say_which_way_a_term_moved() -> None:
    first = current_version("hospital-staff", TODAY)
    published("hospital-staff", ROWS["hospital-staff"]["values"] | {"grace_days": 1}, SPRING)
    second = current_version("hospital-staff", SPRING)
    forth = differences(resolved_terms(first.pk), resolved_terms(second.pk))
    back = differences(resolved_terms(second.pk), resolved_terms(first.pk))
    assert [(d.field, d.before, d.after, d.direction) for d in forth] == [
        ("grace_days", 3, 1, "tighter")
    ]
    assert back[0].direction == "looser"


@pytest.mark.parametrize("code", ["ab", "Mall", "mall--x", "-mall", "a" * 21, "mall_x", "building-mall"])
def test_a_code_that_cannot_be_printed_is_refused(code: str) -> None:
    with pytest.raises(BadProduct) as refused:
        products.derive(parent=Product.objects.get(code="lishangdai"), code=code, words=WORDS)
    assert refused.value.field == "code"


def test_nothing_is_derived_from_a_campaign() -> None:
    with pytest.raises(BadProduct) as refused:
        products.derive(parent=Product.objects.get(code="building-mall"), code="deeper", words=WORDS)
    assert refused.value.code == "kind"
