"""Specimen ID cards: drawn, clearly marked as specimens, readable by the platform's card reader.

Pillow is imported on first use: most runs of the sandbox never draw a card.
"""

import io
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from sandbox.county import AS_OF, Person

_FONT = Path(__file__).resolve().parents[1] / "static" / "fonts" / "NotoSansSC-Regular.ttf"
_WIDTH, _HEIGHT = 1_012, 638
_LABEL, _INK, _PALE = (70, 110, 140), (25, 25, 30), (233, 240, 244)
_TABLE = (96, 84, 72)
_MARGIN = 120
_NATIONS = ("汉", "汉", "汉", "汉", "回", "藏", "羌")
_BLUR_PX = 2  # Gaussian radius per step of ``blur``


@dataclass(frozen=True)
class Look:
    """How the photo was taken: ``tilt`` in degrees, ``blur`` 1 readable … 6 not; ``expired`` is
    about the card itself: its validity ended last year.
    """

    tilt: float = 0.0
    blur: float = 0.0
    glare: bool = False
    upside_down: bool = False
    expired: bool = False


@lru_cache(maxsize=8)
def _font(size: int) -> Any:
    from PIL import ImageFont

    return ImageFont.truetype(str(_FONT), size)


def draw(person: Person, side: str, look: Look) -> bytes:
    """A JPEG of one side of the person's specimen card on a table top."""
    from PIL import Image, ImageDraw, ImageFilter

    card = _front(person) if side == "front" else _back(person, expired=look.expired)
    # white stays outside the card: its corners are round
    mask = Image.new("L", card.size, 0)
    ImageDraw.Draw(mask).rounded_rectangle([0, 0, _WIDTH - 1, _HEIGHT - 1], radius=36, fill=255)
    if look.tilt:
        smooth = Image.Resampling.BICUBIC
        card = card.rotate(look.tilt, expand=True, resample=smooth)
        mask = mask.rotate(look.tilt, expand=True)
    size = (max(_WIDTH, card.width) + 2 * _MARGIN, max(_HEIGHT, card.height) + 2 * _MARGIN)
    table = Image.new("RGB", size, _TABLE)
    table.paste(card, ((size[0] - card.width) // 2, (size[1] - card.height) // 2), mask)
    if look.glare:
        _glare(table)
    if look.upside_down:
        table = table.rotate(180)
    if look.blur:
        table = table.filter(ImageFilter.GaussianBlur(look.blur * _BLUR_PX))
    out = io.BytesIO()
    table.save(out, "JPEG", quality=88)
    return out.getvalue()


def _blank() -> tuple[Any, Any]:
    from PIL import Image, ImageDraw

    card = Image.new("RGB", (_WIDTH, _HEIGHT), _PALE)
    pen = ImageDraw.Draw(card)
    for y in range(0, _HEIGHT, 14):
        pen.line([(0, y), (_WIDTH, y + 40)], fill=(222, 232, 238), width=2)
    edge = [3, 3, _WIDTH - 4, _HEIGHT - 4]
    pen.rounded_rectangle(edge, radius=36, outline=(150, 170, 180), width=4)
    return card, pen


def _specimen(pen: Any, y: int) -> None:
    pen.text((_WIDTH - 360, y), "样本 SPECIMEN", font=_font(34), fill=(190, 60, 50))


def _front(person: Person) -> Any:
    card, pen = _blank()
    nation = _NATIONS[person.number % len(_NATIONS)]
    born = person.born
    _field(pen, 60, 62, "姓名", person.name, 46)
    _field(pen, 60, 150, "性别", "女" if person.is_woman else "男", 40)
    _field(pen, 300, 150, "民族", nation, 40)
    pen.text((60, 236), "出生", font=_font(32), fill=_LABEL)
    pen.text((160, 230), f"{born.year} 年 {born.month} 月 {born.day} 日", font=_font(40), fill=_INK)
    pen.text((60, 322), "住址", font=_font(32), fill=_LABEL)
    for row in range(0, len(person.address), 13):
        line = person.address[row : row + 13]
        pen.text((160, 316 + row // 13 * 54), line, font=_font(40), fill=_INK)
    pen.text((60, 540), "公民身份号码", font=_font(32), fill=_LABEL)
    pen.text((300, 528), person.id_number, font=_font(50), fill=_INK)
    _portrait(pen)
    _specimen(pen, 20)
    return card


def _field(pen: Any, x: int, y: int, label: str, value: str, size: int) -> None:
    pen.text((x, y + 6), label, font=_font(32), fill=_LABEL)
    pen.text((x + 100, y), value, font=_font(size), fill=_INK)


def _portrait(pen: Any) -> None:
    pen.rectangle([700, 90, 950, 400], fill=(214, 222, 228))
    pen.ellipse([765, 130, 885, 270], fill=(176, 164, 152))
    pen.pieslice([725, 270, 925, 520], 180, 360, fill=(90, 104, 120))


def _back(person: Person, *, expired: bool) -> Any:
    card, pen = _blank()
    pen.ellipse([70, 60, 210, 200], outline=(180, 50, 45), width=8)
    pen.text((260, 70), "中华人民共和国", font=_font(54), fill=_INK)
    pen.text((260, 150), "居 民 身 份 证", font=_font(60), fill=_INK)
    issued, until = _validity(person, expired=expired)
    pen.text((120, 430), "签发机关", font=_font(32), fill=_LABEL)
    pen.text((280, 424), "广元市公安局示范分局", font=_font(40), fill=_INK)
    pen.text((120, 520), "有效期限", font=_font(32), fill=_LABEL)
    validity = f"{_dotted(issued)}-{_dotted(until) if until else '长期'}"
    pen.text((280, 514), validity, font=_font(40), fill=_INK)
    _specimen(pen, 20)
    return card


def _validity(person: Person, *, expired: bool) -> tuple[date, date | None]:
    """As the law has it by age at issue: 5, 10 or 20 years, from 46 on without end (None)."""
    if expired:
        ended = AS_OF - timedelta(days=200 + person.number)
        return _same_day(ended, -10), ended
    issued = AS_OF - timedelta(days=365 * 3 + person.number % 365)
    age = (issued - person.born).days // 365
    if age >= 46:
        return issued, None
    return issued, _same_day(issued, 5 if age < 16 else 10 if age < 26 else 20)


def _same_day(day: date, years: int) -> date:
    return day.replace(year=day.year + years, day=min(day.day, 28))


def _dotted(day: date) -> str:
    return f"{day:%Y.%m.%d}"


def _glare(picture: Any) -> None:
    from PIL import Image, ImageDraw, ImageFilter

    light = Image.new("L", picture.size, 0)
    ImageDraw.Draw(light).ellipse([380, 240, 820, 560], fill=235)
    light = light.filter(ImageFilter.GaussianBlur(50))
    picture.paste((255, 255, 255), (0, 0), light)
