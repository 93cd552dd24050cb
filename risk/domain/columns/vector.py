"""One decision's inputs as a row of whole numbers, and many such rows as columns.

A row is ``HEAD`` numbers, then one int64 a feature (see ``columns.features``), then one byte a feature
that says what is known of it, filled up to whole numbers; little-endian throughout. It holds what
any strategy may ask, so it is made once and read under every version. What a row cannot hold
exactly (an LPR with ten decimals) is marked ``is_odd``: such a person is decided one by one.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from products.domain.terms import LoanTerms
from risk.domain.canonical import sha256_of
from risk.domain.case import LIST_KINDS, best_tier
from risk.domain.columns.features import ENCODERS, encode
from risk.domain.columns.whole import UNKNOWN
from risk.domain.features import FEATURES
from risk.domain.profile import read_one
from risk.domain.stages import wished

#: What is known of a feature. ``ABSENT``: nobody was asked, so a strategy's default stands in;
#: ``UNNAMED``: the inputs are older than the feature.
KNOWN, UNAVAILABLE, MISSING, INVALID, ABSENT, UNNAMED = range(6)
_KINDS = {"": KNOWN, "unavailable": UNAVAILABLE, "missing": MISSING, "invalid": INVALID}
_ANSWERED = ("no_record", "mismatch", "answered")
#: Names of the numbers before the features; ``core_…`` is what the scalar core said.
HEAD = (
    "is_odd", "business_date", "lpr", "cap", "requested", "lists", "tier", "core_outcome", "core_limit",
)  # fmt: skip
#: Bits of ``lists``.
LISTS_KNOWN, ON_BLACK, ON_GREY, ON_EXCLUDED, ON_WHITE_OF_TERMS = 1, 2, 4, 8, 16
LPR_UNIT = Decimal("0.000000001")
_LPR_MAX, _CAP_MAX = 10**9, 10**15


@dataclass(frozen=True, slots=True)
class Layout:
    """Which feature stands where: names with their types and meanings, in the order of a row."""

    columns: tuple[tuple[str, str], ...]

    @property
    def width(self) -> int:
        """Whole numbers a row."""
        return len(HEAD) + len(self.columns) + -(-len(self.columns) // 8)

    @property
    def sha256(self) -> str:
        return sha256_of(self.as_json())

    def as_json(self) -> list[list[str]]:
        return [list(HEAD), *(list(column) for column in self.columns)]

    @classmethod
    def from_json(cls, written: Sequence[Sequence[str]]) -> "Layout | None":
        """``None`` for rows another release wrote in a way this one cannot read."""
        if not written or tuple(written[0]) != HEAD:
            return None
        columns = tuple((str(name), str(meaning)) for name, meaning in written[1:])
        kept = dict(columns)
        changed = any(kept.get(name, meaning) != meaning for name, meaning in here().columns)
        return None if changed else cls(columns)


@lru_cache(maxsize=1)
def here() -> Layout:
    """The layout this release writes."""
    return Layout(tuple((name, _meaning(name)) for name in FEATURES))


def _meaning(name: str) -> str:
    """Changes whenever the same answer would be read as another value."""
    feature = FEATURES[name]
    return f"{feature.type} {sha256_of([feature.when_no_record, list(feature.allowed)])[:16]}"


def encode_row(
    inputs: Mapping[str, Any], *, core_outcome: int = 0, core_limit: Decimal = Decimal(0)
) -> bytes:
    """The row of one decision in the layout of ``here``; raises what ``Case`` would raise."""
    head, odd = _head(inputs)
    values, kinds = [], bytearray(-(-len(FEATURES) // 8) * 8)
    for at, (name, feature) in enumerate(FEATURES.items()):
        fact = inputs["facts"].get(name)
        typed, problem = read_one(feature, fact, {})
        kinds[at] = _KINDS[problem]
        if problem == "missing":
            state = fact.get("state") if isinstance(fact, Mapping) else "missing"
            kinds[at] = MISSING if state in _ANSWERED else ABSENT
            kinds[at] = kinds[at] if name in inputs["facts"] else UNNAMED
        is_held = not problem and feature.type in ENCODERS
        values.append(encode(typed, feature.type) if is_held else UNKNOWN)
    numbers = [int(odd), *head, core_outcome, int(core_limit * 100), *values]
    return np.array(numbers, dtype="<i8").tobytes() + bytes(kinds)


def _head(inputs: Mapping[str, Any]) -> tuple[list[int], bool]:
    """The numbers from the business date to the tier, and whether one of them is not exact."""
    terms = terms_from(inputs["terms"])
    lpr, lpr_odd = _exact(inputs.get("lpr"), LPR_UNIT, _LPR_MAX)
    cap, cap_odd = _exact(inputs.get("regulatory_cap"), Decimal("0.01"), _CAP_MAX)
    wish = wished(inputs.get("requested_amount"))
    tier = best_tier(inputs.get("lists") or [], terms)
    head = [
        date.fromisoformat(inputs["business_date"]).toordinal(),
        lpr,
        cap,
        encode(wish, "money"),
        _list_bits(inputs.get("lists"), terms),
        sorted(terms.tiers).index(tier) if tier else -1,
    ]
    return head, lpr_odd or lpr == UNKNOWN or cap_odd


def _exact(written: Any, unit: Decimal, largest: int) -> tuple[int, bool]:
    """A number in whole units; UNKNOWN for none, and whether it is not exactly so many units."""
    if written is None:
        return UNKNOWN, False
    try:
        number = Decimal(written) / unit
        is_exact = number.is_finite() and number == int(number) and 0 <= number < largest
    except (ArithmeticError, TypeError, ValueError):
        return UNKNOWN, True
    return (int(number), False) if is_exact else (UNKNOWN, True)


def _list_bits(hits: Any, terms: LoanTerms) -> int:
    if not isinstance(hits, list):
        return 0
    codes = {kind: {row["list"] for row in hits if row["kind"] == kind} for kind in LIST_KINDS}
    every = codes["black"] | codes["grey"] | codes["white"]
    return (
        LISTS_KNOWN
        | (ON_BLACK if codes["black"] else 0)
        | (ON_GREY if codes["grey"] else 0)
        | (ON_EXCLUDED if every & set(terms.excluded_lists) else 0)
        | (ON_WHITE_OF_TERMS if codes["white"] & set(terms.white_lists) else 0)
    )


def terms_from(written: Mapping[str, Any]) -> LoanTerms:
    """``LoanTerms.from_dict``, remembered: thousands of decisions share one product's terms."""
    return _terms(_Written(written))


class _Written:
    """Terms as a key: read once, told apart by their hash."""

    def __init__(self, written: Mapping[str, Any]) -> None:
        self.written, self.sha256 = written, sha256_of(written)

    def __hash__(self) -> int:
        return hash(self.sha256)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Written) and other.sha256 == self.sha256


@lru_cache(maxsize=256)
def _terms(key: _Written) -> LoanTerms:
    return LoanTerms.from_dict(key.written)


def join(rows: Iterable[bytes], layout: Layout) -> NDArray[np.int64]:
    """Rows of one layout as a matrix, a person a row; raises ``ValueError`` for broken rows."""
    return np.frombuffer(b"".join(rows), dtype="<i8").reshape(-1, layout.width)
