"""Business fact → balanced debit and credit lines. Pure; the database checks the sum again."""

from dataclasses import dataclass
from decimal import Decimal

LOANS_TO_CUSTOMERS = "1301"
CORE_BANK_CLEARING = "1011"
INTEREST_RECEIVABLE = "1132"
INTEREST_INCOME = "6011"

#: code → (Chinese name, English name, kind)
CHART_OF_ACCOUNTS: dict[str, tuple[str, str, str]] = {
    CORE_BANK_CLEARING: ("存放核心系统清算款", "Clearing account at the core bank", "asset"),
    INTEREST_RECEIVABLE: ("应收利息", "Interest receivable", "asset"),
    LOANS_TO_CUSTOMERS: ("发放贷款和垫款", "Loans to customers", "asset"),
    "2011": ("客户暂收款", "Money received from customers, not yet allocated", "liability"),
    INTEREST_INCOME: ("利息收入", "Interest income", "income"),
    "6701": ("信用减值损失", "Credit losses", "expense"),
}


@dataclass(frozen=True)
class Line:
    """One posting: ``amount`` in yuan, debit positive, credit negative."""

    account: str
    amount: Decimal


def disbursement(amount: Decimal) -> tuple[Line, ...]:
    """Money went to the borrower: the bank holds a loan instead of cash."""
    return (Line(LOANS_TO_CUSTOMERS, amount), Line(CORE_BANK_CLEARING, -amount))


def reversal(lines: tuple[Line, ...]) -> tuple[Line, ...]:
    """The same lines with the signs turned (红冲)."""
    return tuple(Line(line.account, -line.amount) for line in lines)
