"""The reference model's plans: what changes when principal comes early or the contract is changed."""

from fractions import Fraction
from typing import Any

from tests.servicing.reference_days import MILLION, ReferenceDays, months_later, to_cents


class ReferencePlans(ReferenceDays):
    def early_row(self, principal: int, interest: int) -> dict[str, Any]:
        row = self.row(max([1000, *(r["n"] for r in self.rows)]) + 1, self.day, 1, principal)
        row["interest"], row["billed"] = interest, True
        self.rows.append(row)
        return row

    def end_plan(self, principal: int) -> None:
        """No instalment stays; ``principal`` and the interest so far fall due today."""
        interest = self.running()
        self.rows = [r for r in self.rows if r["billed"]]
        self.accrued, self.period_start = 0, self.day
        if principal or interest:
            self.early_row(principal, interest)

    def level(self, balance: int, years: list[Fraction]) -> int:
        growth, annuity = Fraction(1), Fraction(0)
        for part in years:
            factor = 1 + Fraction(self.rate, MILLION) * part
            growth, annuity = growth * factor, 1 + annuity * factor
        return to_cents(balance * growth / annuity, self.rounding)

    def level_parts(self, balance: int, years: list[Fraction], level: int) -> list[int]:
        parts = []
        for part in years[:-1]:
            interest = to_cents(balance * Fraction(self.rate, MILLION) * part, self.rounding)
            parts.append(min(max(level - interest, 0), balance))
            balance -= parts[-1]
        return [*parts, balance]

    def row_years(self, rows: list[dict[str, Any]]) -> list[Fraction]:
        starts = [self.period_start, *(r["due"] for r in rows)]
        return [self.years(start, r) for start, r in zip(starts, rows, strict=False)]

    def new_plan(self, balance: int, choice: str) -> None:
        """The undue rows for another balance or rate, on the same dates."""
        rows = self.undue()
        old, before = [r["principal"] for r in rows], self.undue_principal()
        if self.method == "equal_instalment":
            years = self.row_years(rows)
            level, count = self.level(balance, years), len(rows)
            if choice == "shorten_term":  # what is paid a month stays
                now_paid = rows[1]["principal"] + rows[1]["interest"] if len(rows) > 2 else 0
                level = now_paid or self.level(before, years)
                count = next(
                    (n for n in range(1, count) if self.level(balance, years[:n]) <= level), count
                )
            parts = self.level_parts(balance, years[:count], level)
        elif self.method in ("interest_only", "bullet", "quarterly_interest", "flexible"):
            parts = [0] * (len(rows) - 1) + [balance]
        elif choice == "shorten_term":
            parts = []
            while sum(parts) < balance:
                parts.append(min(old[len(parts)], balance - sum(parts)))
        else:
            parts = []
            for part in old[:-1]:
                share = to_cents(Fraction(part * balance, before), self.rounding)
                parts.append(min(share, balance - sum(parts)))
            parts.append(balance - sum(parts))
        self.set_plan(rows, parts)

    def set_plan(self, rows: list[dict[str, Any]], parts: list[int]) -> None:
        kept = [r for r in self.rows if r["billed"]]
        fresh = [
            self.row(r["n"], r["due"], r["months"], part) for r, part in zip(rows, parts, strict=False)
        ]
        self.rows = kept + fresh
        self.plan_interest()

    def rate_change(self, _: int, annual_rate: str) -> None:
        self.rate = int(Fraction(annual_rate) * MILLION)
        if self.undue():
            self.new_plan(self.undue_principal(), "lower_instalment")

    def spread(self, rows: list[dict[str, Any]], balance: int) -> None:
        if self.method == "equal_instalment":
            years = self.row_years(rows)
            parts = self.level_parts(balance, years, self.level(balance, years))
        elif self.method in ("interest_only", "bullet", "quarterly_interest", "flexible"):
            parts = [0] * (len(rows) - 1) + [balance]
        else:
            each = to_cents(Fraction(balance, len(rows)), self.rounding)
            parts = []
            for _ in rows[:-1]:
                parts.append(min(each, balance - sum(parts)))
            parts.append(balance - sum(parts))
        self.set_plan(rows, parts)

    def extension(self, _: int, months: int) -> None:
        """More months of the grid after the last due date; a bullet is paid once, later."""
        old, balance, interest = self.undue(), self.undue_principal(), self.interest()
        if not balance:
            return
        is_bullet = self.method == "bullet" and len(old) == 1
        so_far = next(
            n for n in range(1, 1000) if months_later(self.anchor, n, self.month_end) == old[-1]["due"]
        )
        step = months if is_bullet else old[-1]["months"]
        fresh, before = [], so_far
        while before < so_far + months:
            month = min(before + step, so_far + months)
            due = months_later(self.anchor, month, self.month_end)
            fresh.append(self.row(old[-1]["n"] + len(fresh) + 1, due, month - before, 0))
            before = month
        if is_bullet:
            fresh[-1]["months"] += old[-1]["months"]
            fresh[-1]["n"], old = old[-1]["n"], []
        self.spread(old + fresh, balance)
        self.post_accrual(self.interest() - interest, 0)  # 30/360: the running period has a new length

    def restructuring(self, _: int, months: int, annual_rate: str | None = None) -> None:
        """All unpaid principal over months from today; interest that is unpaid stays due."""
        balance = self.balance()
        if not balance:
            return
        number = max([0, *(r["n"] for r in self.rows if r["n"] < 1001)])
        self.end_plan(0)
        for row in self.rows:
            row["principal"] = row["paid_principal"]
        if annual_rate is not None:
            self.rate = int(Fraction(annual_rate) * MILLION)
        self.anchor = self.day
        fresh = [
            self.row(number + n, months_later(self.day, n, self.month_end), 1, 0)
            for n in range(1, months + 1)
        ]
        self.spread(fresh, balance)
        self.observed_to = months_later(self.day, 12)
