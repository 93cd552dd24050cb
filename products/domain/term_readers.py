"""How each kind of term is read: from a JSON-safe value to the exact one, or ``InvalidTerms``. Pure."""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from products.domain.tiers import TIERS
from products.money import AMOUNT_MAX

_NUMBER = re.compile(r"\d{1,12}(\.\d{1,6})?", re.ASCII)
_COUNTY = re.compile(r"[1-9]\d{5}", re.ASCII)
_SPREAD_BP_MAX = 10_000
_TEXT_MAX = 120
_ITEMS_MAX = 200
_WHOLE_MAX = 1_000_000_000

Reader = Callable[[Any], Any]


class InvalidTerms(ValueError):
    """A value is missing, of the wrong type, or contradicts another one.

    ``field`` names the term where one is to blame, ``value`` is what was written.
    """

    def __init__(self, problem: str, *, field: str = "", value: Any = None) -> None:
        super().__init__(f"{field}: {problem}" if field else problem)
        self.field, self.problem, self.value = field, problem, value


def text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip() or not value.isprintable():
        raise InvalidTerms(f"{value!r:.80} is not a text")
    if len(value) > _TEXT_MAX:
        raise InvalidTerms(f"longer than {_TEXT_MAX} characters")
    return value


def one_of(*known: str) -> Reader:
    def read(value: Any) -> str:
        if value not in known:
            raise InvalidTerms(f"{value!r:.80} is none of {', '.join(known)}")
        return str(value)

    return read


def decimal(value: Any) -> Decimal:
    """Zero or more, at most six decimals; floats are refused because they are not exact."""
    if isinstance(value, float | bool) or not _NUMBER.fullmatch(str(value)):
        raise InvalidTerms(f"{value!r:.80} is not an exact number")
    return Decimal(str(value))


def amount(value: Any) -> Decimal:
    """Yuan, at most ``AMOUNT_MAX``, whole cents."""
    found = decimal(value)
    if found > AMOUNT_MAX or found != found.quantize(Decimal("0.01")):
        raise InvalidTerms(f"{value!r:.80} is not an amount in yuan")
    return found


def amount_or_open(value: Any) -> Decimal | None:
    """Yuan, or ``None`` where nothing is limited."""
    return None if value is None else amount(value)


def whole(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _WHOLE_MAX:
        raise InvalidTerms(f"{value!r:.80} is not a whole number")
    return value


def whole_or_open(value: Any) -> int | None:
    """A count, or ``None`` where nothing is limited."""
    return None if value is None else whole(value)


def percent(value: Any) -> int:
    found = whole(value)
    if found > 100:
        raise InvalidTerms(f"{value!r:.80} is more than 100 %")
    return found


def flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise InvalidTerms(f"{value!r:.80} is not yes or no")
    return value


def each(read: Reader) -> Reader:
    """A list of different things, in the order written."""

    def read_all(value: Any) -> tuple[Any, ...]:
        if not isinstance(value, list | tuple) or len(value) > _ITEMS_MAX:
            raise InvalidTerms(f"{value!r:.80} is not a list")
        items = tuple(read(item) for item in value)
        if len(set(items)) != len(items):
            raise InvalidTerms(f"{value!r:.80} names something twice")
        return items

    return read_all


def ranking(*known: str) -> Reader:
    """Every one of ``known`` exactly once, in an order of its own."""
    read_all = each(one_of(*known))

    def read(value: Any) -> tuple[str, ...]:
        items: tuple[str, ...] = read_all(value)
        if len(items) != len(known):
            raise InvalidTerms(f"{value!r:.80} does not name each of {', '.join(known)}")
        return items

    return read


def months(value: Any) -> int:
    found = whole(value)
    if not 1 <= found <= 360:
        raise InvalidTerms(f"{value!r:.80} is not a number of months")
    return found


def county(value: Any) -> str:
    if not isinstance(value, str) or not _COUNTY.fullmatch(value):
        raise InvalidTerms(f"{value!r:.80} is not a six-digit county code")
    return value


def basis_points(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > _SPREAD_BP_MAX:
        raise InvalidTerms(f"{value!r:.80} is not a spread in whole basis points")
    return value


def spreads(value: Any) -> Mapping[str, int]:
    """Basis points over the LPR by grade."""
    if not isinstance(value, Mapping) or not value:
        raise InvalidTerms(f"{value!r:.80} is not a table of spreads")
    return MappingProxyType({text(grade): basis_points(bp) for grade, bp in sorted(value.items())})


def fees(value: Any) -> Mapping[str, Decimal]:
    """Fee code → fraction of the principal; empty where nothing but interest is charged."""
    if not isinstance(value, Mapping) or len(value) > _ITEMS_MAX:
        raise InvalidTerms(f"{value!r:.80} is not a table of fees")
    return MappingProxyType({text(code): decimal(rate) for code, rate in sorted(value.items())})


def tiers(method: Reader) -> Reader:
    """Tier → ``{"spread_bp", "limit_percent", "methods"}``: what the tier moves.

    ``spread_bp`` is added to the spread (negative is cheaper), ``limit_percent`` multiplies the
    limit (100 leaves it), ``methods`` are offered first.
    """
    preferred = each(method)

    def read_row(row: Any) -> Mapping[str, Any]:
        if not isinstance(row, Mapping) or set(row) - {"spread_bp", "limit_percent", "methods"}:
            raise InvalidTerms(f"{row!r:.80} does not say what the tier moves")
        percent_of_limit = whole(row.get("limit_percent", 100))
        if not 1 <= percent_of_limit <= 300:
            raise InvalidTerms(f"{percent_of_limit} is not a share of the limit from 1 to 300 %")
        return MappingProxyType({
            "spread_bp": basis_points(row.get("spread_bp", 0)),
            "limit_percent": percent_of_limit,
            "methods": preferred(row.get("methods", [])),
        })

    def read(value: Any) -> Mapping[str, Mapping[str, Any]]:
        if not isinstance(value, Mapping):
            raise InvalidTerms(f"{value!r:.80} is not a table of tiers")
        strangers = set(value) - set(TIERS)
        if strangers:
            raise InvalidTerms(f"unknown tiers {', '.join(sorted(map(str, strangers)))}")
        return MappingProxyType({tier: read_row(value[tier]) for tier in TIERS if tier in value})

    return read


def plain(value: Any) -> Any:
    """The JSON-safe form the readers read back: decimals as strings, tuples as lists."""
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    return value
