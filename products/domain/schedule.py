"""Repayment schedules: pure, decimal, by rate factors. A front door of this app.

One factor a period (annual rate × its share of a year); the equal instalment is
``balance × Π(1 + fᵢ) ÷ Fₙ`` with ``F₁ = 1`` and ``Fₖ = 1 + Fₖ₋₁ × (1 + fₖ)``, which also holds for
uneven periods. Interest is ``balance × factor`` rounded once per instalment; principal is never
negative; the last instalment takes the residue. Quote, offer, contract, repayment and end of day
all call ``build``.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, localcontext
from typing import TYPE_CHECKING, Any

from products.domain.calendar import add_months, due_dates
from products.domain.interest import EXACT, round_interest
from products.domain.payment_dates import payments
from products.domain.schedule_check import METHODS, InvalidSchedule, check
from products.money import CENT, ZERO, quantise

if TYPE_CHECKING:
    from products.domain.terms import LoanTerms

__all__ = ["METHODS", "Instalment", "InvalidSchedule", "Schedule", "ScheduleRequest"]

_PREVIEWED_AS = {"flexible": "interest_only"}  # borrow and repay at will: before any repayment
_PRINCIPAL_AT_END = ("interest_only", "bullet", "quarterly_interest")
_Part = tuple[Decimal, Decimal]  # principal, interest of one instalment


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleRequest:
    """What to repay and how, over ``periods`` of ``every`` × ``frequency``.

    ``principal`` in yuan, ``annual_rate`` a fraction. ``instalment_multiple`` is the step of the
    equal part (the instalment, or the principal of ``equal_principal`` and ``seasonal``).
    ``seasonal_months`` are the calendar months (1–12) that bring income: only there something
    falls due. ``seasonal_shares`` says how much of it each brings (calendar month → weight): the
    principal follows it, each payment weighing what its month does; without it the parts are equal.
    Given alone, its months with a weight are the months of income.
    """

    principal: Decimal
    annual_rate: Decimal
    periods: int
    start: date
    method: str
    every: int = 1
    frequency: str = "month"
    day_count: str = "act/365"
    rounding: str = "half_up"
    month_end: str = "clamp"
    smoothing: bool = False
    instalment_multiple: Decimal = CENT
    seasonal_months: tuple[int, ...] | None = None
    seasonal_shares: Mapping[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Instalment:
    """One payment: ``amount = principal + interest``; ``balance`` is the principal left."""

    n: int
    due: date
    principal: Decimal
    interest: Decimal
    amount: Decimal
    balance: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """All payments by date; their principals sum exactly to ``principal``, last balance 0."""

    principal: Decimal
    start: date
    instalments: tuple[Instalment, ...]
    total_interest: Decimal

    @property
    def maturity(self) -> date:
        return self.instalments[-1].due

    @property
    def total_amount(self) -> Decimal:
        return self.principal + self.total_interest

    def flows(self) -> tuple[tuple[date, Decimal], ...]:
        """What the borrower pays and when, as ``products.domain.apr.apr`` takes it."""
        return tuple((row.due, row.amount) for row in self.instalments)

    def as_dict(self) -> dict[str, Any]:
        """JSON-safe: dates ISO, amounts strings with two decimals."""
        rows = [
            {
                "n": row.n,
                "due": row.due.isoformat(),
                "principal": str(row.principal),
                "interest": str(row.interest),
                "amount": str(row.amount),
                "balance": str(row.balance),
            }
            for row in self.instalments
        ]
        return {
            "start": self.start.isoformat(),
            "instalments": rows,
            "total_interest": str(self.total_interest),
        }

    @classmethod
    def from_dict(cls, written: Mapping[str, Any]) -> "Schedule":
        """The schedule ``as_dict`` wrote (a contract's frozen copy)."""
        rows = tuple(
            Instalment(
                n=int(row["n"]),
                due=date.fromisoformat(row["due"]),
                principal=Decimal(row["principal"]),
                interest=Decimal(row["interest"]),
                amount=Decimal(row["amount"]),
                balance=Decimal(row["balance"]),
            )
            for row in written["instalments"]
        )
        return cls(
            principal=sum((row.principal for row in rows), ZERO),
            start=date.fromisoformat(written["start"]),
            instalments=rows,
            total_interest=Decimal(written["total_interest"]),
        )


def build(request: ScheduleRequest) -> Schedule:
    """The repayment schedule. Raises ``InvalidSchedule`` (with ``field``) for anything unsound."""
    check(request)
    method = _PREVIEWED_AS.get(request.method, request.method)
    with localcontext(EXACT):
        try:
            dues = due_dates(
                request.start, request.periods, request.every, request.frequency, request.month_end
            )
        except OverflowError:
            raise InvalidSchedule("periods", "the last due date is after the year 9999") from None
        dues, factors = payments(request, method, dues)
        return _schedule(request, dues, _parts(request, method, dues, factors))


def for_terms(
    terms: "LoanTerms",
    *,
    principal: Decimal,
    annual_rate: Decimal,
    term_months: int,
    method: str,
    start: date,
    seasonal_months: tuple[int, ...] | None = None,
    seasonal_shares: Mapping[int, int] | None = None,
) -> Schedule:
    """The schedule of a loan under a product's terms (its day count, rounding, month end).

    ``seasonal`` without an income calendar (or with an empty one: no income within the term) pays
    once a year, in the month of maturity.
    """
    if method == "seasonal" and not seasonal_months and not seasonal_shares:
        seasonal_months = (add_months(start, term_months, terms.month_end).month,)
    return build(
        ScheduleRequest(
            principal=principal,
            annual_rate=annual_rate,
            periods=term_months,
            start=start,
            method=method,
            day_count=terms.day_count,
            rounding=terms.rounding,
            month_end=terms.month_end,
            seasonal_months=seasonal_months,
            seasonal_shares=seasonal_shares or None,
        )
    )


def _parts(
    request: ScheduleRequest, method: str, dues: Sequence[date], factors: Sequence[Decimal]
) -> list[_Part]:
    if method in _PRINCIPAL_AT_END:
        return _by_principal(request, factors, [ZERO] * len(factors))
    if method == "equal_instalment":
        return _by_instalment(request, factors)
    if method == "seasonal" and request.seasonal_shares:
        return _by_principal(request, factors, _weighted(request, dues, request.seasonal_shares))
    equal = _equal_part(request, request.principal / len(factors))
    return _by_principal(request, factors, [equal] * len(factors))


def _weighted(
    request: ScheduleRequest, dues: Sequence[date], shares: Mapping[int, int]
) -> list[Decimal]:
    """What each payment should repay: its month's weight among those of all payments."""
    weights = [shares[due.month] for due in dues]
    whole, rounded = sum(weights), _rounding(request)
    _equal_part(request, request.principal * max(weights) / whole)  # some part must not vanish
    return [rounded(request.principal * weight / whole) for weight in weights]


def _by_principal(
    request: ScheduleRequest, factors: Sequence[Decimal], wanted: Sequence[Decimal]
) -> list[_Part]:
    """``wanted`` of principal each time while it lasts; the last takes what is left."""
    rounding = request.rounding
    balance, parts = request.principal.quantize(CENT), []
    for factor, part in zip(factors[:-1], wanted[:-1], strict=True):
        principal = min(part, balance)
        parts.append((principal, round_interest(balance * factor, rounding)))
        balance -= principal
    parts.append((balance, round_interest(balance * factors[-1], rounding)))
    return parts


def _by_instalment(request: ScheduleRequest, factors: Sequence[Decimal]) -> list[_Part]:
    growth, annuity = Decimal(1), Decimal(0)
    for factor in factors:
        growth *= 1 + factor
        annuity = 1 + annuity * (1 + factor)
    instalment = _equal_part(request, request.principal * growth / annuity)
    parts = _level(request, factors, instalment)
    return _smoothed(request, factors, instalment, parts) if request.smoothing else parts


def _level(
    request: ScheduleRequest, factors: Sequence[Decimal], instalment: Decimal
) -> list[_Part]:
    """Interest first, the rest of ``instalment`` to principal; all of the balance in the last."""
    rounding = request.rounding
    balance, parts = request.principal.quantize(CENT), []
    for factor in factors[:-1]:
        interest = round_interest(balance * factor, rounding)
        principal = min(max(instalment - interest, ZERO), balance)
        parts.append((principal, interest))
        balance -= principal
    parts.append((balance, round_interest(balance * factors[-1], rounding)))
    return parts


def _smoothed(
    request: ScheduleRequest, factors: Sequence[Decimal], instalment: Decimal, parts: list[_Part]
) -> list[_Part]:
    """One try to bring the last instalment nearer to the others; kept only if it does."""
    gap = sum(parts[-1]) - instalment
    if abs(gap) * 100 <= len(parts) // 2:
        return parts
    nearer = _rounding(request)(instalment + gap / len(parts))
    if nearer <= 0 or nearer == instalment:
        return parts
    again = _level(request, factors, nearer)
    return again if abs(sum(again[-1]) - nearer) < abs(gap) else parts


def _rounding(request: ScheduleRequest) -> Callable[[Decimal], Decimal]:
    return lambda amount: quantise(amount, request.rounding, request.instalment_multiple)


def _equal_part(request: ScheduleRequest, exact: Decimal) -> Decimal:
    part = _rounding(request)(exact)
    if part <= 0 and request.instalment_multiple > CENT:
        raise InvalidSchedule("instalment_multiple", "the multiple is larger than an instalment")
    return part


def _schedule(request: ScheduleRequest, dues: Sequence[date], parts: Sequence[_Part]) -> Schedule:
    whole = balance = request.principal.quantize(CENT)
    total, rows = ZERO, []
    for n, (due, (principal, interest)) in enumerate(zip(dues, parts, strict=True), 1):
        balance -= principal
        total += interest
        rows.append(Instalment(n, due, principal, interest, principal + interest, balance))
    return Schedule(
        principal=whole,
        start=request.start,
        instalments=tuple(rows),
        total_interest=total,
    )
