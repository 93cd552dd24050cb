"""Business event → balanced debit and credit lines. Pure; the database checks the sum again.

Which accounts an event uses is data: ``DEFAULT_PAIRS`` seeds it, a product may have its own
(``lending.models.EventAccounts``). An event may book several pairs; a negative amount turns them round.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

LOANS_TO_CUSTOMERS = "1301"
CORE_BANK_CLEARING = "1011"
INTEREST_RECEIVABLE = "1132"
CHARGES_RECEIVABLE = "1133"
LOSS_ALLOWANCE = "1304"
CUSTOMERS_MONEY = "2011"
INTEREST_INCOME = "6011"
CHARGES_INCOME = "6012"
CREDIT_LOSSES = "6701"
OFF_INTEREST = "7010"
OFF_CHARGES = "7011"
KEPT_CLAIMS = "7020"
MEMO_CONTRA = "7900"

#: code → (Chinese name, English name, kind)
CHART_OF_ACCOUNTS: dict[str, tuple[str, str, str]] = {
    CORE_BANK_CLEARING: ("存放核心系统清算款", "Clearing account at the core bank", "asset"),
    INTEREST_RECEIVABLE: ("应收利息", "Interest receivable", "asset"),
    CHARGES_RECEIVABLE: ("应收罚息及复利", "Penalty and compound interest receivable", "asset"),
    LOANS_TO_CUSTOMERS: ("发放贷款和垫款", "Loans to customers", "asset"),
    LOSS_ALLOWANCE: ("贷款损失准备", "Allowance for loan losses", "asset"),
    CUSTOMERS_MONEY: ("客户暂收款", "Money received from customers, not yet allocated", "liability"),
    INTEREST_INCOME: ("利息收入", "Interest income", "income"),
    CHARGES_INCOME: ("罚息及复利收入", "Penalty and compound interest income", "income"),
    CREDIT_LOSSES: ("信用减值损失", "Credit losses", "expense"),
    OFF_INTEREST: ("表外应收未收利息", "Interest receivable off balance", "memo"),
    OFF_CHARGES: ("表外应收未收罚息及复利", "Penalty and compound interest off balance", "memo"),
    KEPT_CLAIMS: ("已核销债权（账销案存）", "Claims kept after write-off", "memo"),
    MEMO_CONTRA: ("表外对应科目", "Contra of memo accounts", "memo"),
}


class Event(StrEnum):
    """What can happen to a loan's books."""

    DISBURSED = "disbursed"
    INTEREST_ACCRUED = "interest_accrued"
    CHARGES_ACCRUED = "charges_accrued"
    OFF_INTEREST_ACCRUED = "off_interest_accrued"
    OFF_CHARGES_ACCRUED = "off_charges_accrued"
    INTEREST_MOVED_OFF = "interest_moved_off"
    CHARGES_MOVED_OFF = "charges_moved_off"
    PRINCIPAL_REPAID = "principal_repaid"
    INTEREST_REPAID = "interest_repaid"
    CHARGES_REPAID = "charges_repaid"
    OFF_INTEREST_REPAID = "off_interest_repaid"
    OFF_CHARGES_REPAID = "off_charges_repaid"
    CREDIT_RECEIVED = "credit_received"
    CREDIT_USED = "credit_used"
    CREDIT_REFUNDED = "credit_refunded"
    INTEREST_WAIVED = "interest_waived"
    CHARGES_WAIVED = "charges_waived"
    OFF_INTEREST_WAIVED = "off_interest_waived"
    OFF_CHARGES_WAIVED = "off_charges_waived"
    PRINCIPAL_WRITTEN_OFF = "principal_written_off"
    INTEREST_WRITTEN_OFF = "interest_written_off"
    CHARGES_WRITTEN_OFF = "charges_written_off"
    OFF_INTEREST_WRITTEN_OFF = "off_interest_written_off"
    OFF_CHARGES_WRITTEN_OFF = "off_charges_written_off"
    CLAIM_RECOVERED = "claim_recovered"
    PROVISIONED = "provisioned"


#: event → pairs of (debit, credit). Collected interest that was off balance is income only now.
Pairs = tuple[tuple[str, str], ...]
DEFAULT_PAIRS: Mapping[Event, Pairs] = {
    Event.DISBURSED: ((LOANS_TO_CUSTOMERS, CORE_BANK_CLEARING),),
    Event.INTEREST_ACCRUED: ((INTEREST_RECEIVABLE, INTEREST_INCOME),),
    Event.CHARGES_ACCRUED: ((CHARGES_RECEIVABLE, CHARGES_INCOME),),
    Event.OFF_INTEREST_ACCRUED: ((OFF_INTEREST, MEMO_CONTRA),),
    Event.OFF_CHARGES_ACCRUED: ((OFF_CHARGES, MEMO_CONTRA),),
    Event.INTEREST_MOVED_OFF: (
        (INTEREST_INCOME, INTEREST_RECEIVABLE), (OFF_INTEREST, MEMO_CONTRA),
    ),
    Event.CHARGES_MOVED_OFF: ((CHARGES_INCOME, CHARGES_RECEIVABLE), (OFF_CHARGES, MEMO_CONTRA)),
    Event.PRINCIPAL_REPAID: ((CORE_BANK_CLEARING, LOANS_TO_CUSTOMERS),),
    Event.INTEREST_REPAID: ((CORE_BANK_CLEARING, INTEREST_RECEIVABLE),),
    Event.CHARGES_REPAID: ((CORE_BANK_CLEARING, CHARGES_RECEIVABLE),),
    Event.OFF_INTEREST_REPAID: ((CORE_BANK_CLEARING, INTEREST_INCOME), (MEMO_CONTRA, OFF_INTEREST)),
    Event.OFF_CHARGES_REPAID: ((CORE_BANK_CLEARING, CHARGES_INCOME), (MEMO_CONTRA, OFF_CHARGES)),
    Event.CREDIT_RECEIVED: ((CORE_BANK_CLEARING, CUSTOMERS_MONEY),),
    Event.CREDIT_USED: ((CUSTOMERS_MONEY, CORE_BANK_CLEARING),),
    Event.CREDIT_REFUNDED: ((CUSTOMERS_MONEY, CORE_BANK_CLEARING),),
    Event.INTEREST_WAIVED: ((INTEREST_INCOME, INTEREST_RECEIVABLE),),
    Event.CHARGES_WAIVED: ((CHARGES_INCOME, CHARGES_RECEIVABLE),),
    Event.OFF_INTEREST_WAIVED: ((MEMO_CONTRA, OFF_INTEREST),),
    Event.OFF_CHARGES_WAIVED: ((MEMO_CONTRA, OFF_CHARGES),),
    Event.PRINCIPAL_WRITTEN_OFF: ((LOSS_ALLOWANCE, LOANS_TO_CUSTOMERS), (KEPT_CLAIMS, MEMO_CONTRA)),
    Event.INTEREST_WRITTEN_OFF: ((LOSS_ALLOWANCE, INTEREST_RECEIVABLE), (KEPT_CLAIMS, MEMO_CONTRA)),
    Event.CHARGES_WRITTEN_OFF: ((LOSS_ALLOWANCE, CHARGES_RECEIVABLE), (KEPT_CLAIMS, MEMO_CONTRA)),
    Event.OFF_INTEREST_WRITTEN_OFF: ((KEPT_CLAIMS, OFF_INTEREST),),
    Event.OFF_CHARGES_WRITTEN_OFF: ((KEPT_CLAIMS, OFF_CHARGES),),
    Event.CLAIM_RECOVERED: ((CORE_BANK_CLEARING, LOSS_ALLOWANCE), (MEMO_CONTRA, KEPT_CLAIMS)),
    Event.PROVISIONED: ((CREDIT_LOSSES, LOSS_ALLOWANCE),),
}


@dataclass(frozen=True)
class Line:
    """One posting: ``amount`` in yuan, debit positive, credit negative."""

    account: str
    amount: Decimal


def lines_of(
    amounts: Mapping[Event, Decimal], pairs: Mapping[Event, Pairs] = DEFAULT_PAIRS
) -> tuple[Line, ...]:
    """The lines of one journal: one an account, zero sums left out. Empty when nothing moved."""
    sums: dict[str, Decimal] = {}
    for event, amount in amounts.items():
        for debit, credit in pairs[event]:
            sums[debit] = sums.get(debit, Decimal(0)) + amount
            sums[credit] = sums.get(credit, Decimal(0)) - amount
    return tuple(Line(account, amount) for account, amount in sums.items() if amount)


def disbursement(amount: Decimal) -> tuple[Line, ...]:
    """Money went to the borrower: the bank holds a loan instead of cash."""
    return lines_of({Event.DISBURSED: amount})


def reversal(lines: Sequence[Line]) -> tuple[Line, ...]:
    """The same lines with the signs turned (红冲)."""
    return tuple(Line(line.account, -line.amount) for line in lines)
