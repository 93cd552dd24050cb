"""The life of a loan a second time, day by day and by hand: what the engine is held against.

Nothing here comes from ``lending``. Amounts are whole cents, exact amounts fractions, a day is a turn
of a loop, an instalment a dict, the books a dict of account → cents. Slow and plain on purpose.
"""

import calendar
import datetime as dt
from fractions import Fraction
from typing import Any

import chinese_calendar

DAY = dt.timedelta(days=1)
MILLION, TEN_THOUSAND = 10**6, 10**4
TIERS = ["normal", "special_mention", "substandard", "doubtful", "loss"]


def to_cents(exact: Fraction, rounding: str) -> int:
    whole, rest = divmod(exact.numerator, exact.denominator)
    if 2 * rest > exact.denominator:
        return whole + 1
    if 2 * rest == exact.denominator and (rounding == "half_up" or whole % 2 == 1):
        return whole + 1
    return whole


def months_later(day: dt.date, months: int, month_end: str = "clamp") -> dt.date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    if day.day <= last:
        return dt.date(year, month + 1, day.day)
    return dt.date(year, month + 1, last) + (DAY if month_end == "roll" else 0 * DAY)


def is_bank_day(day: dt.date) -> bool:
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < 5


class ReferenceDays:
    """``rate`` in millionths, ``uplift`` in ten thousandths; ``plan``: (due, months, principal) rows."""

    def __init__(
        self, *, start: dt.date, rate: int, uplift: int, day_count: str, rounding: str, month_end: str,
        method: str, plan: list[tuple[dt.date, int, int]], grace: int = 0, holidays: bool = False,
        principal_first_after: int = 0,
    ) -> None:
        self.day = self.anchor = self.period_start = start
        self.rate, self.uplift, self.day_count, self.rounding = rate, uplift, day_count, rounding
        self.month_end, self.method, self.grace, self.holidays = month_end, method, grace, holidays
        self.principal_first_after = principal_first_after
        self.rows = [self.row(n, *part) for n, part in enumerate(plan, 1)]
        self.principal = sum(row["principal"] for row in self.rows)
        self.accrued = 0  # of the running period: cents × rate × what a night weighs
        self.penalty_sum = self.compound_sum = 0  # of the whole life, likewise
        self.penalty_paid = self.compound_paid = self.credit = self.claim = 0
        self.accruing, self.written_off, self.tier, self.worst = True, False, "normal", 0
        self.clean_since: dt.date | None = None
        self.observed_to: dt.date | None = None
        self.splits: list[tuple[str, int, int, bool]] = []
        self.books: dict[str, int] = {}
        self.plan_interest()
        self.post("1301", "1011", self.principal)

    # --- small things -------------------------------------------------------------------------
    def row(self, n: int, due: dt.date, months: int, principal: int) -> dict[str, Any]:
        pay_by = due
        while self.holidays and not is_bank_day(pay_by):
            pay_by += DAY
        return {
            "n": n, "due": due, "months": months, "principal": principal, "interest": 0,
            "paid_principal": 0, "paid_interest": 0, "pay_by": pay_by,
            "late_on": pay_by + self.grace * DAY, "billed": False, "late": False,
        }

    def post(self, debit: str, credit: str, cents: int) -> None:
        self.books[debit] = self.books.get(debit, 0) + cents
        self.books[credit] = self.books.get(credit, 0) - cents

    @staticmethod
    def unpaid(row: dict[str, Any]) -> int:
        return row["principal"] - row["paid_principal"] + row["interest"] - row["paid_interest"]

    def undue(self) -> list[dict[str, Any]]:
        return sorted((r for r in self.rows if not r["billed"]), key=lambda r: r["due"])

    def due(self) -> list[dict[str, Any]]:
        found = [r for r in self.rows if r["billed"] and self.unpaid(r)]
        return sorted(found, key=lambda r: (r["due"], r["n"]))

    def undue_principal(self) -> int:
        return sum(r["principal"] for r in self.rows if not r["billed"])

    def balance(self) -> int:
        return sum(r["principal"] - r["paid_principal"] for r in self.rows)

    def days_past_due(self) -> int:
        late = [r["pay_by"] for r in self.rows if r["late"] and self.unpaid(r)]
        return max((self.day - min(late)).days, 0) if late else 0

    # --- interest -----------------------------------------------------------------------------
    def weight(self, morning: dt.date) -> int:
        """What the night that ends on ``morning`` weighs; see ``yearly``."""
        if self.day_count == "act/act":
            return 365 if calendar.isleap(morning.year) else 366
        return 1

    def yearly(self) -> int:
        return {"act/365": 365, "act/act": 365 * 366}.get(self.day_count, 360)

    def period_share(self, start: dt.date, row: dict[str, Any]) -> Fraction:
        """30/360: a period is so many months of 30 days whatever its nights, each an equal part."""
        if self.day_count == "30/360" and row["months"]:
            return Fraction(30 * row["months"], (row["due"] - start).days)
        return Fraction(1)

    def years(self, start: dt.date, row: dict[str, Any]) -> Fraction:
        nights = (row["due"] - start).days
        weights = sum(self.weight(start + n * DAY) for n in range(1, nights + 1))
        return Fraction(weights, self.yearly()) * self.period_share(start, row)

    def running(self) -> int:
        """Interest of the running period by this morning."""
        if not self.undue():
            return 0
        share = self.period_share(self.period_start, self.undue()[0])
        return to_cents(Fraction(self.accrued, MILLION * self.yearly()) * share, self.rounding)

    def interest(self) -> int:
        return sum(r["interest"] for r in self.rows if r["billed"]) + self.running()

    def late_charge(self, total: int) -> int:
        return to_cents(Fraction(total, MILLION * TEN_THOUSAND * self.yearly()), self.rounding)

    def penalty_open(self) -> int:
        return self.late_charge(self.penalty_sum) - self.penalty_paid

    def compound_open(self) -> int:
        return self.late_charge(self.compound_sum) - self.compound_paid

    def charges(self) -> int:
        return self.late_charge(self.penalty_sum) + self.late_charge(self.compound_sum)

    # --- days ---------------------------------------------------------------------------------
    def close_until(self, morning: dt.date) -> None:
        while self.day < morning:
            if not self.written_off:
                self.close_day()
            else:
                self.day += DAY

    def close_day(self) -> None:
        for row in self.rows:
            if row["billed"] and self.unpaid(row) and row["late_on"] <= self.day:
                row["late"] = True
        interest, charges = self.interest(), self.charges()
        weight = self.weight(self.day + DAY)
        late = [r for r in self.rows if r["late"]]
        late_principal = sum(r["principal"] - r["paid_principal"] for r in late)
        late_interest = sum(r["interest"] - r["paid_interest"] for r in late)
        penalty_rate = self.rate * (TEN_THOUSAND + self.uplift)
        self.accrued += self.undue_principal() * self.rate * weight
        self.penalty_sum += late_principal * penalty_rate * weight
        self.compound_sum += late_interest * penalty_rate * weight
        self.day += DAY
        self.post_accrual(self.interest() - interest, self.charges() - charges)
        days = self.days_past_due()
        self.worst = max(self.worst, days)
        if days:
            self.clean_since = None
        if days > 90 and self.accruing:
            self.move_off(1)
        self.classify()
        for row in self.undue():
            if row["due"] == self.day:
                row["interest"], row["billed"] = self.running(), True
                self.accrued, self.period_start = 0, self.day

    def post_accrual(self, interest: int, charges: int) -> None:
        if self.accruing:
            self.post("1132", "6011", interest)
            self.post("1133", "6012", charges)
        else:
            self.post("7010", "7900", interest)
            self.post("7011", "7900", charges)

    def move_off(self, sign: int) -> None:
        """Unpaid interest and charges leave the books (+1) or come back (−1)."""
        interest = self.interest() - sum(r["paid_interest"] for r in self.rows)
        charges = self.penalty_open() + self.compound_open()
        for receivable, income, memo, cents in (
            ("1132", "6011", "7010", interest), ("1133", "6012", "7011", charges),
        ):
            self.post(income, receivable, sign * cents)
            self.post(memo, "7900", sign * cents)
        self.accruing = sign < 0

    def classify(self) -> None:
        days = self.days_past_due()
        floor = 4 if days > 360 else 3 if days > 270 else 2 if days > 90 else 1 if days > 0 else 0
        before = TIERS.index(self.tier)
        well = self.clean_since is not None and self.day >= months_later(self.clean_since, 6)
        if before >= 2 and (days > 0 or not well):
            floor = max(floor, before)
        if self.observed_to is not None and self.day < self.observed_to:
            floor = max(floor, 1)
        self.tier = TIERS[floor]

    def plan_interest(self) -> None:
        """What each undue row will bear if all goes as planned."""
        left, start = self.undue_principal(), self.period_start
        for row in self.undue():
            exact = left * Fraction(self.rate, MILLION) * self.years(start, row)
            if start == self.period_start:  # part of it has accrued
                rest = sum(self.weight(d) for d in nights(self.day, row["due"]))
                total = self.accrued + left * self.rate * rest
                exact = Fraction(total, MILLION * self.yearly()) * self.period_share(start, row)
            row["interest"] = to_cents(exact, self.rounding)
            left, start = left - row["principal"], row["due"]


def nights(start: dt.date, end: dt.date) -> list[dt.date]:
    """The mornings in which the nights from ``start`` to ``end`` end."""
    return [start + n * DAY for n in range(1, (end - start).days + 1)]
