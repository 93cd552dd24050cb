"""Statement, payoff letter, settlement letter, interest certificate: what each says. Pure.

Every line stands in Chinese and in English. Facts are JSON-safe so that they can be kept and printed
again to the same bytes; amounts are strings with two decimals, dates ISO.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from lending.documents.wording import capitals, clean, day, money

Pair = tuple[str, str]
STATEMENT, PAYOFF = "statement", "payoff_letter"
SETTLEMENT, INTEREST = "settlement_letter", "interest_certificate"
TITLES: Mapping[str, Pair] = {
    STATEMENT: ("贷款对账单", "Loan statement"),
    PAYOFF: ("贷款结清金额告知书", "Payoff letter"),
    SETTLEMENT: ("贷款结清证明", "Settlement letter"),
    INTEREST: ("贷款利息证明", "Certificate of interest paid"),
}
_WHAT: Mapping[str, Pair] = {
    "disbursement": ("放款", "Paid out"),
    "repayment": ("还款", "Repayment"),
    "partial_early": ("部分提前还款", "Early repayment in part"),
    "payoff": ("提前结清", "Payoff"),
    "credit_use": ("暂收款抵扣", "Waiting money used"),
    "refund": ("退款", "Refund"),
    "waiver": ("减免", "Waiver"),
    "rate_change": ("利率调整", "Change of rate"),
    "extension": ("展期", "Extension"),
    "restructuring": ("重组", "Restructuring"),
    "write_off": ("核销", "Write-off"),
    "recovery": ("收回", "Recovery"),
}
_COLUMNS: Sequence[Pair] = (
    ("日期", "Date"), ("事项", "What"), ("金额", "Amount"), ("本金", "Principal"),
    ("利息", "Interest"), ("罚息复利", "Penalty"), ("本金余额", "Balance"),
)


@dataclass(frozen=True, slots=True)
class Table:
    """Columns in both languages, rows of texts, figures from the third column on."""

    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    total: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper ready to be set; ``sha256`` is of the facts it was made from."""

    number: str
    code: str
    lender: Pair
    title: Pair
    facts: tuple[tuple[Pair, str], ...]
    paragraphs: tuple[Pair, ...]
    table: Table | None
    sha256: str


def sha256_of(facts: Mapping[str, Any]) -> str:
    """The hash of everything a paper says; the same facts give the same hash."""
    written = json.dumps(facts, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(written.encode()).hexdigest()


def compose(*, kind: str, number: str, code: str, facts: Mapping[str, Any]) -> Paper:
    """The paper's words. ``facts`` as ``lending.services.loan_papers`` writes them."""
    return Paper(
        number=number,
        code=code,
        lender=(facts["lender"], facts["lender_en"]),
        title=TITLES[kind],
        facts=_head(facts),
        paragraphs=_BODIES[kind](facts),
        table=_table(facts["lines"]) if kind == STATEMENT else None,
        sha256=sha256_of(facts),
    )


def _head(facts: Mapping[str, Any]) -> tuple[tuple[Pair, str], ...]:
    rows: list[tuple[Pair, str]] = [
        (("借款人", "Borrower"), clean(facts["borrower"], 40)),
        (("证件号码", "ID number"), facts["id_number"]),
        (("借据号", "Loan note"), facts["note_no"]),
        (("合同号", "Contract"), facts["contract_no"]),
        (("贷款金额", "Amount lent"), f"¥{_y(facts['principal'])}"),
        (("放款日", "Paid out on"), _both(facts["start"])),
    ]
    if "period_from" in facts:
        period = f"{_both(facts['period_from'])} – {_both(facts['period_to'])}"
        rows.append((("期间", "Period"), period))
    return tuple(rows)


def _statement(facts: Mapping[str, Any]) -> tuple[Pair, ...]:
    on = facts["on"]
    return (
        (
            f"截至{_zh(on)}，本金余额 {_y(facts['balance'])} 元，应还未还 {_y(facts['due'])} 元。",
            f"On {on} the principal left is ¥{_y(facts['balance'])}; due and not yet paid: "
            f"¥{_y(facts['due'])}.",
        ),
        (
            f"本期共还款 {_y(facts['paid'])} 元，其中利息 {_y(facts['interest_paid'])} 元。",
            f"Paid in this period: ¥{_y(facts['paid'])}, of it interest ¥{_y(facts['interest_paid'])}.",
        ),
    )


def _payoff(facts: Mapping[str, Any]) -> tuple[Pair, ...]:
    on, amount = facts["on"], facts["amount"]
    return (
        (
            f"若于{_zh(on)}当日结清本笔贷款，应还总额为人民币 {_y(amount)} 元"
            f"（大写：{capitals(Decimal(amount))}）。",
            f"To end this loan on {on}, the whole amount to pay is ¥{_y(amount)}.",
        ),
        (
            f"其中本金 {_y(facts['owed_principal'])} 元，利息 {_y(facts['owed_interest'])} 元，"
            f"罚息及复利 {_y(facts['owed_charges'])} 元，已暂收 {_y(facts['credit'])} 元。",
            f"Principal ¥{_y(facts['owed_principal'])}, interest ¥{_y(facts['owed_interest'])}, penalty "
            f"and compound interest ¥{_y(facts['owed_charges'])}, "
            f"already received ¥{_y(facts['credit'])}.",
        ),
        (
            "以上金额仅当日有效；提前结清不收取违约金。",
            "Valid on that day only. There is no fee for paying early.",
        ),
    )


def _settlement(facts: Mapping[str, Any]) -> tuple[Pair, ...]:
    on = facts["settled_on"]
    return (
        (
            f"兹证明：上述借款人在我行的本笔贷款，本金人民币 {_y(facts['principal'])} 元"
            f"（大写：{capitals(Decimal(facts['principal']))}）及全部利息已于{_zh(on)}结清，无任何欠款。",
            f"We certify that this loan of ¥{_y(facts['principal'])} with all interest was repaid in full "
            f"on {on}. Nothing is owed.",
        ),
        (
            f"借款期间共还款 {_y(facts['paid'])} 元，其中利息 {_y(facts['interest_paid'])} 元。",
            f"Paid in all: ¥{_y(facts['paid'])}, of it interest ¥{_y(facts['interest_paid'])}.",
        ),
    )


def _interest(facts: Mapping[str, Any]) -> tuple[Pair, ...]:
    return (
        (
            f"兹证明：上述期间内，借款人就本笔贷款实际支付利息人民币 {_y(facts['interest_paid'])} 元"
            f"（大写：{capitals(Decimal(facts['interest_paid']))}），"
            f"另付罚息及复利 {_y(facts['charges_paid'])} 元。",
            f"In this period the borrower paid interest of ¥{_y(facts['interest_paid'])} on this loan, "
            f"and penalty and compound interest of ¥{_y(facts['charges_paid'])}.",
        ),
    )


_BODIES = {STATEMENT: _statement, PAYOFF: _payoff, SETTLEMENT: _settlement, INTEREST: _interest}


def _table(lines: Sequence[Mapping[str, str]]) -> Table:
    rows = []
    for line in lines:
        what = _WHAT.get(line["kind"], (line["kind"], line["kind"]))
        rows.append(
            (
                line["date"],
                f"{what[0]} {what[1]}" + (f" {line['note']}" if line.get("note") else ""),
                *(_y(line[name]) for name in ("amount", "principal", "interest", "charges", "balance")),
            )
        )
    return Table([f"{zh} {en}" for zh, en in _COLUMNS], rows)


def _y(amount: str) -> str:
    return money(Decimal(amount))


def _zh(iso: str) -> str:
    return day(date.fromisoformat(iso), "zh")


def _both(iso: str) -> str:
    return iso
