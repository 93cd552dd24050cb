"""What a person can change about themselves, as data: the only things a refusal may suggest.

Never here: what nobody can change (age, county, history of arrears), what the law protects, and what
is only said and could be said differently tomorrow (declared income, occupation).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

#: How a target moves: to a value, to a percentage of itself, over the next scorecard edges, or up to
#: another value that is already vouched for.
VALUE, PERCENT, EDGES, LIKE = "value", "percent", "edges", "like"


@dataclass(frozen=True, slots=True)
class Target:
    """One fact and the steps it can take, smallest first. ``up``: whether it must rise or fall."""

    feature: str
    kind: str
    steps: tuple[Any, ...]
    up: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """``effort`` 1 (an errand) to 4 (a year's work); ``months`` until it shows at the latest.

    ``needs``: features that must be above zero, else the advice is empty talk. ``zh`` and ``en`` are
    what to do, in the words of a sentence that begins with “if you”.
    """

    code: str
    effort: int
    months: int
    targets: tuple[Target, ...]
    zh: str
    en: str
    needs: tuple[str, ...] = ()


def _down(feature: str, *steps: Any) -> Target:
    return Target(feature, VALUE, steps)


def _part(feature: str, *percents: int) -> Target:
    return Target(feature, PERCENT, percents)


CHANGES: tuple[Change, ...] = (
    Change(
        "LAND_CERTIFICATE", 1, 0, (Target("land_certificate", VALUE, (True,), up=True),),
        "提供土地确权证明", "hand in the certificate of your land", needs=("land_mu",),
    ),
    Change(
        "PAY_OVERDUE_HERE", 1, 0, (_down("loans_overdue", 0),),
        "先还清在本行的逾期", "first pay what is overdue with us",
    ),
    Change(
        "PAY_OVERDUE", 1, 1, (_down("bureau_overdue_now", "0.00"),),
        "还清当前逾期", "pay what is overdue at other lenders",
    ),
    Change(
        "DEBIT_CARD", 1, 0, (Target("card_type", VALUE, ("debit",), up=True),),
        "改用本人的借记卡收款", "use a debit card of your own",
    ),
    Change(
        "FEWER_APPLICATIONS", 2, 3,
        (
            _down("bureau_hard_enquiries_3m", 0),
            _down("multi_applications_7d", 0),
            _down("multi_applications_30d", 0),
            _down("multi_applications_3m", 0),
            _down("multi_lenders_3m", 0),
        ),
        "三个月内不再向其他机构申请贷款", "do not apply for loans elsewhere for three months",
    ),
    Change(
        "SMALLER_AMOUNT", 1, 0, (_part("requested_amount", 75, 50, 25),),
        "申请少一些的金额", "ask for a smaller amount",
    ),
    Change(
        "PAYROLL_HERE", 2, 6,
        (Target("payroll_months_12", VALUE, (6, 12), up=True),
         Target("payroll_monthly", LIKE, ("social_base",), up=True)),
        "工资由本行代发满六个月", "have your wage paid through us for six months",
        needs=("social_base",),
    ),
    # A history with us is evidence of money coming in; a deposit is never a condition (ADR 0014).
    Change(
        "ACCOUNT_HISTORY", 2, 6, (Target("bank_deposit_average", EDGES, (1, 2), up=True),),
        "日常收支在本行走账（存款不是贷款条件）",
        "let everyday money pass through an account with us (a deposit is never a condition)",
    ),
    Change(
        "LESS_DEBT_HERE", 3, 3, (_part("outstanding_principal", 50, 0),),
        "先还掉一部分本行的贷款", "repay a part of your loans with us first",
    ),
    Change(
        "LESS_DEBT", 3, 3, (_part("bureau_obligation", 75, 50, 25, 0),),
        "先还掉一部分其他贷款，减少每月应还",
        "repay a part of your other loans, so that less falls due each month",
    ),
    Change(
        "FEWER_GUARANTEES", 4, 6, (_part("bureau_guarantees", 50, 0),),
        "减少为他人的担保", "guarantee less for other people",
    ),
)

#: Months after which what stands against a person is no longer looked at, by the feature a rule reads.
WAITING: Mapping[str, int] = {
    "bureau_hard_enquiries_3m": 3,
    "multi_lenders_3m": 3,
    "multi_applications_7d": 1,
    "multi_applications_30d": 1,
    "multi_applications_3m": 3,
    "bureau_overdue_now": 1,
    "bureau_overdue_months_24": 24,
    "bureau_overdue_run_max": 24,
}

#: What helped → the words of its effect; nothing is promised.
EFFECTS: Mapping[str, tuple[str, str]] = {
    "approve": ("可能可以获得贷款", "a loan may become possible"),
    "refer": ("可能由客户经理继续办理", "a loan officer may be able to go on with it"),
    "limit": ("可能提高额度", "the limit may be higher"),
    "rate": ("利率可能降低", "the rate may be lower"),
}


def sentence(changes: tuple[Change, ...], effect: str) -> tuple[str, str]:
    """Chinese and English, e.g. “提供土地确权证明，可能提高额度。”"""
    zh, en = EFFECTS[effect]
    what_zh = "，并".join(change.zh for change in changes)
    what_en = " and ".join(change.en for change in changes)
    return f"{what_zh}，{zh}。", f"If you {what_en}, {en}."
