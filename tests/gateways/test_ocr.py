"""Specimen cards of the county, as phones see them: read right, or refused with a reason."""

import io
from datetime import date
from typing import Any

import pytest
from PIL import Image, ImageDraw

from lending.domain.contact_numbers import birth_date
from lending.gateways.ocr.cards import CardFront, read_back, read_front
from lending.gateways.ocr.pictures import harden
from tests.sandbox_client import Sandbox

pytestmark = pytest.mark.timeout(240)  # the first picture loads the models


def _front(sandbox: Sandbox, person: dict[str, Any], **look: Any) -> CardFront:
    return read_front(harden(sandbox.id_card(person["id_number"], **look)))


def _jpeg(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG")
    return out.getvalue()


def _landscape() -> Image.Image:
    picture = Image.linear_gradient("L").resize((1200, 800)).convert("RGB")
    pen = ImageDraw.Draw(picture)
    pen.polygon([(0, 800), (400, 300), (800, 800)], fill=(40, 90, 50))
    pen.ellipse([900, 60, 1050, 210], fill=(250, 230, 120))
    return picture


@pytest.mark.parametrize(
    "look",
    [
        {}, {"tilt": 4, "blur": 1}, {"tilt": -9}, {"glare": 1, "tilt": 2}, {"upside_down": 1},
        {"upside_down": 1, "tilt": 5, "blur": 1},
    ],
    ids=str,
)
def test_the_front_is_read_to_the_letter(sandbox: Sandbox, look: dict[str, Any]) -> None:
    for persona in ("rice_farmer", "teacher"):
        person = sandbox.person(persona, len(look))
        card = _front(sandbox, person, **look)
        assert card.problems == ()
        for field in ("name", "id_number", "address"):
            assert getattr(card, field) == person[field]
        assert card.birth == birth_date(person["id_number"])
        assert card.sex == ("女" if int(person["id_number"][16]) % 2 == 0 else "男")
        assert card.nation in ("汉", "回", "藏", "羌")
        assert card.quality >= 80


@pytest.mark.parametrize("turn", [90, 270])
def test_a_card_held_sideways_is_read(sandbox: Sandbox, turn: int) -> None:
    person = sandbox.person("teacher")
    with Image.open(io.BytesIO(sandbox.id_card(person["id_number"]))) as straight:
        card = read_front(_jpeg(straight.rotate(turn, expand=True)))
    assert (card.name, card.id_number) == (person["name"], person["id_number"])


@pytest.mark.parametrize("look", [{}, {"tilt": -5, "blur": 1}, {"upside_down": 1}], ids=str)
def test_the_back_tells_until_when(sandbox: Sandbox, look: dict[str, Any]) -> None:
    young, old = sandbox.person("thin_file", 3), sandbox.person("elder")
    picture = harden(sandbox.id_card(young["id_number"], side="back", **look))
    card = read_back(picture)
    assert card.problems == ()
    assert card.authority == "广元市公安局示范分局"
    assert card.valid_from is not None
    if not card.long_term:
        assert card.valid_until is not None
        assert card.valid_until > card.valid_from
    endless = read_back(harden(sandbox.id_card(old["id_number"], side="back", **look)))
    assert endless.long_term
    assert endless.valid_until is None


def test_an_expired_card_shows_its_day(sandbox: Sandbox, today: date) -> None:
    """Whether a card has expired is the business day's question: the reader has no clock."""
    person = sandbox.person("teacher")
    card = read_back(harden(sandbox.id_card(person["id_number"], side="back", expired=1)))
    assert card.valid_until is not None
    assert card.valid_until < today


def test_sides_mixed_up_are_noticed(sandbox: Sandbox) -> None:
    number = sandbox.person("teacher")["id_number"]
    front, back = sandbox.id_card(number), sandbox.id_card(number, side="back")
    assert read_front(back).problems == ("wrong_side",)
    assert read_back(front).problems == ("wrong_side",)


def test_a_blurred_card_is_never_read_wrong_without_a_word(sandbox: Sandbox) -> None:
    """Whatever is read from a bad photo is right, or a problem is named."""
    for blur in (2, 3, 4):
        person = sandbox.person("pig_farmer", blur)
        card = _front(sandbox, person, blur=blur)
        assert card.id_number in ("", person["id_number"])
        if card.name != person["name"] or not card.id_number:
            assert card.problems, (blur, card)


def test_a_card_blurred_beyond_reading_says_so(sandbox: Sandbox) -> None:
    card = _front(sandbox, sandbox.person("teacher"), blur=8)
    assert card.problems == ("blurred",)
    assert (card.name, card.id_number) == ("", "")


@pytest.mark.parametrize(
    "picture",
    [_landscape(), Image.effect_noise((1200, 800), 120).convert("RGB")],
    ids=["landscape", "noise"],
)
def test_what_is_no_card_is_no_card(picture: Image.Image) -> None:
    for read in (read_front, read_back):
        assert read(_jpeg(picture)).problems == ("not_a_card",)


@pytest.mark.parametrize("upload", [b"", b"xx", b"\xff\xd8\xff" + b"\x00" * 100])
def test_bytes_that_are_no_picture_raise_nothing(upload: bytes) -> None:
    for read in (read_front, read_back):
        assert read(upload).problems == ("not_a_card",)


def test_a_number_with_a_wrong_check_digit_is_never_given(sandbox: Sandbox) -> None:
    """A digit painted over: the reader sees another number, the checksum does not."""
    person = sandbox.person("teacher", 2)
    with Image.open(io.BytesIO(sandbox.id_card(person["id_number"]))) as card:
        picture = card.convert("RGB")
    # the number's row: its second half is moved by one digit's width, so one digit is lost
    left, top, right, bottom = 700, 635, 1000, 715
    picture.paste(picture.crop((left + 29, top, right, bottom)), (left, top))
    read = read_front(_jpeg(picture))
    assert read.id_number == ""
    assert "number_unsure" in read.problems
