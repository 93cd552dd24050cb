"""From rows of text to the fields of a card. Pure: no picture, no model."""

import re
from collections.abc import Sequence
from datetime import date

from lending.domain.contact_numbers import normalised_id_number, normalised_name
from lending.gateways.ocr.layout import Row, Word

#: What stands on a card from top to bottom, as the recogniser may spell it.
FRONT_ORDER = (("姓名", "姓各"), ("性别", "民族"), ("出生",), ("住址",), ("公民身份", "身份号码"))
BACK_ORDER = (("中华人民共和国",), ("居民身份证",), ("签发机关",), ("有效期限", "效期限"))

_NAME = re.compile(r"姓[名各](.*)")
_CHINESE_NAME = re.compile(r"[\u3400-\u9fff·•]{2,20}")
_SEX = re.compile(r"性别?([男女])")
#: The nationalities an ID card can show (GB/T 3304).
_NATIONS = (
    "汉|蒙古|回|藏|维吾尔|苗|彝|壮|布依|朝鲜|满|侗|瑶|白|土家|哈尼|哈萨克|傣|黎|傈僳|佤|畲|高山|拉祜|水|东乡|纳西|景颇|"
    "柯尔克孜|土|达斡尔|仫佬|羌|布朗|撒拉|毛南|仡佬|锡伯|阿昌|普米|塔吉克|怒|乌孜别克|俄罗斯|鄂温克|德昂|保安|裕固|京|"
    "塔塔尔|独龙|鄂伦春|赫哲|门巴|珞巴|基诺"
)
_NATION = re.compile(f"民[族旅]?({_NATIONS})(?![\u4e00-\u9fff])")
_BIRTH = re.compile(r"(\d{4})[年每](\d{1,2})月(\d{1,2})")
_NUMBER_LABEL = re.compile(r"公民身|身份[证号]|份号码")
_ID_NUMBER = re.compile(r"(?=(\d{17}[\dX]))", re.ASCII)
_LIKE_DIGITS = str.maketrans("OoQDIl|x", "000011" + "1X")
_LABELS = (
    "姓名",
    "性别",
    "民族",
    "出生",
    "住址",
    "公民",
    "身份",
    "号码",
    "签发",
    "有效期",
    "共和国",
)
#: Labels with usually a single character behind them, which a text detector overlooks.
ONE_CHARACTER_LABELS = ("性别", "民族", "民旅")
#: A leftover of the label's last stroke before these is cut off.
_PROVINCES = (
    "北京市|天津市|上海市|重庆市|河北省|山西省|辽宁省|吉林省|黑龙江省|江苏省|浙江省|安徽省|福建省|江西省|山东省|"
    "河南省|湖北省|湖南省|广东省|海南省|四川省|贵州省|云南省|陕西省|甘肃省|青海省|台湾省|内蒙古|广西|西藏|宁夏|新疆"
)
_BEFORE_PROVINCE = re.compile(f"^.{{1,2}}?(?={_PROVINCES})")
#: 住 is often read as its neighbours in a blurred picture; nothing else on a card begins so.
_ADDRESS_LABEL = re.compile(r"^.{0,1}址")
#: Marks of specimens and of copies are never a field.
_WATERMARK = re.compile(r"[样洋]本|SPECIM|复印|仅[限供]", re.IGNORECASE)
_VALIDITY = re.compile(
    r"(\d{4})[.\-/年](\d{1,2})[.\-/月](\d{1,2})日?[-—–~至一]*(长期|(\d{4})[.\-/年](\d{1,2})[.\-/月](\d{1,2}))"
)
_AUTHORITY = re.compile(r"签?发机关(.{2,40})")
ADDRESS_MAX = 200


def without_watermarks(words: Sequence[Word]) -> list[Word]:
    return [word for word in words if not _WATERMARK.search(word.text)]


def labels_of_front(text: str) -> int:
    return sum(any(label in text for label in group) for group in FRONT_ORDER)


def labels_of_back(text: str) -> int:
    return sum(any(label in text for label in group) for group in BACK_ORDER)


def name(rows: Sequence[Row]) -> str:
    """What follows the label in its row."""
    for row in rows:
        found = _NAME.search(row.text)
        if found:
            candidate = found.group(1)
            if _CHINESE_NAME.fullmatch(candidate) and not _is_label(candidate):
                return normalised_name(candidate) or ""
    return ""


def sex(rows: Sequence[Row], id_number: str) -> str:
    """男 or 女 as printed, else as the ID number tells, else empty."""
    for row in rows:
        found = _SEX.search(row.text)
        if found:
            return found.group(1)
    return ("女" if int(id_number[16]) % 2 == 0 else "男") if id_number else ""


def nation(rows: Sequence[Row]) -> str:
    found = next(filter(None, (_NATION.search(row.text) for row in rows)), None)
    return found.group(1) if found else ""


def birth(rows: Sequence[Row]) -> date | None:
    """The date of birth as printed."""
    found = next(filter(None, (_BIRTH.search(row.text) for row in rows)), None)
    return _day(found.groups()) if found else None


def id_number(rows: Sequence[Row]) -> str:
    """The first 18-character run whose checksum is right; a wrong digit is never guessed."""
    for row in reversed(rows):
        text = re.sub(r"[^0-9X]", "", row.text.translate(_LIKE_DIGITS))
        for run in _ID_NUMBER.findall(text):
            number = normalised_id_number(run)
            if number:
                return number
    return ""


def address(rows: Sequence[Row]) -> str:
    """From the label, or the row below the date of birth, down to the row of the ID number, joined."""
    labelled = next((n for n, row in enumerate(rows) if _ADDRESS_LABEL.match(row.text)), None)
    born = next((n for n, row in enumerate(rows) if _BIRTH.search(row.text)), None)
    first = labelled if labelled is not None else born + 1 if born is not None else len(rows)
    if first >= len(rows) or _is_number(rows[first]):
        return ""
    parts = [_ADDRESS_LABEL.sub("", rows[first].text)]
    for row in rows[first + 1 :]:
        if _is_number(row):
            break
        parts.append(row.text)
    whole = "".join(parts).lstrip(":：.·")
    return _BEFORE_PROVINCE.sub("", whole)[:ADDRESS_MAX]


def _is_number(row: Row) -> bool:
    return bool(_NUMBER_LABEL.search(row.text)) or sum(c.isdigit() for c in row.text) >= 15


def authority(rows: Sequence[Row]) -> str:
    """Who issued the card."""
    found = next(filter(None, (_AUTHORITY.search(row.text) for row in rows)), None)
    return found.group(1) if found else ""


def validity(rows: Sequence[Row]) -> tuple[date | None, date | None, bool]:
    """First day, last day, and whether the card has no end; (None, None, False) when it cannot be read."""
    for row in rows:
        found = _VALIDITY.search(row.text)
        start = _day(found.group(1, 2, 3)) if found else None
        if found is None or start is None:
            continue
        if found.group(4) == "长期":
            return start, None, True
        end = _day(found.group(5, 6, 7))
        if end is not None and end > start:
            return start, end, False
    return None, None, False


def _is_label(text: str) -> bool:
    return any(label in text for label in _LABELS)


def _day(parts: Sequence[str]) -> date | None:
    try:
        return date(*map(int, parts))
    except ValueError:
        return None
