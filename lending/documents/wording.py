"""How papers write amounts, rates, dates and unsafe text, in Chinese and English. Pure."""

import unicodedata
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

LANGUAGES = ("zh", "en")
_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟")
_GROUPS = ("", "万", "亿", "万亿")
_UNPRINTABLE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def money(amount: Decimal) -> str:
    """``12000`` → ``12,000.00``."""
    return f"{amount:,.2f}"


def percent(rate: Decimal, *, least: int = 2, most: int = 4) -> str:
    """``0.0885`` → ``8.85%``; half up to ``most`` decimals, zeros dropped down to ``least``."""
    shown = (rate * 100).quantize(Decimal(1).scaleb(-most), ROUND_HALF_UP)
    whole, _, decimals = f"{shown:f}".partition(".")
    decimals = decimals.rstrip("0").ljust(least, "0")
    return f"{whole}.{decimals}%" if decimals else f"{whole}%"


def annual_cost(rate: Decimal) -> str:
    """A true annual rate as it is shown everywhere: always two decimals."""
    return percent(rate, most=2)


def day(value: date, language: str) -> str:
    if language == "zh":
        return f"{value.year}年{value.month}月{value.day}日"
    return value.isoformat()


def clean(text: object, longest: int = 120) -> str:
    """One printable line: no controls, no invisible or direction-changing marks, not too long."""
    written = "".join(c for c in str(text) if unicodedata.category(c) not in _UNPRINTABLE)
    return " ".join(written.split())[:longest]


def capitals(amount: Decimal) -> str:
    """An amount in the Chinese characters that cannot be altered: 12000.5 → 壹万贰仟元伍角整."""
    cents = int((amount * 100).to_integral_value(ROUND_HALF_UP))
    yuan, jiao, fen = cents // 100, cents // 10 % 10, cents % 10
    text = _integer(yuan) + "元" if yuan else ""
    if jiao:
        text += _DIGITS[jiao] + "角"
    elif fen and yuan:
        text += "零"
    if fen:
        return text + _DIGITS[fen] + "分"
    return (text or "零元") + "整"


def _integer(number: int) -> str:
    """Groups of four digits; any run of zeros between two digits is read as one 零."""
    text, gap = "", False
    for position in reversed(range(len(_GROUPS))):
        group = number // 10_000**position % 10_000
        if not group:
            gap = bool(text)
            continue
        if text and (gap or group < 1_000):
            text += "零"
        text += _group(group) + _GROUPS[position]
        gap = False
    return text


def _group(group: int) -> str:
    text, gap = "", False
    for place in (3, 2, 1, 0):
        digit = group // 10**place % 10
        if not digit:
            gap = bool(text)
            continue
        text += ("零" if gap else "") + _DIGITS[digit] + _PLACES[place]
        gap = False
    return text
