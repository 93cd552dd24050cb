"""Both sides of a resident identity card, from a photograph to fields. A person always confirms them.

A picture is read once; a second time, turned upright, only when the first reading left something open.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, TypeVar

from lending.domain.contact_numbers import birth_date
from lending.gateways.ocr import engine, fields, layout
from lending.gateways.ocr.layout import Row, Upright, Word

BLURRED, NOT_A_CARD, WRONG_SIDE, NUMBER_UNSURE = (
    "blurred",
    "not_a_card",
    "wrong_side",
    "number_unsure",
)
INCOMPLETE = "incomplete"


@dataclass(frozen=True)
class CardFront:
    """Empty texts where nothing was read; ``quality`` is the mean confidence, 0–100.

    ``problems``, the gravest first: not_a_card, wrong_side (then nothing was read), blurred,
    number_unsure (no number with a right check digit, or not the printed date of birth),
    incomplete (the name or the address is missing).
    """

    name: str = ""
    id_number: str = ""
    address: str = ""
    sex: str = ""
    nation: str = ""
    birth: date | None = None
    quality: int = 0
    problems: tuple[str, ...] = ()


@dataclass(frozen=True)
class CardBack:
    """``valid_until`` None with ``long_term`` True for cards without an end.

    ``problems``: blurred, not_a_card, wrong_side, incomplete (the validity is missing).
    """

    valid_from: date | None = None
    valid_until: date | None = None
    long_term: bool = False
    authority: str = ""
    problems: tuple[str, ...] = ()


#: Heights behind a label within which its single character stands.
_REACH = 2.5

Card = TypeVar("Card", CardFront, CardBack)


def read_front(picture: bytes) -> CardFront:
    """The side with the portrait, tilted, sideways or upside down. Never raises for a bad photo."""
    return _read(picture, fields.FRONT_ORDER, _front, CardFront, _front_fields)


def read_back(picture: bytes) -> CardBack:
    """The side with the national emblem: who issued the card and until when it is valid."""
    return _read(picture, fields.BACK_ORDER, _back, CardBack, _back_fields)


def _read(
    picture: bytes,
    order: tuple[tuple[str, ...], ...],
    parse: Callable[[list[Row]], Card],
    empty: type[Card],
    fields_of: Callable[[Card], int],
) -> Card:
    pixels = engine.decode(picture)
    if pixels is None:
        return empty(problems=(NOT_A_CARD,))
    words = engine.words(pixels)
    straight = layout.upright(words, order)
    card: Card = _parsed(pixels, words, straight, parse)
    if card.problems and WRONG_SIDE not in card.problems and _worth_turning(straight, order):
        turned = engine.turned(pixels, straight.quarters or 2)
        again = engine.words(turned)
        second = _parsed(turned, again, layout.upright(again, order), parse)
        card = max(card, second, key=fields_of)
    if card.problems and WRONG_SIDE not in card.problems and engine.is_blurred(pixels):
        return replace(card, problems=(BLURRED, *(p for p in card.problems if p != NOT_A_CARD)))
    return card


def _parsed(
    pixels: Any, seen: list[Word], straight: Upright, parse: Callable[[list[Row]], Card]
) -> Card:
    """``seen``: the words where they are in the picture, in the order of ``straight``."""
    whole = [word for word in straight.words if not layout.is_fragment(word, straight.words)]
    words = []
    for word, there in zip(straight.words, seen, strict=True):
        if word not in whole:
            continue
        if word.text.endswith(fields.ONE_CHARACTER_LABELS) and not layout.followed(
            word, whole, _REACH
        ):
            text, confidence = engine.reading_on(pixels, there, -straight.turn, _REACH)
            word = replace(word, text=text, confidence=confidence)
        words.append(word)
    return parse(layout.rows(fields.without_watermarks(words)))


def _worth_turning(straight: Upright, order: tuple[tuple[str, ...], ...]) -> bool:
    """A turned card read in part, or lines without one known label (perhaps every line was read turned)."""
    known = any(label in word.text for word in straight.words for group in order for label in group)
    return bool(straight.words) and (straight.quarters != 0 or not known)


def _front(rows: list[Row]) -> CardFront:
    whole = "".join(row.text for row in rows)
    number, name = fields.id_number(rows), fields.name(rows)
    if not number and fields.labels_of_back(whole) >= 2:
        return CardFront(problems=(WRONG_SIDE,))
    if not number and fields.labels_of_front(whole) < 2:
        return CardFront(problems=(NOT_A_CARD,))
    printed = fields.birth(rows)
    card = CardFront(
        name=name,
        id_number=number,
        address=fields.address(rows),
        sex=fields.sex(rows, number),
        nation=fields.nation(rows),
        birth=birth_date(number) if number else printed,
        quality=_quality(rows),
    )
    problems = []
    if not number or (printed is not None and printed != card.birth):
        problems.append(NUMBER_UNSURE)
    if not name or not card.address:
        problems.append(INCOMPLETE)
    return replace(card, problems=tuple(problems))


def _back(rows: list[Row]) -> CardBack:
    whole = "".join(row.text for row in rows)
    if fields.id_number(rows) or fields.labels_of_front(whole) >= 3:
        return CardBack(problems=(WRONG_SIDE,))
    valid_from, valid_until, long_term = fields.validity(rows)
    if valid_from is None and not fields.labels_of_back(whole):
        return CardBack(problems=(NOT_A_CARD,))
    return CardBack(
        valid_from=valid_from,
        valid_until=valid_until,
        long_term=long_term,
        authority=fields.authority(rows),
        problems=() if valid_from else (INCOMPLETE,),
    )


def _front_fields(card: Any) -> int:
    return 2 * bool(card.id_number) + bool(card.name) + bool(card.address)


def _back_fields(card: Any) -> int:
    return 2 * bool(card.valid_from) + bool(card.authority)


def _quality(rows: list[Row]) -> int:
    confidences = [word.confidence for row in rows for word in row.words]
    return round(100 * sum(confidences) / len(confidences)) if confidences else 0
