"""From recognised lines to fields, without a model: geometry and the words of a card."""

import math
from datetime import date

import pytest

from lending.gateways.ocr import fields, layout
from lending.gateways.ocr.layout import Row, Word

NUMBER = "51081219800731716" + "2"
#: A straight card: text, left edge, middle height, height of the line.
CARD = (
    ("样本SPECIMEN", 652, 37, 34),
    ("姓名", 60, 85, 32),
    ("徐德", 160, 85, 46),
    ("性别女", 60, 170, 40),
    ("民族", 300, 170, 32),
    ("汉", 400, 170, 40),
    ("出生1980年7月31日", 60, 255, 40),
    ("住址", 60, 340, 32),
    ("四川省广元市朝天区苏家村2", 160, 340, 40),
    ("组10号", 160, 394, 40),
    ("公民身份号码", 60, 556, 32),
    (NUMBER, 300, 556, 50),
)
TEXT = (
    "姓名徐德",
    "性别女民族汉",
    "出生1980年7月31日",
    "住址四川省广元市朝天区苏家村2",
    "组10号",
    f"公民身份号码{NUMBER}",
)


def _photo(degrees: float) -> list[Word]:
    """The card's words as a recogniser reports them from a picture turned clockwise."""
    turn = math.radians(degrees)
    words = []
    for text, left, y, height in CARD:
        length = len(text) * height * (0.55 if text.isascii() else 1.0)
        x = left + length / 2
        words.append(
            Word(
                text=text,
                confidence=0.99,
                length=length,
                height=height,
                x=x * math.cos(turn) - y * math.sin(turn),
                y=x * math.sin(turn) + y * math.cos(turn),
                angle=(degrees + 90) % 180 - 90,
            )
        )
    return sorted(words, key=lambda word: word.y)


def _rows(*texts: str) -> list[Row]:
    return [Row((Word(text, 0.99, 0, 60 * n, 400, 40),)) for n, text in enumerate(texts)]


@pytest.mark.parametrize(
    "degrees", [0, 4, -6, 20, -40, 75, 90, 100, 170, 176, 180, 184, 200, 260, 270, 300]
)
def test_rows_are_the_same_however_the_card_lies(degrees: float) -> None:
    upright = layout.upright(_photo(degrees), fields.FRONT_ORDER)
    rows = layout.rows(fields.without_watermarks(upright.words))
    assert tuple(row.text for row in rows) == TEXT
    assert (upright.turn + degrees) % 360 == pytest.approx(0, abs=0.01) or (
        upright.turn + degrees
    ) % 360 == pytest.approx(360, abs=0.01)


def test_nothing_read_is_nothing_placed() -> None:
    assert layout.upright([], fields.FRONT_ORDER).words == []
    assert layout.rows([]) == []


def test_a_part_of_a_character_is_a_fragment() -> None:
    words = [*_photo(0), Word("口", 0.99, 420, 170, 20, 20)]
    assert [word.text for word in words if layout.is_fragment(word, words)] == ["口"]


def test_a_character_cut_by_two_boxes_is_read_once() -> None:
    name = Word("韩强", 0.99, 310, 290, 108, 55)
    unsure, sure = (Word("姓名草", confidence, 223, 288, 117, 46) for confidence in (0.83, 0.99))
    assert layout.rows([unsure, name])[0].text == "姓名韩强"
    assert layout.rows([sure, name])[0].text == "姓名草韩强"
    apart = Word("韩强", 0.99, 345, 290, 108, 55)
    assert layout.rows([unsure, apart])[0].text == "姓名草韩强"


def test_what_follows_a_label() -> None:
    words = {word.text: word for word in _photo(0)}
    assert layout.followed(words["民族"], list(words.values()), reach=2.5)
    assert not layout.followed(words["汉"], list(words.values()), reach=2.5)
    del words["汉"]
    assert not layout.followed(words["民族"], list(words.values()), reach=2.5)


def test_the_fields_of_a_card() -> None:
    rows = _rows(*TEXT)
    assert fields.name(rows) == "徐德"
    assert fields.sex(rows, NUMBER) == "女"
    assert fields.nation(rows) == "汉"
    assert fields.birth(rows) == date(1980, 7, 31)
    assert fields.address(rows) == "四川省广元市朝天区苏家村2组10号"
    assert fields.id_number(rows) == NUMBER


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("姓名阿依古丽·买买提", "阿依古丽·买买提"),
        ("姓名", ""),
        ("姓名王", ""),
        ("姓名样本SPECIMEN", ""),
        ("姓名性别女", ""),
        ("姓名王1国", ""),
        ("姓名<b>王国</b>", ""),
        ("王建国", ""),
    ],
)
def test_a_name_is_never_a_label_a_mark_or_markup(text: str, name: str) -> None:
    assert fields.name(_rows(text)) == name


def test_marks_of_specimens_and_copies_are_no_words_of_the_card() -> None:
    words = [
        Word(text, 0.9, 0, 0, 9, 9) for text in ("样本", "洋本SPECIMEN", "仅供贷款使用", "徐德")
    ]
    assert [word.text for word in fields.without_watermarks(words)] == ["徐德"]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        (NUMBER, NUMBER),
        (f"公民身份号码:{NUMBER}.", NUMBER),
        ("公民身份号码5l08l2l98OO73l7l62", NUMBER),  # letters that look like digits
        (f"1{NUMBER}", NUMBER),  # a stray stroke in front
        ("11010519491231002x", "11010519491231002X"),
        (NUMBER[:-1] + "3", ""),  # wrong check digit: never mended
        (NUMBER[:17], ""),
        ("510812198013317162", ""),
    ],
)
def test_only_a_number_with_its_check_digit_counts(text: str, number: str) -> None:
    assert fields.id_number(_rows("姓名徐德", text)) == number


@pytest.mark.parametrize(
    ("text", "nation"),
    [
        ("性别男民族回", "回"),
        ("民族维吾尔", "维吾尔"),
        ("民旅羌", "羌"),
        ("民汉", "汉"),
        ("民族口", ""),
        ("民族", ""),
        ("回", ""),
    ],
)
def test_a_nation_is_one_of_the_known(text: str, nation: str) -> None:
    assert fields.nation(_rows(text)) == nation


def test_the_sex_is_known_by_the_number_too() -> None:
    assert fields.sex(_rows("性别"), NUMBER) == "女"
    assert fields.sex(_rows("性别"), "11010519491231003X") == "男"
    assert fields.sex(_rows("性别"), "") == ""


@pytest.mark.parametrize(
    "label",
    ["住址", "住址:", "佳址", "址", "住址上", "1址"],
)
def test_an_address_begins_after_its_label(label: str) -> None:
    rows = _rows("出生1980年7月31日", f"{label}广东省深圳市宝安区新安街道", "创业路7号", NUMBER)
    assert fields.address(rows) == "广东省深圳市宝安区新安街道创业路7号"


def test_an_address_without_its_label_stands_below_the_birth() -> None:
    rows = _rows("1980年7月31日", "上海市徐汇区漕溪路1号", f"公民身份号码{NUMBER}")
    assert fields.address(rows) == "上海市徐汇区漕溪路1号"
    assert fields.address(_rows("1980年7月31日", NUMBER)) == ""
    assert fields.address(_rows("姓名徐德", NUMBER)) == ""


def test_an_address_is_bounded() -> None:
    assert len(fields.address(_rows("住址" + "村" * 900))) == fields.ADDRESS_MAX


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("有效期限2023.11.02-2043.11.02", (date(2023, 11, 2), date(2043, 11, 2), False)),
        ("2023.11.02—2043.11.02", (date(2023, 11, 2), date(2043, 11, 2), False)),
        ("2023年1月2日至2043年1月2日", (date(2023, 1, 2), date(2043, 1, 2), False)),
        ("有效期限2012.05.06-长期", (date(2012, 5, 6), None, True)),
        ("2023.02.30-2043.02.28", (None, None, False)),
        ("2043.11.02-2023.11.02", (None, None, False)),
        ("有效期限2023.11.02", (None, None, False)),
    ],
)
def test_the_validity_of_a_card(text: str, read: tuple[date | None, date | None, bool]) -> None:
    assert fields.validity(_rows("签发机关广元市公安局", text)) == read


def test_who_issued_the_card() -> None:
    assert fields.authority(_rows("签发机关广元市公安局示范分局")) == "广元市公安局示范分局"
    assert fields.authority(_rows("居民身份证")) == ""
