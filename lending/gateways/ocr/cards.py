"""Both sides of a resident identity card, from a photograph to fields. A person always confirms them."""

import re
from dataclasses import dataclass
from datetime import date

from lending.domain.contact_numbers import birth_date, normalised_id_number, normalised_name
from lending.gateways.ocr import engine
from lending.gateways.ocr.engine import Word

_ID_NUMBER = re.compile(r"\d{17}[\dXx]", re.ASCII)
_ADDRESS_WORDS = re.compile(r"[省市县区镇乡村路号组]")
_VALIDITY = re.compile(r"(\d{4})[.\-/年](\d{1,2})[.\-/月](\d{1,2})日?\s*[-—~至一]+\s*(长期|(\d{4})[.\-/年](\d{1,2})[.\-/月](\d{1,2}))")
_LABELS = ("姓名", "性别", "民族", "出生", "住址", "公民身份号码", "公民身份证号码")
_BACK_WORDS = ("签发机关", "有效期限", "居民身份证", "中华人民共和国")


@dataclass(frozen=True)
class CardFront:
    """Empty texts where nothing was read. ``problems``: blurred, not_a_card, wrong_side, number_unsure."""

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
    """``valid_until`` None with ``long_term`` True for cards without an end."""

    valid_from: date | None = None
    valid_until: date | None = None
    long_term: bool = False
    authority: str = ""
    problems: tuple[str, ...] = ()


def read_front(picture: bytes) -> CardFront:
    """The side with the portrait. Reads an upside-down card by turning it; never raises for a bad photo."""
    pixels = engine.decode(picture)
    if pixels is None:
        return CardFront(problems=("not_a_card",))
    blurred = engine.sharpness(pixels) < engine.SHARPNESS_MIN
    best = _parse_front(engine.words(pixels))
    if not best.id_number or not best.name:
        turned = _parse_front(engine.words(engine.upside_down(pixels)))
        best = max(best, turned, key=_fields_read)
    problems = list(best.problems)
    if not best.id_number and not best.name:
        problems = ["blurred" if blurred else (problems[0] if problems else "not_a_card")]
    elif not best.id_number:
        problems.append("blurred" if blurred else "number_unsure")
    return _with_problems(best, tuple(problems))


def read_back(picture: bytes) -> CardBack:
    """The side with the national emblem: who issued it and until when it is valid."""
    pixels = engine.decode(picture)
    if pixels is None:
        return CardBack(problems=("not_a_card",))
    best = _parse_back(engine.words(pixels))
    if best.valid_from is None:
        turned = _parse_back(engine.words(engine.upside_down(pixels)))
        best = turned if turned.valid_from is not None else best
    if best.valid_from is None and engine.sharpness(pixels) < engine.SHARPNESS_MIN:
        return CardBack(problems=("blurred",))
    return best


def _fields_read(card: CardFront) -> int:
    return 2 * bool(card.id_number) + bool(card.name) + bool(card.address)


def _with_problems(card: CardFront, problems: tuple[str, ...]) -> CardFront:
    return CardFront(
        name=card.name, id_number=card.id_number, address=card.address, sex=card.sex, nation=card.nation,
        birth=card.birth, quality=card.quality, problems=problems,
    )


def _parse_front(words: list[Word]) -> CardFront:
    texts = [word.text.replace(" ", "") for word in words]
    whole = "".join(texts)
    if sum(text in whole for text in _BACK_WORDS) >= 2:
        return CardFront(problems=("wrong_side",))
    number = _id_number(texts)
    name = _name(texts)
    if not number and not name:
        return CardFront(problems=("not_a_card",))
    sex = "女" if re.search(r"性别女", whole) else "男" if re.search(r"性别男", whole) else ""
    nation = re.search(r"民族([\u4e00-\u9fff]{1,4}?)(?:出生|\d|$)", whole)
    confidence = sum(word.confidence for word in words) / len(words)
    return CardFront(
        name=name, id_number=number, address=_address(words), sex=sex,
        nation=nation.group(1) if nation else "", birth=birth_date(number) if number else None,
        quality=round(confidence * 100),
    )


def _id_number(texts: list[str]) -> str:
    """The first 18-character run whose checksum is right; a wrong digit is never guessed."""
    for text in [*texts, "".join(texts)]:
        for run in _ID_NUMBER.findall(text.replace("O", "0").replace("o", "0").replace("l", "1")):
            number = normalised_id_number(run)
            if number:
                return number
    return ""


def _name(texts: list[str]) -> str:
    for position, text in enumerate(texts):
        if "姓名" in text:
            rest = text.split("姓名", 1)[1]
            following = texts[position + 1] if position + 1 < len(texts) else ""
            for candidate in (rest, following):
                if not any(label in candidate for label in _LABELS) and normalised_name(candidate):
                    return candidate
    return ""


def _address(words: list[Word]) -> str:
    """Lines between the label 住址 and the ID number, joined."""
    start = next((w for w in words if "住址" in w.text), None)
    end = next((w for w in words if "公民身份" in w.text or _ID_NUMBER.search(w.text)), None)
    if start is None:
        return ""
    lines = [
        word.text.replace("住址", "").replace(" ", "")
        for word in words
        if word.y > start.y - start.height * 0.8 and (end is None or word.y < end.y - end.height * 0.5)
        and (word is start or _ADDRESS_WORDS.search(word.text) or word.y > start.y + start.height * 0.6)
        and not any(label in word.text for label in _LABELS if label != "住址")
        and "样本" not in word.text and "SPECIMEN" not in word.text
    ]
    return "".join(lines)[:200]


def _parse_back(words: list[Word]) -> CardBack:
    texts = [word.text.replace(" ", "") for word in words]
    whole = "".join(texts)
    if _id_number(texts) or "姓名" in whole:
        return CardBack(problems=("wrong_side",))
    found = _VALIDITY.search(whole)
    if found is None:
        return CardBack(problems=("not_a_card",) if "身份证" not in whole else ("number_unsure",))
    authority = re.search(r"签发机关(.+?(?:公安局|分局|公安分局)(?:[\u4e00-\u9fff]{0,6}分局)?)", whole)
    long_term = found.group(4) == "长期"
    return CardBack(
        valid_from=_day(found.group(1, 2, 3)),
        valid_until=None if long_term else _day(found.group(5, 6, 7)),
        long_term=long_term,
        authority=authority.group(1) if authority else "",
    )


def _day(parts: tuple[str, ...]) -> date | None:
    try:
        return date(*map(int, parts))
    except ValueError:
        return None
