"""From the sandbox over HTTP through hardening to fields; the reader has its own tests beside."""

import io
from typing import Any

import pytest
from PIL import Image

from lending.gateways.ocr.cards import CardFront, read_front
from lending.gateways.ocr.pictures import harden
from tests.sandbox_client import Sandbox

pytestmark = pytest.mark.timeout(240)  # the first picture loads the models


def _front(sandbox: Sandbox, person: dict[str, Any], **look: Any) -> CardFront:
    return read_front(harden(sandbox.id_card(person["id_number"], **look)))


@pytest.mark.parametrize("look", [{}, {"upside_down": 1, "tilt": 5, "blur": 1}], ids=str)
def test_the_front_is_read_to_the_letter(sandbox: Sandbox, look: dict[str, Any]) -> None:
    person = sandbox.person("rice_farmer", len(look))
    card = _front(sandbox, person, **look)
    assert card.problems == ()
    for field in ("name", "id_number", "address"):
        assert getattr(card, field) == person[field]
    assert card.sex == ("女" if int(person["id_number"][16]) % 2 == 0 else "男")
    assert card.quality >= 80


def test_a_blurred_number_or_name_is_never_wrong_without_a_word(sandbox: Sandbox) -> None:
    for blur in (2, 3, 4):
        person = sandbox.person("pig_farmer", blur)
        card = _front(sandbox, person, blur=blur)
        assert card.id_number in ("", person["id_number"])
        if card.name != person["name"] or not card.id_number:
            assert card.problems, (blur, card)


def test_a_number_with_a_wrong_check_digit_is_never_given(sandbox: Sandbox) -> None:
    person = sandbox.person("teacher", 2)
    with Image.open(io.BytesIO(sandbox.id_card(person["id_number"]))) as card:
        picture = card.convert("RGB")
    # the end of the number's row moves left by one digit's width: one digit is lost, one stays twice
    left, top, right, bottom = 700, 635, 1000, 715
    picture.paste(picture.crop((left + 29, top, right, bottom)), (left, top))
    out = io.BytesIO()
    picture.save(out, "JPEG")
    read = read_front(out.getvalue())
    assert read.id_number == ""
    assert "number_unsure" in read.problems
