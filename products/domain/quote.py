"""One line of the ``quote`` command: JSON text in, the answer as a dictionary out. Pure."""

import json
import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, NoReturn

from products.domain.apr import apr
from products.domain.schedule import InvalidSchedule, ScheduleRequest, build

_DECIMAL = re.compile(r"\d{1,15}(\.\d{1,15})?", re.ASCII)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_MONTH = re.compile(r"[1-9]|1[0-2]")
_REQUIRED = ("principal", "annual_rate", "periods", "start", "method")
_OPTIONAL = ("every", "frequency", "day_count", "rounding", "month_end", "smoothing")


class UnusableLine(ValueError):
    """The line is not a quote request; the text says why and repeats nothing of the line."""


def answer(line: bytes) -> dict[str, Any]:
    """Instalments, total interest and APR (effective, four decimals) for one request.

    Raises ``UnusableLine`` or ``InvalidSchedule``; never anything else, whatever the bytes.
    """
    request = _request(_parse(line))
    schedule = build(request)
    rate = apr(schedule.principal, schedule.start, schedule.flows(), places=4)
    written = schedule.as_dict()
    return {
        "instalments": written["instalments"],
        "total_interest": written["total_interest"],
        "apr": f"{rate:f}",
    }


def _parse(line: bytes) -> Mapping[str, Any]:
    try:
        written = json.loads(
            line.decode("utf-8-sig"), parse_float=_exact, parse_constant=_no_constant
        )
    except UnicodeDecodeError:
        raise UnusableLine("not UTF-8") from None
    except RecursionError:
        raise UnusableLine("nested too deeply") from None
    except UnusableLine:
        raise
    except ValueError:
        raise UnusableLine("not JSON") from None
    if not isinstance(written, dict):
        raise UnusableLine("not a JSON object")
    return written


def _exact(text: str) -> Decimal:
    if len(text) > 40:
        raise UnusableLine("a number is too long")
    try:
        return Decimal(text)
    except ArithmeticError:  # an exponent beyond what Decimal holds
        raise UnusableLine("a number is out of range") from None


def _no_constant(_: str) -> NoReturn:
    raise UnusableLine("NaN and Infinity are not numbers")


def _request(written: Mapping[str, Any]) -> ScheduleRequest:
    missing = [field for field in _REQUIRED if written.get(field) is None]
    if missing:
        raise UnusableLine(f"missing: {', '.join(missing)}")
    given = {field: written[field] for field in _OPTIONAL if written.get(field) is not None}
    if written.get("instalment_multiple") is not None:
        given["instalment_multiple"] = _decimal(written, "instalment_multiple")
    return ScheduleRequest(
        principal=_decimal(written, "principal"),
        annual_rate=_decimal(written, "annual_rate"),
        periods=written["periods"],
        start=_date(written["start"]),
        method=written["method"],
        seasonal_months=_months(written.get("seasonal_months")),
        seasonal_shares=_shares(written.get("seasonal_shares")),
        **given,
    )


def _decimal(written: Mapping[str, Any], field: str) -> Decimal:
    """A plain decimal, as text (preferred) or as a JSON number; no sign, exponent or separator."""
    value = written[field]
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        raise InvalidSchedule(field, "must be a decimal, written as text")
    if isinstance(value, int) and abs(value) >= 10**15:
        raise InvalidSchedule(field, "is out of range")
    if not _DECIMAL.fullmatch(str(value)):
        raise InvalidSchedule(field, "must be a plain positive decimal, as in 10000 or 0.0435")
    return Decimal(value)


def _date(value: object) -> date:
    if not isinstance(value, str) or not _DATE.fullmatch(value):
        raise InvalidSchedule("start", "must be a date, as in 2026-01-31")
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise InvalidSchedule("start", "is not in the calendar") from None


def _months(value: object) -> tuple[int, ...] | None:
    if value is None:
        return None
    if not isinstance(value, list):
        raise InvalidSchedule("seasonal_months", "must be a list of calendar months")
    return tuple(value[:13])


def _shares(value: object) -> dict[int, int] | None:
    """``{"1": 60, "7": 40}``: calendar month (a JSON key, so text) → weight."""
    if value is None:
        return None
    if not isinstance(value, dict) or not all(_MONTH.fullmatch(key) for key in value):
        raise InvalidSchedule("seasonal_shares", "must map calendar months to weights")
    return {int(month): weight for month, weight in value.items()}
