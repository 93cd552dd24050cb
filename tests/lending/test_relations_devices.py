"""A device lent openly by an officer: what it changes, what it does not, and who wrote it down."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from lending.errors import IllegalState, InvalidInput, NotFound, NotPermitted
from lending.models import ApplicationTrait, AssistedMode, AuditEntry, Officer
from lending.selectors import devices as device_selectors
from lending.selectors import signals
from lending.services import applications, devices, submissions, traits
from tests.lending.conftest import Applicant, Cast

pytestmark = pytest.mark.django_db
TABLET = "tablet-of-the-village-meeting"


@pytest.fixture
def officer(bank: None) -> Officer:
    return Officer.objects.select_related("user").get(user__username="liguoqiang")


def lent(officer: Officer, now: dt.datetime, hours: int = 4, device: str = TABLET) -> AssistedMode:
    _, code = devices.begin(officer=officer, hours=hours, now=now)
    return devices.open_on(code=code, device=device, now=now)


def on_tablet(cast: Cast, count: int) -> list[Applicant]:
    people = [cast.applicant("rice_farmer") for _ in range(count)]
    for one in people:
        one.complete()
        traits.on_device(application=one.application, device=TABLET, now=one.now)
    return people


def test_ten_on_one_device_go_to_a_person(cast: Cast) -> None:
    people = on_tablet(cast, 10)
    found = signals.of_application(people[0].application, as_of=people[0].now)
    assert (found["applications_by_device_7d"], found["device_assisted"]) == (10, False)
    assert people[0].decide() == "in_review"


def test_ten_on_an_officers_device_are_counted_apart(
    cast: Cast, officer: Officer, now: dt.datetime
) -> None:
    lent(officer, now)
    people = on_tablet(cast, 10)
    found = signals.of_application(people[0].application, as_of=now)
    assert (found["applications_by_device_7d"], found["device_assisted"]) == (10, True)
    assert found["applications_by_assisted_device_1d"] == 10
    assert found["ring_size"] == 1  # a lent device joins nobody
    assert people[0].decide() == "offered"
    assert device_selectors.helper_of(people[0].application) == officer
    assert device_selectors.of_officer(officer)[0].people == 10  # type: ignore[attr-defined]


def test_an_officer_who_has_left_vouches_for_nobody(
    cast: Cast, officer: Officer, now: dt.datetime
) -> None:
    lent(officer, now)
    _, code = devices.begin(officer=officer, hours=4, now=now)
    type(officer.user).objects.filter(pk=officer.user_id).update(is_active=False)
    assert devices.assistance_of(index=devices.device_index(TABLET), now=now) is None
    (one,) = on_tablet(cast, 1)
    kinds = set(one.application.traits.values_list("kind", flat=True))
    assert "device" in kinds
    assert "assisted" not in kinds
    with pytest.raises(NotFound):
        devices.open_on(code=code, device="another-tablet-of-the-village", now=now)


def test_assisted_mode_lifts_no_other_rule(cast: Cast, officer: Officer, now: dt.datetime) -> None:
    lent(officer, now)
    people = [cast.applicant("rice_farmer") for _ in range(5)]
    for one in people:
        one.person = {**one.person, "address": "四川省广元市利州区清江村7组3号"}
        one.complete()
        traits.on_device(application=one.application, device=TABLET, now=now)
    assert people[4].decide() == "in_review"


def test_both_ways_are_on_record(cast: Cast, officer: Officer, now: dt.datetime) -> None:
    mode = lent(officer, now)
    (one,) = on_tablet(cast, 1)
    traits.on_device(application=one.application, device=TABLET, now=now)  # told twice
    devices.end(mode_id=mode.pk, officer=officer, now=now)
    rows = AuditEntry.objects.filter(action__startswith="assisted_mode").order_by("id")
    assert [row.action for row in rows] == [
        "assisted_mode.begin",
        "assisted_mode.open",
        "assisted_mode.application",
        "assisted_mode.end",
    ]
    assert rows[2].subject_id == str(one.application.pk)
    assert {row.actor for row in rows} == {"liguoqiang"}
    assert TABLET not in str(list(AssistedMode.objects.values_list()))


def test_after_its_time_a_device_is_only_a_device(
    cast: Cast, officer: Officer, now: dt.datetime
) -> None:
    lent(officer, now - dt.timedelta(hours=4))
    (one,) = on_tablet(cast, 1)
    assert list(one.application.traits.filter(kind__in=["device", "assisted"])) == list(
        one.application.traits.filter(kind="device")
    )


def test_a_link_opens_once_and_not_late(officer: Officer, now: dt.datetime) -> None:
    _, code = devices.begin(officer=officer, hours=1, now=now)
    with pytest.raises(NotFound):
        devices.open_on(code=code, device="too short", now=now)
    with pytest.raises(NotFound):
        devices.open_on(code=code, device=TABLET, now=now + dt.timedelta(minutes=31))
    devices.open_on(code=code, device=TABLET, now=now)
    with pytest.raises(NotFound):
        devices.open_on(code=code, device="another-device-entirely", now=now)
    with pytest.raises(NotFound):
        devices.open_on(code="x" * 5_000, device=TABLET, now=now)


def test_a_newer_mode_of_a_device_ends_the_older(officer: Officer, now: dt.datetime) -> None:
    first, second = lent(officer, now), lent(officer, now)
    first.refresh_from_db()
    assert first.ended_at == now
    assert devices.assistance_of(index=second.device_index, now=now) == second


def test_hours_and_devices_are_bounded(officer: Officer, now: dt.datetime) -> None:
    for hours in (0, 13, -1):
        with pytest.raises(InvalidInput):
            devices.begin(officer=officer, hours=hours, now=now)
    for _ in range(5):
        devices.begin(officer=officer, hours=1, now=now)
    with pytest.raises(IllegalState):
        devices.begin(officer=officer, hours=1, now=now)
    devices.begin(officer=officer, hours=1, now=now + dt.timedelta(minutes=31))
    mode = AssistedMode.objects.filter(officer=officer)[0]
    late = {"device_index": "x" * 64, "opened_at": now, "until": now + dt.timedelta(hours=13)}
    with pytest.raises(IntegrityError), transaction.atomic():
        AssistedMode.objects.filter(pk=mode.pk).update(**late)


def test_only_its_officer_ends_a_mode(officer: Officer, now: dt.datetime) -> None:
    mode = lent(officer, now)
    other = Officer.objects.select_related("user").get(user__username="wangxiuying")
    with pytest.raises(NotPermitted):
        devices.end(mode_id=mode.pk, officer=other, now=now)


def test_own_phone_first_and_then_the_tablet_counts_the_own_phone(
    cast: Cast, officer: Officer, now: dt.datetime
) -> None:
    lent(officer, now)
    one = cast.applicant("rice_farmer")
    traits.on_device(application=one.application, device="the-farmers-own-phone", now=now)
    one.complete()
    submissions.submit(**one.key(), device=TABLET)
    found = signals.of_application(one.application, as_of=now)
    assert (found["applications_by_device_7d"], found["device_assisted"]) == (1, False)
    assert ApplicationTrait.objects.filter(application=one.application, kind="assisted").exists()


def begin(cast: Cast, code: str, location: object) -> dict[str, object]:
    one = cast.applicant("rice_farmer")
    application = applications.start(
        customer=one.customer,
        qr_code=code,
        purpose="agriculture",
        requested_amount=None,
        source_token="",
        channel="api",
        now=one.now,
        location=location,  # type: ignore[arg-type]
    )
    application.refresh_from_db()
    return signals.of_application(application, as_of=one.now) | {"stored": application.location}


def test_a_request_from_far_away_is_measured_and_kept_coarse(cast: Cast) -> None:
    found = begin(cast, "s101-shandai", {"lat": 22.5431, "lon": 114.0579})
    assert 1_300 < int(str(found["scan_distance_km"])) < 1_400
    assert found["stored"] == {"lat": "22.54", "lon": "114.06", "km": found["scan_distance_km"]}
    near = begin(cast, "s101-shandai", {"lat": 32.331, "lon": 105.624})
    assert near["scan_distance_km"] == 0


def test_without_a_place_or_an_officer_the_distance_is_unknown(cast: Cast) -> None:
    assert "scan_distance_km" not in begin(cast, "s101-shandai", None)
    assert "scan_distance_km" not in begin(cast, "universal", {"lat": 22.5, "lon": 114})
    with pytest.raises(InvalidInput):
        begin(cast, "universal", {"lat": "north"})
