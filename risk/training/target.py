"""Which of the target's two values is the event ("bad")."""

import unicodedata
from collections import Counter
from collections.abc import Sequence

from risk.training.csv_cells import UnusableTable
from risk.training.numbers import read_number

_BAD_WORDS = frozenset(
    {
        "bad", "yes", "y", "true", "t", "default", "defaulted", "overdue", "delinquent",
        "charged_off", "chargeoff", "lost", "loss",
        "坏", "坏客户", "是", "违约", "逾期", "不良", "坏账",
    }
)  # fmt: skip
_GOOD_WORDS = frozenset(
    {
        "good", "no", "n", "false", "f", "paid", "repaid", "fully_paid", "current", "performing",
        "non-default", "nondefault",
        "好", "好客户", "否", "正常", "未违约", "未逾期", "履约", "结清",
    }
)  # fmt: skip


def meaning(cell: str) -> str:
    """One spelling of a target's value: width, case and ``1`` / ``1.0`` do not matter."""
    text = unicodedata.normalize("NFKC", cell).strip().casefold()
    number = read_number(text)
    return f"{number:g}" if number is not None else text


def find_event(meanings: Sequence[str], asked: str = "") -> tuple[str, str]:
    """(event, other): what was asked for; else the greater number, the word that means bad, or
    the rarer value. Raises ``UnusableTable``.
    """
    counts = Counter(meanings)
    if len(counts) != 2:
        raise UnusableTable(f"the target has {len(counts)} different values, not 2")
    first, second = sorted(counts)
    if asked:
        bad = meaning(asked)
        if bad not in counts:
            raise UnusableTable(f"the target has no value {asked!r:.60}")
    else:
        bad = _likely(first, second, counts)
    return bad, second if bad == first else first


def _likely(first: str, second: str, counts: Counter[str]) -> str:
    low, high = read_number(first), read_number(second)
    if low is not None and high is not None:
        return second if high > low else first
    for value, other in ((first, second), (second, first)):
        means_bad, other_bad = _plain(value) in _BAD_WORDS, _plain(other) in _BAD_WORDS
        if (means_bad and not other_bad) or (
            _plain(other) in _GOOD_WORDS and _plain(value) not in _GOOD_WORDS
        ):
            return value
    return min(counts, key=lambda value: (counts[value], value))


def _plain(value: str) -> str:
    return value.replace(" ", "_")
