"""Cells that a spreadsheet program will not take for formulas. Pure."""

from typing import Any

_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "\x00", "＝", "＋", "－", "＠")


def safe_cell(value: Any) -> Any:
    """Numbers stay numbers (four decimals), None is empty, dangerous text gets a quote in front."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, int):
        return value
    if isinstance(value, float):
        return round(value, 4)
    text = str(value)
    return f"'{text}" if text.startswith(_DANGEROUS) else text
