"""Money: the only rounding and parsing of amounts in the house.

Amounts are ``Decimal`` yuan with two decimals (CNY); nothing here or above uses float.
"""

import re
from collections.abc import Sequence
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal

CURRENCY = "CNY"
CENT = Decimal("0.01")
ZERO = Decimal("0.00")
AMOUNT_MAX = Decimal("999999999.99")
ROUNDINGS = {"half_up": ROUND_HALF_UP, "half_even": ROUND_HALF_EVEN}
_AMOUNT = re.compile(r"\d{1,9}(\.\d{1,2})?", re.ASCII)


class InvalidAmount(ValueError):
    """The text is not a plain positive amount in yuan."""


def quantise(amount: Decimal, rounding: str = "half_up", multiple: Decimal = CENT) -> Decimal:
    """Round ``amount`` to a ``multiple`` of yuan (default one cent); rounding is named, never implied."""
    if multiple == CENT:
        return amount.quantize(CENT, rounding=ROUNDINGS[rounding])
    units = (amount / multiple).quantize(Decimal(1), rounding=ROUNDINGS[rounding])
    return (units * multiple).quantize(CENT)


def parse_amount(text: object) -> Decimal:
    """Yuan from what a person or program sent: ASCII digits, at most two decimals, above zero.

    Raises ``InvalidAmount`` for signs, exponents, NaN, full-width digits, separators and zero.
    """
    written = str(text).strip()
    if not _AMOUNT.fullmatch(written):
        raise InvalidAmount(written[:40])
    amount = Decimal(written).quantize(CENT)
    if amount <= 0:
        raise InvalidAmount(written[:40])
    return amount


def split_exactly(total: Decimal, weights: Sequence[int | Decimal]) -> list[Decimal]:
    """Share ``total`` by ``weights`` in whole cents (largest remainder); the parts always sum to it."""
    weight_sum = sum(Decimal(w) for w in weights)
    if not weights or weight_sum <= 0:
        raise ValueError("weights must have a positive sum")
    cents = int(total / CENT)
    exact = [Decimal(cents) * Decimal(w) / weight_sum for w in weights]
    shares = [int(part) for part in exact]
    order = sorted(range(len(exact)), key=lambda i: (exact[i] - shares[i], -i), reverse=True)
    for i in order[: cents - sum(shares)]:
        shares[i] += 1
    return [share * CENT for share in shares]
