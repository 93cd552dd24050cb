"""``manage.py quote`` as a program: hostile lines, long lines, order, exit code, no database."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from products.management.commands.quote import LINE_MAX, lines, reply

ROOT = Path(__file__).parents[2]
SOUND = (
    b'{"principal":"10000","annual_rate":"0.12","periods":6,"start":"2023-12-12","every":1,'
    b'"frequency":"month","method":"equal_instalment","day_count":"30/360","rounding":"half_up",'
    b'"month_end":"clamp","smoothing":false,"instalment_multiple":"0.01"}'
)


def changed(old: bytes, new: bytes) -> bytes:
    assert old in SOUND
    return SOUND.replace(old, new)


HOSTILE = [
    b"",
    b"null",
    b"[1]",
    b"{}",
    b"not json",
    b"\xff\xfe",
    b"[" * 50_000,
    b'{"principal":' + b"9" * 5_000 + b"}",
    changed(b'"10000"', b"NaN"),
    changed(b'"10000"', b"-Infinity"),
    changed(b'"10000"', b"1e400"),
    changed(b'"10000"', b"1e99999999999999999999"),
    changed(b'"10000"', b'"NaN"'),
    changed(b'"10000"', b'"Infinity"'),
    changed(b'"10000"', b'"1e4"'),
    changed(b'"10000"', b'"-5"'),
    changed(b'"10000"', b'"0"'),
    changed(b'"10000"', b'"1_000"'),
    changed(b'"10000"', '"１００"'.encode()),
    changed(b'"10000"', b'"100.005"'),
    changed(b'"10000"', b'"1000000000"'),
    changed(b'"10000"', b"true"),
    changed(b'"10000"', b"null"),
    changed(b'"0.12"', b'"10.01"'),
    changed(b'"0.12"', b'"-0.12"'),
    changed(b'"0.12"', b"{}"),
    changed(b'"periods":6', b'"periods":0'),
    changed(b'"periods":6', b'"periods":-1'),
    changed(b'"periods":6', b'"periods":1000000000'),
    changed(b'"periods":6', b'"periods":6.5'),
    changed(b'"periods":6', b'"periods":"6"'),
    changed(b'"every":1', b'"every":0'),
    changed(b'"every":1', b'"every":1000000'),
    changed(b"2023-12-12", b"9999-12-12"),
    changed(b"2023-12-12", b"2023-02-30"),
    changed(b"2023-12-12", b"0001-01-01"),
    changed(b"2023-12-12", b"20231212"),
    changed(b'"2023-12-12"', b"5"),
    changed(b'"equal_instalment"', b'"interest_free"'),
    changed(b'"equal_instalment"', b'"seasonal"'),
    changed(b'"equal_instalment"', b'"seasonal","seasonal_months":[]'),
    changed(b'"equal_instalment"', b'"seasonal","seasonal_months":[13]'),
    changed(b'"equal_instalment"', b'"seasonal","seasonal_months":[true]'),
    changed(b'"equal_instalment"', b'["bullet"]'),
    changed(b'"month"', b'"year"'),
    changed(b'"30/360"', b'"act/364"'),
    changed(b'"half_up"', b'"up"'),
    changed(b'"clamp"', b'"skip"'),
    changed(b"false", b'"no"'),
    changed(b'"0.01"', b'"0"'),
    changed(b'"0.01"', b'"0.015"'),
    b" " * (LINE_MAX + 1),
]


@pytest.mark.parametrize("line", HOSTILE, ids=lambda line: line[:30].decode("ascii", "replace"))
def test_a_bad_line_is_an_error_and_repeats_nothing_of_it(line: bytes) -> None:
    answer = json.loads(reply(line, 4))
    assert set(answer) == {"error", "line"}
    assert answer["line"] == 4
    assert len(answer["error"]) < 150


def test_a_sound_line_gives_exactly_the_promised_fields() -> None:
    answer = json.loads(reply(SOUND, 1))
    assert list(answer) == ["instalments", "total_interest", "apr"]
    assert list(answer["instalments"][0]) == [
        "n",
        "due",
        "principal",
        "interest",
        "amount",
        "balance",
    ]
    assert answer["instalments"][0] == {
        "n": 1,
        "due": "2024-01-12",
        "principal": "1625.48",
        "interest": "100.00",
        "amount": "1725.48",
        "balance": "8374.52",
    }
    assert answer["apr"] == "0.1263"


def test_numbers_may_also_be_json_numbers() -> None:
    as_numbers = SOUND.replace(b'"10000"', b"10000").replace(b'"0.12"', b"0.12")
    assert reply(as_numbers, 1) == reply(SOUND, 1)


def test_a_long_line_is_cut_and_the_next_one_is_whole() -> None:
    source = io.BytesIO(b"x" * (3 * LINE_MAX) + b"\n" + SOUND + b"\n")
    found = list(lines(source))
    assert len(found) == 2
    assert found[1].strip() == SOUND


def test_as_a_program_without_a_database() -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "quote"],
        cwd=ROOT,
        input=SOUND + b"\n\noops\n" + SOUND,
        capture_output=True,
        timeout=60,
        env={**os.environ, "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"},
    )
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0, done.stderr
    assert [list(answer)[0] for answer in answers] == ["instalments", "error", "instalments"]
    assert answers[1]["line"] == 3
