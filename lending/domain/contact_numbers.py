"""Mobile numbers, card numbers, ID numbers and names as people write them → one form, or None. Pure."""

import re
from datetime import date

from stdnum import luhn
from stdnum.cn import ric
from stdnum.exceptions import ValidationError

_BIRTH_YEAR_MIN = 1900
_SPACES = re.compile(r"[\s\-]")
_MOBILE = re.compile(r"1[3-9]\d{9}", re.ASCII)
_CARD = re.compile(r"\d{16,19}", re.ASCII)
_ID_NUMBER = re.compile(r"\d{17}[\dX]", re.ASCII)
#: Chinese names (with the dot of minority names) or Latin letters; no digits, no markup.
_NAME = re.compile(r"[\u3400-\u9fff\U00020000-\U0003134f·•.A-Za-z ]{2,40}")


def _compact(text: object) -> str:
    return _SPACES.sub("", str(text))


def normalised_mobile(text: object) -> str | None:
    """``+86 138-1234 5678`` → ``13812345678``; None when it is not a mainland mobile."""
    digits = _compact(text)
    for prefix in ("+86", "0086"):
        digits = digits.removeprefix(prefix)
    return digits if _MOBILE.fullmatch(digits) else None


def normalised_card(text: object) -> str | None:
    """16–19 digits with a right Luhn digit, spaces dropped; else None."""
    digits = _compact(text)
    return digits if _CARD.fullmatch(digits) and luhn.is_valid(digits) else None


def normalised_id_number(text: object) -> str | None:
    """An 18-character resident identity number with a right checksum and birth date; else None."""
    number = _compact(text).upper()
    if not _ID_NUMBER.fullmatch(number):
        return None
    try:
        born: date = ric.get_birth_date(number)
    except (ValidationError, ValueError):
        return None
    # not ric.validate: it wants the county to exist in the year of birth, but numbers were first issued in
    # 1984 with the counties of that day, so it refuses most people born earlier
    right = number[-1] == ric.calc_check_digit(number) and born.year >= _BIRTH_YEAR_MIN
    return number if right else None


def normalised_name(text: object) -> str | None:
    """A person's name, 2–40 letters; else None."""
    name = str(text).strip().replace("•", "·")
    return name if _NAME.fullmatch(name) else None


def birth_date(id_number: str) -> date:
    """The date of birth written in a valid ID number."""
    born: date = ric.get_birth_date(id_number)
    return born


def age_on(id_number: str, day: date) -> int:
    """Completed years of age on ``day``."""
    born = birth_date(id_number)
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))
