"""Rings are seen with our own eyes, families are not punished, and what is written twice counts once."""

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from lending.domain.traits import Kind
from lending.models import ApplicationTrait, LendingEvent, LoanApplication
from lending.selectors import explanations, relations, signals
from lending.services import cards, identity, profiles, traits
from tests.lending.conftest import ANSWERS, Applicant, Cast

pytestmark = pytest.mark.django_db
FLAT = "四川省广元市利州区清江村7组3号"


def codes(applicant: Applicant) -> set[str]:
    return {reason["code"] for reason in explanations.of_application(applicant.application)}


def silent_lists(cast: Cast) -> None:
    """The outside list of other lenders knows nobody."""
    cast.sandbox.fault("multilender", "*", "no_record", times=10_000)


def moved_in(cast: Cast, count: int, **more: Any) -> list[Applicant]:
    """Clean people who give the same flat; everything but the handing in is done."""
    people = [cast.applicant("rice_farmer") for _ in range(count)]
    for one in people:
        one.person = {**one.person, "address": FLAT, **more}
        one.complete()
    return people


def of(applicant: Applicant) -> dict[str, Any]:
    return signals.of_application(applicant.application, as_of=applicant.now)


def test_the_sandbox_ring_is_caught_as_a_ring_while_the_outside_is_silent(cast: Cast) -> None:
    silent_lists(cast)
    Cast.used["fraud_ring"] = 16  # eight of one flat
    ring = [cast.applicant("fraud_ring") for _ in range(8)]
    assert len({one.person["address"] for one in ring}) == 1
    for one in ring:
        one.complete()
    for one in ring:
        assert one.decide() == "in_review"
        assert "RING_OF_APPLICANTS" in codes(one)
        assert "FRAUD_LISTED" not in codes(one)
    assert of(ring[0])["ring_size"] == 8
    assert of(ring[0])["same_address_other_customers"] == 7


def test_a_ring_with_one_proven_fraud_is_declined(cast: Cast) -> None:
    people = moved_in(cast, 6)
    LendingEvent.objects.create(
        name="application.declined",
        at=cast.now,
        customer_id=people[0].customer.pk,
        application_id=people[0].application.pk,
        data={"reasons": ["FRAUD_LISTED"]},
    )
    assert people[5].decide() == "declined"
    assert codes(people[5]) >= {"RING_PROVEN"}
    assert of(people[5])["ring_fraud_listed"] == 1
    assert of(people[0])["ring_fraud_listed"] == 0  # one's own refusal is not a neighbour's


def test_a_ring_that_hands_one_phone_around_is_declined(cast: Cast, now: dt.datetime) -> None:
    people = moved_in(cast, 6)
    for one in people:
        traits.on_device(application=one.application, device="one-phone-for-all-of-us", now=now)
    found = of(people[2])
    assert found["ring_strong_links"] == found["same_device_other_customers_30d"] == 5
    assert people[2].decide() == "declined"
    assert "RING_PROVEN" in codes(people[2])


def test_a_family_of_four_with_one_phone_gets_its_loans(cast: Cast, now: dt.datetime) -> None:
    family = moved_in(cast, 4)
    for one in family:
        traits.on_device(application=one.application, device="the-phone-of-the-family", now=now)
    for one in family:
        assert one.decide() == "offered", explanations.of_application(one.application)


def test_two_neighbours_in_trouble_bring_a_person_to_look(cast: Cast, now: dt.datetime) -> None:
    people = moved_in(cast, 4)
    for one in people[:2]:
        LendingEvent.objects.create(
            name="application.declined",
            at=now,
            customer_id=one.customer.pk,
            data={"reasons": ["BLACK_LISTED"]},
        )
    assert people[3].decide() == "in_review"
    assert "RING_WITH_BAD_LOANS" in codes(people[3])


def test_the_graph_goes_two_hops_and_not_three(cast: Cast, now: dt.datetime) -> None:
    chain = [cast.applicant("rice_farmer") for _ in range(4)]
    for left, right in zip(chain, chain[1:], strict=False):
        for one in (left, right):
            index = f"{left.person['id_number']:0>64}"
            ApplicationTrait.objects.get_or_create(
                application=one.application,
                customer=one.customer,
                kind=Kind.CARD,
                value_index=index,
                defaults={"at": now},
            )
    assert relations.ring_of(chain[0].customer.pk, as_of=now).size == 3
    assert relations.ring_of(chain[1].customer.pk, as_of=now).size == 4
    hops = {(link.hop, link.customer_id) for link in links(chain[0], now)}
    assert (2, chain[2].customer.pk) in hops
    assert chain[3].customer.pk not in {customer for _, customer in hops}


def links(applicant: Applicant, now: dt.datetime) -> list[relations.Link]:
    return relations.links_of(applicant.customer.pk, as_of=now)


def crowd(applicant: Applicant, kind: str, count: int, now: dt.datetime) -> None:
    """``count`` other customers show the value of ``applicant``."""
    value = applicant.application.traits.get(kind=kind).value_index
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH people AS (
                INSERT INTO lending_customer (id, customer_no, mobile, mobile_index, language,
                    accepts_marketing, created_at)
                SELECT gen_random_uuid(), 'X' || n, ''::bytea, 'x' || n, 'en', false, %(now)s
                FROM generate_series(1, %(count)s) n RETURNING id
            ), asked AS (
                INSERT INTO lending_loanapplication (id, customer_id, legal_entity_id, product_code,
                    product_version_id, branch_id, qr_code, source_token, channel, state, version,
                    purpose, profile, decision_round, created_at, state_since, expires_at)
                SELECT gen_random_uuid(), p.id, a.legal_entity_id, a.product_code,
                    a.product_version_id, a.branch_id, '', '', 'api', 'draft', 0, '', '{}', 1,
                    %(now)s, %(now)s, %(now)s
                FROM people p, lending_loanapplication a WHERE a.id = %(application)s
                RETURNING id, customer_id
            )
            INSERT INTO lending_applicationtrait (application_id, customer_id, kind, value_index, at)
            SELECT id, customer_id, %(kind)s, %(value)s, %(now)s FROM asked""",
            {
                "now": now,
                "count": count,
                "application": applicant.application.pk,
                "kind": kind,
                "value": value,
            },
        )


def test_an_address_of_very_many_joins_nobody_but_is_said(cast: Cast, now: dt.datetime) -> None:
    (one,) = moved_in(cast, 1)
    crowd(one, "address", 49, now)
    assert of(one)["ring_size"] == 50
    assert of(one)["address_shared_by_many"] is False
    crowd_more = cast.applicant("rice_farmer")
    crowd_more.identify(address=FLAT)
    found = of(one)
    assert (found["ring_size"], found["address_shared_by_many"]) == (1, True)


def test_a_hamlet_is_no_home(cast: Cast) -> None:
    people = [cast.applicant("rice_farmer") for _ in range(6)]
    for one in people:
        one.person = {**one.person, "address": "朝天区羊木镇1组"}
        one.complete()
    assert not ApplicationTrait.objects.filter(kind="address").exists()
    assert people[5].decide() == "offered"


def test_what_is_told_twice_is_written_once_and_a_correction_replaces(cast: Cast) -> None:
    one = cast.applicant("rice_farmer")
    one.complete()
    before = set(one.application.traits.values_list("kind", "value_index"))
    one.identify()
    cards.bind(**one.key(), card_number=one.person["card_number"], mobile=one.person["mobile"])
    traits.began(application=one.application, device="", now=one.now)
    assert set(one.application.traits.values_list("kind", "value_index")) == before
    assert {kind for kind, _ in before} == {"mobile", "identity", "address", "card"}
    one.identify(address=FLAT)
    after = set(one.application.traits.values_list("kind", "value_index"))
    assert len(after) == len(before)
    assert {k for k, _ in after - before} == {"address"}


def test_no_value_can_be_read_from_a_trait(cast: Cast) -> None:
    one = cast.applicant("rice_farmer")
    one.complete()
    stored = str(list(ApplicationTrait.objects.values_list()))
    for secret in ("name", "id_number", "mobile", "card_number", "address"):
        assert one.person[secret] not in stored


def test_an_assisted_trait_without_its_officer_is_refused_by_the_database(cast: Cast) -> None:
    one = cast.applicant("rice_farmer")
    with pytest.raises(IntegrityError), transaction.atomic():
        ApplicationTrait.objects.create(
            application=one.application,
            customer=one.customer,
            kind=Kind.ASSISTED,
            value_index="0" * 64,
            at=one.now,
        )


def test_copied_words_are_seen_and_choices_are_not(cast: Cast, now: dt.datetime) -> None:
    story = "收购 药材，周转资金不足！"
    people = moved_in(cast, 5, address="")
    for number, one in enumerate(people):
        words = story if number % 2 else "收购药材周转资金不足"
        profiles.save(**one.key(), answers={**ANSWERS, "occupation": words})
    one = people[4]
    one.refresh()
    assert of(one)["same_text_other_customers_30d"] == 4
    assert one.decide() == "in_review"
    assert codes(one) == {"SAME_TEXT"}
    later = now + dt.timedelta(days=31)
    assert (
        signals.of_application(one.application, as_of=later)["same_text_other_customers_30d"] == 0
    )


def test_colleagues_may_name_the_same_employer(cast: Cast) -> None:
    one = cast.applicant("teacher")
    profiles.save(**one.key(), answers={"employer": "广元市利州区第一实验小学"})
    assert not one.application.traits.filter(kind="text").exists()


def test_an_identity_under_another_name_is_a_doubt(cast: Cast) -> None:
    one, other = cast.applicant("rice_farmer"), cast.applicant("rice_farmer")
    other.identify(name="欧阳建华", id_number=one.person["id_number"])
    one.complete()
    assert of(one)["identity_anomaly_codes"] == ["other_name_30d"]
    assert one.decide() == "in_review"
    assert {"IDENTITY_ANOMALY", "IDENTITY_USED_BY_OTHERS"} <= codes(one)


def test_a_clear_picture_of_another_number_is_a_doubt(cast: Cast) -> None:
    one = cast.applicant("rice_farmer")
    one.identify()
    reading = one.application.readings.create(
        state="read",
        fields={"name": one.person["name"], "id_number": "510812199001010021"},
        created_at=one.now,
        read_at=one.now,
    )
    assert of(one)["identity_anomaly_codes"] == ["number_read_differs"]
    reading.problem = "number_unsure"
    reading.save()
    assert of(one)["identity_anomalies"] == 0


def test_one_number_for_many_identities_is_a_doubt_and_for_a_parent_is_not(cast: Cast) -> None:
    people = [cast.applicant("rice_farmer") for _ in range(3)]
    number = people[0].person["mobile"]
    for one in people:
        one.complete()
    cards.bind(**people[1].key(), card_number=people[1].person["card_number"], mobile=number)
    assert of(people[0])["same_mobile_other_identities"] == 1
    assert of(people[0])["identity_anomalies"] == 0
    cards.bind(**people[2].key(), card_number=people[2].person["card_number"], mobile=number)
    assert of(people[0])["identity_anomaly_codes"] == ["mobile_of_other_identities"]


def test_signals_cost_few_queries(cast: Cast) -> None:
    one = moved_in(cast, 3)[0]
    application = LoanApplication.objects.select_related("customer", "bank_card").get(
        pk=one.application.pk
    )
    with CaptureQueriesContext(
        connection,
    ) as asked:
        signals.of_application(application, as_of=one.now)
    assert len(asked) <= 8


def test_old_applications_get_their_traits_once(cast: Cast) -> None:
    people = moved_in(cast, 3)
    before = set(ApplicationTrait.objects.values_list("application", "kind", "value_index"))
    ApplicationTrait.objects.all().delete()
    assert traits.build_missing() == 3
    assert traits.build_missing() == 0
    after = set(ApplicationTrait.objects.values_list("application", "kind", "value_index"))
    assert after == before
    assert of(people[0])["ring_size"] == 3


def test_identity_of_a_correction_is_the_one_that_counts(cast: Cast) -> None:
    one = cast.applicant("rice_farmer")
    one.identify()
    other = cast.sandbox.person("pig_farmer", 77)
    identity.confirm(
        **one.key(),
        name=other["name"],
        id_number=other["id_number"],
        address=other["address"],
        valid_until=None,
    )
    kept = one.application.traits.filter(kind="identity").values_list("value_index", flat=True)
    assert list(kept) == [identity.id_index(other["id_number"])]
