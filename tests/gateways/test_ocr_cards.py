"""Specimen cards through the real models: what is read, and what the person is told when it is not."""

import io
import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw

from deploy.place import PROJECT
from lending.gateways.ocr import cards, engine, pictures
from sandbox import id_card
from sandbox.county import AS_OF, County, Person
from sandbox.id_card import Look

#: People per look; ``OCR_PEOPLE=60`` measures instead of checking (four minutes).
PEOPLE = int(os.environ.get("OCR_PEOPLE", "2"))
LOOKS = (Look(), Look(tilt=4), Look(tilt=-6, blur=1), Look(upside_down=True))
COUNTY = County("guangyuan")


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """One entry per run of the recogniser."""
    seen: list[int] = []
    read: Callable[[Any], Any] = engine.words

    def counted(pixels: Any) -> Any:
        seen.append(1)
        return read(pixels)

    monkeypatch.setattr(engine, "words", counted)
    return seen


def _person(number: int) -> Person:
    personas = list(COUNTY.people.values())
    return personas[number % len(personas)][number * 7 % 400]


def _taken(person: Person, side: str = "front", **look: Any) -> bytes:
    return pictures.harden(id_card.draw(person, side, Look(**look)))


def _upload(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=90)
    return pictures.harden(out.getvalue())


def _right(person: Person) -> dict[str, str]:
    nations = id_card._NATIONS
    return {
        "name": person.name,
        "id_number": person.id_number,
        "address": person.address,
        "sex": "女" if person.is_woman else "男",
        "nation": nations[person.number % len(nations)],
    }


def test_nearly_every_field_is_read_however_the_card_lies(runs: list[int]) -> None:
    wrong, fields = [], 0
    for place, look in enumerate(LOOKS):
        for number in range(PEOPLE):
            person = _person(number * len(LOOKS) + place)
            before = len(runs)
            read = cards.read_front(pictures.harden(id_card.draw(person, "front", look)))
            assert len(runs) - before <= 2
            for field, value in _right(person).items():
                fields += 1
                if getattr(read, field) != value:
                    wrong.append((look, field, getattr(read, field), value))
            assert read.name != "样本"
    assert len(wrong) <= fields * 0.03, wrong


def test_a_card_held_sideways_is_read(runs: list[int]) -> None:
    person = _person(3)
    card = Image.open(io.BytesIO(_taken(person, tilt=3)))
    read = cards.read_front(_upload(card.rotate(90, expand=True)))
    assert (read.name, read.id_number) == (person.name, person.id_number)
    assert (read.birth, read.problems) == (person.born, ())
    assert len(runs) <= 2


def test_the_back_is_read_upside_down_too() -> None:
    card = _taken(_person(0), "back", tilt=3, upside_down=True)
    read = cards.read_back(card)
    assert read.authority == "广元市公安局示范分局"
    assert read.valid_from is not None
    assert read.valid_until is not None
    assert read.valid_until.year - read.valid_from.year == 20
    assert read.problems == ()


def test_an_expired_card_says_so_itself() -> None:
    read = cards.read_back(_taken(_person(0), "back", expired=True))
    assert read.valid_until is not None
    assert read.valid_until < AS_OF


@pytest.mark.parametrize(("read", "side"), [(cards.read_front, "front"), (cards.read_back, "back")])
def test_a_blurred_card_is_called_blurred(
    read: Callable[[bytes], Any], side: str, runs: list[int]
) -> None:
    card = read(_taken(_person(1), side, blur=6))
    assert card.problems == ("blurred",)
    assert len(runs) == 1


def test_the_wrong_side_is_called_so(runs: list[int]) -> None:
    person = _person(2)
    back_for_front = cards.read_front(_taken(person, "back", upside_down=True))
    front_for_back = cards.read_back(_taken(person, "front"))
    assert (back_for_front.problems, back_for_front.name) == (("wrong_side",), "")
    assert (front_for_back.problems, front_for_back.valid_until) == (("wrong_side",), None)
    assert len(runs) == 2


def test_half_a_card_says_what_is_missing() -> None:
    person = _person(4)
    card = Image.open(io.BytesIO(_taken(person)))
    upper = cards.read_front(_upload(card.crop((0, 0, card.width, 600))))
    assert (upper.name, upper.id_number) == (person.name, "")
    assert upper.problems == ("number_unsure",)
    lower = cards.read_front(_upload(card.crop((0, 420, card.width, card.height))))
    assert (lower.name, lower.id_number) == ("", person.id_number)
    assert lower.problems == ("incomplete",)


def _landscape() -> Image.Image:
    chance = np.random.default_rng(1)
    sky = np.zeros((600, 900, 3), np.uint8)
    sky[..., 2] = np.linspace(220, 120, 600)[:, None]
    picture = Image.fromarray(sky)
    pen = ImageDraw.Draw(picture)
    for x in chance.integers(0, 900, 60).tolist():
        pen.polygon([(x - 30, 600), (x, 600 - x % 170), (x + 30, 600)], fill=(20, 60 + x % 80, 30))
    return picture


@pytest.mark.parametrize("read", [cards.read_front, cards.read_back])
def test_what_is_no_card_is_called_so(read: Callable[[bytes], Any], runs: list[int]) -> None:
    noise = np.random.default_rng(2).integers(0, 255, (500, 700, 3), dtype=np.uint8)
    for picture in (_landscape(), Image.fromarray(noise), Image.new("RGB", (600, 400), "white")):
        before = len(runs)
        assert read(_upload(picture)).problems == ("not_a_card",)
        assert len(runs) - before <= 2


@pytest.mark.parametrize("content", [b"", b"no picture", b"\xff\xd8\xff\xe0" + b"\x00" * 500])
def test_bytes_that_are_no_picture_do_not_raise(content: bytes) -> None:
    assert cards.read_front(content).problems == ("not_a_card",)
    assert cards.read_back(content).problems == ("not_a_card",)


def test_importing_the_reader_loads_no_model() -> None:
    """A web process imports it for its types and must stay small."""
    code = (
        "import sys, lending.gateways.ocr.cards; "
        "print([m for m in ('cv2', 'numpy', 'onnxruntime') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
