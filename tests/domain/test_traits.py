"""One written form for what people share, distances, and doubts about an identity."""

import math
from datetime import date
from typing import Any

import pytest

from lending.domain.distances import NotAPlace, coarse, kilometres
from lending.domain.fraud_signals import SIGNALS
from lending.domain.identity_anomalies import Identity, anomalies, far_apart
from lending.domain.traits import Kind, edge_kinds, household, is_device, is_strong, own_words
from risk.domain.features import FEATURES

DAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    "written",
    [
        "四川省广元市利州区清江村7组3号",
        "四川省广元市利州区 清江村 7组 3号",
        "四川省，广元市·利州区（清江村）７组３号",
    ],
)
def test_an_address_has_one_form(written: str) -> None:
    assert household(written) == "四川省广元市利州区清江村7组3号"


@pytest.mark.parametrize("hamlet", ["", "朝天区羊木镇1组", "四川省广元市", "3号", "羊木镇街上"])
def test_what_names_no_door_is_no_home(hamlet: str) -> None:
    assert household(hamlet) is None


def test_doors_are_written_in_many_ways() -> None:
    for door in ("东坝街道幸福小区3幢2单元", "雪峰街道88-12", "宝轮镇人民路三十二号"):
        assert household(door)


def test_own_words_are_not_choices_nor_the_address_nor_figures() -> None:
    assert own_words("收购药材，周转资金不足！") == own_words("收购 药材 周转资金不足")
    for other in ("self_employed", "farmer", "养猪", "", None, 7, "12345678901", "5200.00"):
        assert own_words(other) is None
    home = "四川省广元市利州区清江村7组3号"
    assert own_words("广元市利州区清江村7组3号", address=home) is None


def test_devices_name_themselves_within_bounds() -> None:
    assert is_device("a" * 16)
    for wrong in ("", "short", "a" * 65, "a" * 20 + "\n", "设备" * 10, "a b" * 8):
        assert not is_device(wrong)


def test_a_home_is_a_weak_edge_and_assisted_devices_are_none() -> None:
    assert is_strong(["card"])
    assert is_strong(["identity"])
    assert is_strong(["address", "device"])
    for weak in (["device"], ["address", "mobile"], ["device", "device"], []):
        assert not is_strong(weak)
    assert Kind.ASSISTED not in edge_kinds()
    assert Kind.TEXT not in edge_kinds()


def test_distances_follow_the_globe() -> None:
    guangyuan, shenzhen = (32.43, 105.84), (22.54, 114.06)
    assert kilometres(guangyuan, guangyuan) == 0
    assert 1_350 < kilometres(guangyuan, shenzhen) < 1_400
    assert kilometres((0.0, 179.9), (0.0, -179.9)) == 22
    assert kilometres((90.0, 0.0), (-90.0, 0.0)) == round(math.pi * 6371)


def test_places_are_coarse_and_real() -> None:
    assert coarse(32.436789, 105) == (32.44, 105.0)
    bad: list[Any] = [None, "32.4", True, math.nan, math.inf, 90.01, -1e300, [], {}]
    for value in bad:
        with pytest.raises(NotAPlace):
            coarse(value, 105.84)
        with pytest.raises(NotAPlace):
            coarse(32.43, value if value != 90.01 else 180.5)


def test_doubts_come_in_a_fixed_order() -> None:
    person = Identity(
        name="陈桂英",
        number="510812199003070011",
        valid_until=date(2026, 11, 23),
        read_name="李志强",
        read_number="510812199003070022",
        other_names=["王大勇"],
        mobile_identities=2,
    )
    assert anomalies(person, on=DAY) == [
        "name_read_differs",
        "number_read_differs",
        "card_expired",
        "other_name_30d",
        "mobile_of_other_identities",
    ]
    fine = Identity("陈桂英", "5", DAY, read_name="陈桂英", other_names=["陈桂瑛"])
    assert anomalies(fine, on=DAY) == []


def test_one_misread_character_is_no_other_person() -> None:
    assert not far_apart("陈桂英", "陈桂瑛")
    assert not far_apart("阿依古丽·买买提", "阿依古丽买买提")
    assert far_apart("陈桂英", "李桂瑛")


def test_every_fraud_signal_is_a_feature_of_the_strategies() -> None:
    measured = {signal.name for signal in SIGNALS}
    assert measured <= {name for name, f in FEATURES.items() if f.source == "signals"}
    assert {name for name, feature in FEATURES.items() if feature.added} <= measured
    assert all(signal.zh and signal.en and signal.window_days >= 0 for signal in SIGNALS)
