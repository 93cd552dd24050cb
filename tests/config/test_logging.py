"""Log lines: JSON, one per event, with no personal data in them."""

import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from config.logging import MASK, formatter, mask_text, without_noise

ID_NUMBER, MOBILE, CARD = "51081219900307891X", "13812345678", "6222021234567890123"


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """What the platform's formatter writes for everything logged meanwhile."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter())
    root = logging.getLogger()
    root.addHandler(handler)
    yield stream
    root.removeHandler(handler)


@pytest.mark.parametrize(
    "text",
    [
        ID_NUMBER,
        f"id={ID_NUMBER};",
        f"{MOBILE}",
        "+86 138 1234 5678",
        CARD,
        "6222 0212 3456 7890 123",
        "５１０８１２１９９００３０７８９１２",
        "１３８１２３４５６７８",
    ],
)
def test_numbers_of_persons_are_masked(text: str) -> None:
    assert MASK in mask_text(text)
    assert not any(number in mask_text(text) for number in (ID_NUMBER, MOBILE, CARD))


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-24T10:00:00.123456Z",
        "12000.00",
        "lending.sweep",
        "HTTP 404",
        "duration_ms 12345",
        "0f8fad5b-d9cb-469f-a165-70867728950e",
    ],
)
def test_other_numbers_stay(text: str) -> None:
    assert mask_text(text) == text


@given(st.integers(10**17, 10**18 - 1), st.text(alphabet="abc 一二:,;\n", max_size=10))
def test_an_identity_number_never_survives(number: int, around: str) -> None:
    assert str(number) not in mask_text(f"{around}{number}{around}")


def test_our_events_and_their_values(written: io.StringIO) -> None:
    log = structlog.get_logger("test")
    log.warning("application.started", application_id="a1", mobile=MOBILE, facts={"note": [CARD]})
    line = json.loads(written.getvalue().splitlines()[-1])
    assert line["event"] == "application.started"
    assert line["application_id"] == "a1"
    assert line["mobile"] == MASK
    assert line["facts"] == {"note": [MASK]}


def test_other_libraries_and_tracebacks(written: io.StringIO) -> None:
    def fail() -> None:
        raise ValueError(f"no such person: {ID_NUMBER}")

    try:
        fail()
    except ValueError:
        logging.getLogger("a_dependency").exception("failed for %s", MOBILE)
    assert ID_NUMBER not in written.getvalue()
    assert MOBILE not in written.getvalue()
    assert "no such person" in written.getvalue()


def test_a_value_cannot_forge_a_line(written: io.StringIO) -> None:
    structlog.get_logger("test").warning(
        "card.refused", detail='x"}\n{"event":"money.sent"}\r\u2028'
    )
    assert len(written.getvalue().splitlines()) == 1
    assert json.loads(written.getvalue())["event"] == "card.refused"


def test_health_checks_are_not_worth_a_line() -> None:
    with pytest.raises(structlog.DropEvent):
        without_noise(None, "info", {"event": "request_finished", "request": "GET /readyz"})
    assert without_noise(None, "info", {"event": "request_finished", "request": "GET /apply/"})
