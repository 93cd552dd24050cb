"""What tables give, by stage, and how an output cell is read."""

import re
from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any

from risk.domain.cells import CELL_MAX, InvalidCell, fold

OUTCOMES = ("pass", "refer", "decline")
#: Who may approve alone, from the lowest up.
ROLES = ("officer", "manager", "head_office")
STAGES: Mapping[str, tuple[str, ...]] = {
    "admission": ("outcome", "reason"),
    "review": ("reason",),
    "limit": ("limit_percent", "limit_cap"),
    "price": ("spread_bp",),
    "authority": ("role",),
}
#: What is known only after the facts, by stage that may read it, and its type.
_SCORED = {"grade": "text", "score": "count", "requested_amount": "money"}
_LIMITED = {**_SCORED, "limit_amount": "money"}
DECIDED: Mapping[str, Mapping[str, str]] = {
    "admission": {}, "limit": _SCORED, "price": _LIMITED, "review": _LIMITED,
    "authority": _LIMITED,
}  # fmt: skip
#: An empty cell of these would leave a row that says nothing.
_MUST_SPEAK = frozenset({"outcome", "role"})
_PERCENT = re.compile(r"(\d{1,4})%?", re.ASCII)
_AMOUNT = re.compile(r"\d{1,12}(\.\d{1,2})?", re.ASCII)
_POINTS = re.compile(r"[+-]?\d{1,4}", re.ASCII)
_PERCENT_MAX, _POINTS_MAX = 1000, 5000


def read_output(name: str, text: Any, reasons: Collection[str]) -> Any:
    """The typed output; ``None`` for an empty cell or ``-``. Raises ``InvalidCell``.

    ``limit_percent`` and ``spread_bp`` are ints, ``limit_cap`` Decimal yuan, the rest words.
    """
    if not isinstance(text, str) or len(text) > CELL_MAX:
        raise InvalidCell("not_text", "a cell is text")
    plain = fold(text)
    if plain in {"", "-"}:
        if name in _MUST_SPEAK:
            raise InvalidCell("empty_output", "this must say something")
        return None
    return _READERS[name](plain) if name != "reason" else _reason(plain, reasons)


def _reason(text: str, reasons: Collection[str]) -> str:
    if text not in reasons:
        raise InvalidCell("unknown_reason", f"there is no sentence for {text:.60}")
    return text


def _outcome(text: str) -> str:
    return _one_of(text, OUTCOMES, "outcome")


def _role(text: str) -> str:
    return _one_of(text, ROLES, "role")


def _one_of(text: str, words: tuple[str, ...], name: str) -> str:
    if text not in words:
        raise InvalidCell(f"not_a_{name}", f"{text!r:.60} is none of {', '.join(words)}")
    return text


def _percent(text: str) -> int:
    match = _PERCENT.fullmatch(text)
    if match is None or int(match[1]) > _PERCENT_MAX:
        raise InvalidCell("not_a_percentage", f"a whole percentage up to {_PERCENT_MAX}")
    return int(match[1])


def _amount(text: str) -> Decimal:
    if not _AMOUNT.fullmatch(text):
        raise InvalidCell("not_a_money", "an amount in yuan with at most two decimals")
    return Decimal(text).quantize(Decimal("0.01"))


def _points(text: str) -> int:
    if not _POINTS.fullmatch(text) or abs(int(text)) > _POINTS_MAX:
        raise InvalidCell("not_basis_points", f"whole basis points up to {_POINTS_MAX} either way")
    return int(text)


_READERS = {
    "outcome": _outcome, "role": _role, "limit_percent": _percent, "limit_cap": _amount,
    "spread_bp": _points,
}  # fmt: skip
