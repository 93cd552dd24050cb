"""The strategy editor and bad input: refused or kept as typed, in words, and never a broken page."""

from typing import Any

import pytest
from django.test import Client

from risk.models import StrategyVersion
from tests.desk.conftest import Browsers
from tests.desk.test_strategies import URL, drafted, fields, maker, seeded, send, text

__all__ = ["maker", "seeded"]
pytestmark = pytest.mark.django_db
PARTS = (
    "rules", "segments", "score", "limits", "offers", "tables", "formulas", "income", "inputs", "reasons",
)
GARBAGE = [
    "\x00", "💥" * 50, "-1", "1e999", "NaN", "<script>", "9" * 3_000, "a = b\nc\td", "{'x': 1}", "非", "(",
]


def typed(data: dict[str, Any], value: str) -> dict[str, Any]:
    """The same form with one text in every cell."""
    plumbing = (".window", ".mark", ".was")
    return {
        name: [value] * len(cells) if isinstance(cells, list) and not name.endswith(plumbing) else cells
        for name, cells in data.items()
    }


@pytest.mark.parametrize("part", PARTS)
def test_garbage_in_every_cell_never_breaks_a_page(
    maker: Client, seeded: StrategyVersion, part: str
) -> None:
    draft = drafted(maker, seeded)
    clean = fields(maker, draft, part)
    for value in GARBAGE:
        data = typed(clean, value)
        assert maker.post(f"{URL}{draft.pk}/check/", data).status_code == 200, value
    kept = send(maker, draft, typed(clean, "-1"), "save")
    assert kept.status_code in (302, 422)
    assert maker.get(f"{URL}{draft.pk}/edit/?part={part}").status_code == 200
    assert maker.get(f"{URL}{draft.pk}/").status_code == 200
    assert maker.get(f"{URL}{seeded.pk}/diff/{draft.pk}/").status_code == 200


def test_what_cannot_be_kept_is_said_in_chinese(maker: Client, seeded: StrategyVersion) -> None:
    draft = drafted(maker, seeded)
    clean = fields(maker, draft, "rules")
    maker.defaults["HTTP_ACCEPT_LANGUAGE"] = "zh-Hans"
    long = {**clean, "rules.zh": ["长" * 4_001, *clean["rules.zh"][1:]]}
    for data in (typed(clean, "a\x00b"), long):
        answer = send(maker, draft, data, "save")
        assert answer.status_code == 422
        assert 'role="alert"' in text(answer)
    draft.refresh_from_db()
    assert draft.definition == seeded.definition


@pytest.mark.parametrize(
    "change",
    [
        {"rules.window": "0-9999"},
        {"rules.window": "x-y"},
        {"rules.window": "-"},
        {"rules.window": "5,4"},
        {"rules.window": "9" * 3_000},
        {"rules.mark": ["1"]},
        {"rules.code": ["A", "B"]},
        {"rules.when": []},
    ],
)
def test_a_page_that_is_not_whole_is_refused(
    maker: Client, seeded: StrategyVersion, change: dict[str, Any]
) -> None:
    draft = drafted(maker, seeded)
    answer = send(maker, draft, {**fields(maker, draft, "rules"), **change}, "save")
    assert answer.status_code == 422
    assert "arrived incomplete" in text(answer)
    draft.refresh_from_db()
    assert draft.definition == seeded.definition


@pytest.mark.parametrize(
    "change",
    [
        {"part": "nothing"},
        {"part": "tables:nothing"},
        {"revision": "x"},
        {"revision": "9" * 40},
        {"at": "rules.999999999"},
        {"at": "....", "do": "rules.delete"},
        {"do": "caps.insert"},
        {"do": "rules.explode"},
        {"note": "x" * 301},
        {"note": "a\x00b"},
        {"from": "-7", "q": "\x00"},
        {"unknown.field": ["1"] * 50},
        {"rules.mark": ["-5"] * 35},
        {"bench.sample": "\x00", "bench.product": "nothing", "bench.application": "x" * 9_000},
        {"bench.feature.0": "purpose", "bench.value.0": "\x00"},
    ],
)
def test_tampering_is_answered_calmly(
    maker: Client, seeded: StrategyVersion, change: dict[str, Any]
) -> None:
    draft = drafted(maker, seeded)
    for do in ("save", "bench", "check", "submit"):
        data = {**fields(maker, draft, "rules"), "do": do, **change}
        assert maker.post(f"{URL}{draft.pk}/edit/", data).status_code in (200, 302, 409, 422)
        if StrategyVersion.objects.get(pk=draft.pk).state != "draft":
            break
        assert maker.post(f"{URL}{draft.pk}/check/", data).status_code == 200


def test_addresses_that_lead_nowhere_are_not_found(maker: Client) -> None:
    nowhere = ("999999/", "99999999999999999999999/", "999999/edit/", "999999/review/", "1/diff/999999/")
    for address in nowhere:
        assert maker.get(f"{URL}{address}").status_code == 404, address
    for address in ("999999/draft/", "999999/step/", "999999/check/"):
        assert maker.post(f"{URL}{address}").status_code == 404, address


def test_a_large_table_is_shown_in_pages_and_searched(
    maker: Client, seeded: StrategyVersion, browser: Browsers
) -> None:
    draft = drafted(maker, seeded)
    rows = [{"id": f"R{i}", "when": [f">= {i}"], "then": ["110"], "note": ""} for i in range(1_000)]
    table = {"code": "big", "zh": "大表", "en": "Big", "group": "ability", "stage": "limit",
             "hit": "first", "inputs": ["land_mu"], "outputs": ["limit_percent"], "rows": rows}
    definition = {**draft.definition, "tables": [table]}
    StrategyVersion.objects.filter(pk=draft.pk).update(definition=definition)
    page = maker.get(f"{URL}{draft.pk}/edit/?part=tables:big&from=400")
    assert "rows 401 to 600 of 1,000" in text(page)
    data = fields(maker, draft, "tables:big", "&from=400")
    data["rows.out_0"][0] = "120"
    for name in ("id", "in_0", "out_0", "note", "mark"):
        del data[f"rows.{name}"][1]
    assert send(maker, draft, data, "save").status_code == 302
    found = fields(maker, draft, "tables:big", "&q=R77")
    assert found["rows.id"] == ["R77", *(f"R77{i}" for i in range(10))]
    found["rows.note"] = [f"seen {name}" for name in found["rows.id"]]
    assert send(maker, draft, found, "save").status_code == 302
    draft.refresh_from_db()
    kept = {row["id"]: row for row in draft.definition["tables"][0]["rows"]}
    assert len(kept) == 999
    assert kept["R400"]["then"] == ["120"]
    assert "R401" not in kept
    assert kept["R775"]["note"] == "seen R775"
    assert kept["R776"]["when"] == [">= 776"]
    assert list(kept)[:3] == ["R0", "R1", "R2"]
