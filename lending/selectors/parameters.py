"""The dated numbers as lending uses them: a missing one is a refusal in words, never a default."""

from datetime import date
from decimal import Decimal

import structlog

from lending.errors import NotConfigured
from products import selectors as product_selectors

log = structlog.get_logger(__name__)


def value(code: str, on: date) -> Decimal:
    """The number in force on ``on``; raises ``NotConfigured`` and logs which one is missing."""
    try:
        return product_selectors.parameter(code, on)
    except product_selectors.MissingParameter as error:
        raise refused(error) from error


def lpr(tenor: str, on: date) -> Decimal:
    """The loan prime rate of ``tenor`` (``1Y``, ``5Y``) on ``on``; raises ``NotConfigured``."""
    return value(f"LPR_{tenor}", on)


def refused(error: product_selectors.MissingParameter) -> NotConfigured:
    """What the reader is told; what the bank must enter stands in the log."""
    log.error("parameter.missing", problem=str(error))
    return NotConfigured()
