"""What the law protects never enters: no feature, rule, sentence or training column knows it."""

import json
import re
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import pytest

from risk.contracts import DecisionRequest, Subject
from risk.domain.canonical import canonical
from risk.domain.citizen import birth_date, issuing_county
from risk.domain.features import DERIVED, FEATURES
from risk.inputs import application_facts, build_inputs
from tests.risk.conftest import base_terms, definition

ROOT = Path(__file__).resolve().parents[2]
PROTECTED_EN = re.compile(
    r"(^|[^a-z])(sex|gender|male|female|ethnic\w*|race|nationality|minority|religio\w*|faith|health"
    r"|disease|disab\w*|hiv|pregnan\w*|marital\w*|married)([^a-z]|$)"
)
PROTECTED_ZH = ("性别", "男", "女", "民族", "种族", "宗教", "信仰", "健康", "疾病", "残疾", "怀孕", "婚")
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def id_number(serial: int) -> str:
    body = f"51081219900307{serial:03d}"
    return body + "10X98765432"[sum(int(c) * w for c, w in zip(body, WEIGHTS, strict=True)) % 11]


def words_of(text: str) -> str:
    return text.lower().replace("_", " ")


def test_no_feature_and_no_computed_value_is_protected() -> None:
    for feature in FEATURES.values():
        for text in (feature.name, feature.field, feature.en):
            assert not PROTECTED_EN.search(words_of(text)), feature.name
        assert not any(word in feature.zh for word in PROTECTED_ZH), feature.name
    for name in DERIVED:
        assert not PROTECTED_EN.search(words_of(name)), name


def test_no_published_strategy_names_anything_protected() -> None:
    text = json.dumps(definition(), ensure_ascii=False)
    # kinds of employer are public institutions, not the state of a person
    text = text.replace("public_hospital", "").replace("hospital_staff", "")
    assert not PROTECTED_EN.search(words_of(text))
    assert [word for word in PROTECTED_ZH if word in text] == []


def test_no_training_column_is_protected() -> None:
    """Columns of the bank's own training table come from the features; the code adds no other."""
    for path in sorted((ROOT / "risk/training").glob("*.py")):
        if path.name == "protected.py":  # it names what it throws out
            continue
        code = words_of(path.read_text(encoding="utf-8"))
        assert not PROTECTED_EN.search(code), path.name


def request_of(serial: int) -> DecisionRequest:
    at = datetime(2026, 11, 24, 2, tzinfo=UTC)
    subject = Subject(
        application_id=UUID(int=1), name="王小明", id_number=id_number(serial), mobile="13800000001",
        card_number=None, address="羊木镇1组", declared={"occupation": "farmer"},
    )
    return DecisionRequest(
        subject=subject, round=1, terms=base_terms(), lpr=Decimal("0.03"), requested_amount=None,
        purpose="agriculture", consents={}, as_of=at, business_date=date(2026, 11, 24), signals={},
    )


@pytest.mark.parametrize(("man", "woman"), [(1, 2), (13, 14), (999, 998)])
def test_the_digit_of_the_sex_changes_not_one_byte_of_what_is_decided_on(
    man: int, woman: int
) -> None:
    his, hers = request_of(man), request_of(woman)
    assert his.subject.id_number != hers.subject.id_number
    assert birth_date(his.subject.id_number) == birth_date(hers.subject.id_number) is not None
    assert issuing_county(his.subject.id_number) == issuing_county(hers.subject.id_number)
    given = [
        canonical(build_inputs(one, application_facts(one), {}, None)) for one in (his, hers)
    ]
    assert given[0] == given[1]
