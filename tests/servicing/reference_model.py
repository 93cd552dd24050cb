"""The reference model: a loan's life a second time, by hand. Its money; days and plans stand beside it."""

from typing import Any

from tests.servicing.reference_plans import ReferencePlans

MONEY_IN = ("repayment", "partial_early", "payoff", "recovery")
Parts = list[tuple[str, int, int, bool]]


class ReferenceLoan(ReferencePlans):
    """What is paid, in which order, and how it is booked. Splits: (component, cents, number, accruing)."""

    def take(self, kind: str, number: int, component: str, cents: int) -> None:
        """One split and its posting; ``kind`` says against what."""
        if not cents:
            return
        bears = component in ("interest", "penalty", "compound")
        on = self.accruing or not bears
        self.splits.append((component, cents, number, self.accruing))
        noun = {"principal": "1301", "interest": "1132"}.get(component, "1133")
        memo, income = ("7010", "6011") if component == "interest" else ("7011", "6012")
        if kind == "waiver":
            self.post(*((income, noun) if on else ("7900", memo)), cents)
        elif kind == "write_off":
            if on:
                self.post("1304", noun, cents)
                self.post("7020", "7900", cents)
            else:
                self.post("7020", memo, cents)
        elif on:
            self.post("1011", noun, cents)
        else:
            self.post("1011", income, cents)
            self.post("7900", memo, cents)

    def pay_row(self, kind: str, row: dict[str, Any], part: str, cents: int) -> int:
        paid = min(cents, row[part] - row[f"paid_{part}"])
        row[f"paid_{part}"] += paid
        self.take(kind, row["n"], part, paid)
        return cents - paid

    def pay_charge(self, kind: str, part: str, cents: int) -> int:
        paid = min(cents, self.compound_open() if part == "compound" else self.penalty_open())
        if part == "compound":
            self.compound_paid += paid
        else:
            self.penalty_paid += paid
        self.take(kind, 0, part, paid)
        return cents - paid

    def pay_due(self, cents: int) -> int:
        """To what is due, in the order of the contract; returns what is left."""
        limit = self.principal_first_after
        if limit and self.days_past_due() > limit:
            for part in ("principal", "interest"):
                for row in self.due():
                    cents = self.pay_row("repayment", row, part, cents)
            cents = self.pay_charge("repayment", "penalty", cents)
            return self.pay_charge("repayment", "compound", cents)
        cents = self.pay_charge("repayment", "compound", cents)
        cents = self.pay_charge("repayment", "penalty", cents)
        for row in self.due():
            cents = self.pay_row("repayment", row, "interest", cents)
            cents = self.pay_row("repayment", row, "principal", cents)
        return cents

    def to_credit(self, cents: int) -> None:
        if cents:
            self.credit += cents
            self.splits.append(("credit", cents, 0, True))
            self.post("1011", "2011", cents)

    def from_credit(self, cents: int) -> None:
        if cents:
            self.credit -= cents
            self.splits.append(("credit", -cents, 0, True))
            self.post("2011", "1011", cents)

    def to_claim(self, cents: int) -> int:
        part = min(cents, self.claim)
        if part:
            self.claim -= part
            self.splits.append(("claim", part, 0, True))
            self.post("1011", "1304", part)
            self.post("7900", "7020", part)
        return cents - part

    def apply(self, number: int, kind: str, cents: int, **options: Any) -> Parts:
        """One transaction on this morning; returns its splits."""
        self.splits = []
        if self.written_off:
            if kind in MONEY_IN:
                self.to_credit(self.to_claim(cents))
            elif kind == "credit_use":
                self.use_credit(cents, self.to_claim)
            elif kind == "refund":
                self.refund(cents)
            return self.splits
        getattr(self, kind)(cents, **options)
        arrears = any(r["late"] and self.unpaid(r) for r in self.rows)
        if not self.written_off and not arrears and not self.penalty_open() + self.compound_open():
            if self.clean_since is None and self.tier != "normal":
                self.clean_since = self.day
            if not self.accruing:
                self.move_off(-1)
        if not self.written_off:
            self.classify()
        return self.splits

    def repayment(self, cents: int) -> None:
        self.to_credit(self.pay_due(cents))

    recovery = repayment

    def partial_early(self, cents: int, choice: str = "lower_instalment") -> None:
        left = self.pay_due(cents)
        part = min(left, self.undue_principal())
        if part == self.undue_principal():  # nothing stays: the interest so far is due today
            self.end_plan(0)
        elif part:
            self.new_plan(self.undue_principal() - part, choice)
        if part:
            self.pay_row("repayment", self.early_row(part, 0), "principal", part)
        left -= part
        if not self.undue():
            left = self.pay_due(left)
        self.to_credit(left)

    def payoff(self, cents: int) -> None:
        self.use_credit(self.credit, self.pay_due)
        left = self.pay_due(cents)
        if left + self.credit < self.running() + self.undue_principal():
            self.partial_early(left)
            return
        self.end_plan(self.undue_principal())
        left = self.pay_due(left)
        self.use_credit(self.credit, self.pay_due)
        self.to_credit(left)

    def use_credit(self, cents: int, pay: Any) -> None:
        wanted = min(cents, self.credit)
        self.from_credit(wanted - pay(wanted))

    def credit_use(self, cents: int) -> None:
        self.use_credit(cents, self.pay_due)

    def refund(self, cents: int) -> None:
        if cents > self.credit:
            raise ValueError("more than waits")
        self.from_credit(cents)

    def waiver(self, cents: int, component: str) -> None:
        if component in ("penalty", "compound"):
            self.pay_charge("waiver", component, cents)
            return
        for row in self.due():
            cents = self.pay_row("waiver", row, "interest", cents)

    def write_off(self, _: int) -> None:
        owed = self.balance() + self.running() + self.penalty_open() + self.compound_open()
        if not owed + sum(self.unpaid(r) for r in self.due()):
            return
        self.end_plan(self.undue_principal())
        for part in ("compound", "penalty"):
            self.pay_charge("write_off", part, self.charges())
        for row in self.due():
            self.pay_row("write_off", row, "interest", row["interest"])
            self.pay_row("write_off", row, "principal", row["principal"])
        self.claim, self.written_off = sum(cents for _, cents, _, _ in self.splits), True
