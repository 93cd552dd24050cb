"""The demand letter (催收函): what is owed and since when, how to pay, whom to call, what help exists. Pure.

It states and offers; it threatens nobody, names nobody else, and asks for nothing but what is late.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from lending.documents.adverse_action import Letter, Pair, Section
from lending.documents.wording import capitals, clean, day, money

#: Instalments named one by one; more are summed up.
ROWS_MAX = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class DemandFacts:
    """Everything the letter states; amounts are yuan. ``late``: (day to pay, still owed of it)."""

    letter_no: str
    lender: Pair
    borrower: str
    note_no: str
    as_of: date
    since: date
    days_past_due: int
    principal: Decimal
    interest: Decimal
    penalty: Decimal
    compound: Decimal
    credit: Decimal
    total: Decimal
    late: tuple[tuple[date, Decimal], ...]
    last_four: str
    officer: str
    phone: str
    branch: str

    def as_dict(self) -> dict[str, Any]:
        """JSON for keeping: dates and amounts as text."""
        kept = asdict(self)
        kept["late"] = [[on.isoformat(), str(amount)] for on, amount in self.late]
        return {
            name: value.isoformat() if isinstance(value, date)
            else str(value) if isinstance(value, Decimal) else value
            for name, value in kept.items()
        }


def from_dict(kept: Mapping[str, Any]) -> DemandFacts:
    values = dict(kept)
    for name in ("as_of", "since"):
        values[name] = date.fromisoformat(values[name])
    for name in ("principal", "interest", "penalty", "compound", "credit", "total"):
        values[name] = Decimal(values[name])
    values["lender"] = tuple(values["lender"])
    values["late"] = tuple((date.fromisoformat(on), Decimal(sum_)) for on, sum_ in values["late"])
    return DemandFacts(**values)


def compose(facts: DemandFacts) -> Letter:
    """The letter's words. Same facts, same letter, same hash."""
    name = clean(facts.borrower, 40) or "客户"
    letter = Letter(
        number=facts.letter_no,
        lender=facts.lender,
        title=("还款提醒函", "Letter about an overdue payment"),
        greeting=(f"{name}：", f"Dear {name},"),
        opening=(
            f"您在本行的贷款（借据 {facts.note_no}）自{day(facts.since, 'zh')}起有款项未还，"
            f"到{day(facts.as_of, 'zh')}已逾期 {facts.days_past_due} 天。特此函告，请您尽快还款。"
            f"如已还款，请忽略本函。",
            f"part of your loan (note {facts.note_no}) has been unpaid since {day(facts.since, 'en')}, "
            f"for {facts.days_past_due} days on {day(facts.as_of, 'en')}. Please pay it soon. If you "
            f"have paid meanwhile, please disregard this letter.",
        ),
        sections=(
            Section(("应还多少", "What is due"), _amounts(facts)),
            Section(("怎样还款", "How to pay"), _ways(facts)),
            Section(("找谁商量", "Whom to call"), (_person(facts),)),
            Section(("有困难时", "If it is hard"), _HELP),
            Section(("您的权利", "Your rights"), _RIGHTS),
        ),
        closing=(
            f"{facts.lender[0]}　{day(facts.as_of, 'zh')}",
            f"{facts.lender[1]}, {day(facts.as_of, 'en')}",
        ),
        sha256="",
    )
    written = json.dumps(asdict(letter), ensure_ascii=False, sort_keys=True)
    return replace(letter, sha256=hashlib.sha256(written.encode()).hexdigest())


def _amounts(facts: DemandFacts) -> tuple[Pair, ...]:
    items = (
        ("逾期本金", "Principal overdue", facts.principal),
        ("逾期利息", "Interest overdue", facts.interest),
        ("罚息", "Penalty interest", facts.penalty),
        ("复利", "Compound interest", facts.compound),
    )
    lines = [(f"{zh}：{money(a)} 元", f"{en}: CNY {money(a)}") for zh, en, a in items if a]
    if facts.credit:
        lines.append(
            (f"减去您已存入待用的 {money(facts.credit)} 元",
             f"less CNY {money(facts.credit)} of yours that waits with us")
        )
    lines.append(
        (f"合计：{money(facts.total)} 元（大写：{capitals(facts.total)}）",
         f"Together: CNY {money(facts.total)}, as of {day(facts.as_of, 'en')}; it grows daily until paid")
    )
    named = facts.late[:ROWS_MAX]
    lines.append(
        ("其中各期：" + "；".join(f"{day(on, 'zh')}应还而未还 {money(a)} 元" for on, a in named)
         + ("；以及此后各期。" if len(facts.late) > ROWS_MAX else "。"),
         "By instalment: " + "; ".join(f"{day(on, 'en')} CNY {money(a)}" for on, a in named)
         + ("; and those after." if len(facts.late) > ROWS_MAX else "."))
    )
    return tuple(lines)


def _ways(facts: DemandFacts) -> tuple[Pair, ...]:
    card = clean(facts.last_four, 4)
    return (
        (f"把钱存入您尾号 {card} 的银行卡，我们会自动扣款；也可登录本行贷款页面直接还款。",
         f"Put the money into your card ending {card} and we collect it, or pay on our loan pages."),
        (f"也可到{clean(facts.branch, 40)}柜台办理。请不要把钱交给任何个人或转入私人账户。",
         f"Or come to {clean(facts.branch, 40)}. Never hand money to a person or pay into a private "
         f"account."),
    )


def _person(facts: DemandFacts) -> Pair:
    officer, phone = clean(facts.officer, 40), clean(facts.phone, 20)
    return (
        f"客户经理 {officer}，电话 {phone}，每天 8:00 至 22:00 之间都可以打。",
        f"Your loan officer {officer}, {phone}, between 8:00 and 22:00.",
    )


_HELP: tuple[Pair, ...] = (
    (
        "生病、歉收、牲畜病死、失业或遇到灾害时，请尽早告诉我们：可以在本行贷款页面登记，我们会先停止催收七天，"
        "由客户经理与您商量。",
        "After illness, a lost harvest, sick animals, a lost job or a disaster, tell us early, also on our "
        "loan pages: we stop asking for seven days and your loan officer talks with you.",
    ),
    (
        "可以商量的办法：分几次还清、展期、重新安排还款计划。是否可行，由本行审核后答复您。",
        "What can be talked about: paying in parts, more time, a new plan. We look at it and answer you.",
    ),
)
_RIGHTS: tuple[Pair, ...] = (
    (
        "我们只联系您本人，不在晚上 22:00 至早上 8:00 联系，一天不超过三次。您可以登录关闭不想要的联系方式。",
        "We contact you and nobody else, never between 22:00 and 8:00, and at most three times a day. "
        "You may switch off ways of contact on our loan pages.",
    ),
    (
        "对金额有疑问，可以要求本行出具明细。对我们的做法不满意，可在任一网点投诉，或拨打金融消费者投诉热线 "
        "12378。",
        "If you doubt the amount, ask us for a statement. If you are not content with us, complain at any "
        "branch or call 12378, the supervisor's line for bank customers.",
    ),
)
