"""The device header and the coarse place of a request: optional, bounded, never a 500."""

from datetime import datetime
from typing import Any

import pytest

from lending.models import LoanApplication
from tests.api.conftest import log_in
from tests.api.phone import Phone

pytestmark = pytest.mark.django_db
START = {"qr_code": "s101-shandai", "purpose": "agriculture"}


def test_a_device_that_names_itself_is_kept_as_a_hash(phone: Phone) -> None:
    phone.client.defaults["HTTP_X_DEVICE_ID"] = "abcdefgh-12345678"
    answer = phone.post("applications/", START)
    assert answer.status == 201
    trait = LoanApplication.objects.get(pk=answer.body["id"]).traits.get(kind="device")
    assert "abcdefgh" not in trait.value_index


@pytest.mark.parametrize(
    "wrong", ["short", "a" * 65, "with space in the id", "<script>alert()</script>"]
)
def test_a_device_that_cannot_be_one_is_refused(phone: Phone, wrong: str) -> None:
    phone.client.defaults["HTTP_X_DEVICE_ID"] = wrong
    answer = phone.post("applications/", START)
    assert answer.status == 400
    assert not LoanApplication.objects.exists()


def test_a_place_is_kept_to_a_hundredth(phone: Phone) -> None:
    place = {"lat": 22.54312, "lon": 114}
    answer = phone.post("applications/", {**START, "location": place})
    assert answer.status == 201, answer.raw
    stored = LoanApplication.objects.get(pk=answer.body["id"]).location
    assert (stored["lat"], stored["lon"]) == ("22.54", "114.00")
    assert 1_300 < stored["km"] < 1_400


@pytest.mark.parametrize(
    "place",
    [
        {},
        {"lat": 1},
        {"lat": "22.5", "lon": 114},
        {"lat": True, "lon": 114},
        {"lat": 91, "lon": 0},
        {"lat": 0, "lon": -180.01},
        {"lat": 1e308, "lon": 0},
        {"lat": 10**400, "lon": 0},
        {"lat": float("nan"), "lon": 0},
        {"lat": 1, "lon": 2, "alt": 3},
        [],
        "here",
        7,
    ],
)
def test_a_place_that_is_none_is_refused(phone: Phone, place: Any) -> None:
    answer = phone.post("applications/", {**START, "location": place})
    assert answer.status == 400
    assert not LoanApplication.objects.exists()


def test_no_place_is_fine(phone: Phone, clock: datetime) -> None:
    assert phone.post("applications/", {**START, "location": None}).status == 201
    assert log_in("13800000005", clock).post("applications/", START).status == 201
