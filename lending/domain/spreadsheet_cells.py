"""Cells that a spreadsheet program will not take for formulas. Pure."""

from datetime import date
from decimal import Decimal
from typing import Any

_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "\x00", "＝", "＋", "－", "＠")


def harmless(value: Any) -> Any:
    """Amounts and whole numbers stay numbers, days become 2026-11-24, None is empty; text that begins
    like a formula gets a quote in front."""
    if value is None:
        return ""
    if isinstance(value, (Decimal, int)) and not isinstance(value, bool):
        return value
    if isinstance(value, date):
        return value.isoformat()[:10]
    text = str(value)
    return f"'{text}" if text.startswith(_DANGEROUS) else text
