"""The letter of a refusal: why, from which sources, what could help, and what the person may do. Pure.

Every paragraph stands in Chinese and in English below each other. There is no score in it, and no
figure of what would help: nothing is promised.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date

from lending.documents.wording import clean, day

Pair = tuple[str, str]
#: Where a person may ask what is written about them, and have it corrected, by source.
_WHERE: Mapping[str, Pair] = {
    "bureau": (
        "中国人民银行征信中心：每年可免费查询两次本人信用报告（www.pbccrc.org.cn，或到当地人民银行网点、"
        "商业银行自助机）。认为有误的，可向征信中心或报送机构提出异议，对方应在二十日内答复。",
        "Credit Reference Center of the People's Bank of China: your own report is free twice a year "
        "(www.pbccrc.org.cn, a local office of the People's Bank, or a bank's machine). If something is "
        "wrong you may object there or at the lender that reported it; an answer is due within 20 days.",
    ),
    "multilender": (
        "持牌个人征信机构：可通过其官方网站查询本人信息并提出异议。",
        "The licensed credit agency: you may see your own data and object on its own website.",
    ),
    "courts": (
        "中国执行信息公开网（zxgk.court.gov.cn）：可查询本人信息，有误的向执行法院申请更正。",
        "China's enforcement information site (zxgk.court.gov.cn): you may see your entry, and ask the "
        "enforcing court to correct it.",
    ),
}
_RIGHTS: tuple[Pair, ...] = (
    (
        "您有权要求由人工重新审核：登录本行贷款页面，打开本次申请，点“请人工看一看”，或到任一网点提出，"
        "我们会在{days}个工作日内答复。",
        "You have the right to have a person look again: open this application on our loan pages and "
        "choose to ask a person, or ask at any branch. We answer within {days} working days.",
    ),
    (
        "您有权要求我们说明决定的理由，并更正我们掌握的、有误的个人信息。",
        "You may ask us to explain the decision, and to correct personal data we hold that is wrong.",
    ),
    (
        "对处理结果不满意的，可在任一网点投诉，或拨打金融消费者投诉热线 12378。",
        "If you are not content, complain at any branch or call 12378, the supervisor's line for bank "
        "customers.",
    ),
)
_REVIEWED: Pair = (
    "本次决定已由客户经理人工审核。如有疑问，请联系您的客户经理。",
    "A loan officer has reviewed this decision. Please ask your loan officer if anything is unclear.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterFacts:
    """Everything a letter states. Texts are (Chinese, English); ``sources`` are (code, zh, en).

    ``by_person``: a loan officer refused, so the review has been had. ``review_days``: working days.
    """

    letter_no: str
    application_no: str
    lender: Pair
    applicant: str
    product: Pair
    applied_on: date
    refused_on: date
    reasons: tuple[Pair, ...]
    helps: tuple[Pair, ...] = ()
    sources: tuple[tuple[str, str, str], ...] = ()
    try_again_on: date | None = None
    by_person: bool = False
    review_days: int = 5


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and its paragraphs, each in both languages."""

    title: Pair
    paragraphs: tuple[Pair, ...]


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter ready to be set; ``sha256`` is of everything it says."""

    number: str
    lender: Pair
    title: Pair
    greeting: Pair
    opening: Pair
    sections: tuple[Section, ...]
    closing: Pair
    sha256: str


def compose(facts: LetterFacts) -> Letter:
    """The letter's words. Same facts, same letter, same hash."""
    name = clean(facts.applicant, 40) or "客户"
    on_zh, on_en = day(facts.applied_on, "zh"), day(facts.applied_on, "en")
    sections = [
        Section(("没有通过的原因", "Why we cannot lend now"), _cleaned(facts.reasons)),
        Section(("我们参考了哪些信息", "What we looked at"), _sources(facts)),
        Section(("怎样可以更好", "What could help"), _helps(facts)),
        Section(("您的权利", "Your rights"), _rights(facts)),
    ]
    written = Letter(
        number=facts.letter_no,
        lender=facts.lender,
        title=("贷款申请结果告知书", "Notice of the result of your loan application"),
        greeting=(f"{name}：", f"Dear {name},"),
        opening=(
            f"您于{on_zh}申请的“{clean(facts.product[0], 40)}”（申请编号 {facts.application_no}），"
            f"经审核本次未能通过。本告知书说明原因和您的权利。",
            f"your application of {on_en} for “{clean(facts.product[1], 60)}” (application number "
            f"{facts.application_no}) was not approved. This letter says why, and what you may do.",
        ),
        sections=tuple(section for section in sections if section.paragraphs),
        closing=(
            f"{facts.lender[0]}　{day(facts.refused_on, 'zh')}",
            f"{facts.lender[1]}, {day(facts.refused_on, 'en')}",
        ),
        sha256="",
    )
    return _sealed(written)


def _sealed(letter: Letter) -> Letter:
    written = json.dumps(asdict(letter), ensure_ascii=False, sort_keys=True)
    values = {name: getattr(letter, name) for name in Letter.__dataclass_fields__}
    return Letter(**{**values, "sha256": hashlib.sha256(written.encode()).hexdigest()})


def _cleaned(pairs: Sequence[Pair]) -> tuple[Pair, ...]:
    return tuple((clean(zh, 200), clean(en, 300)) for zh, en in pairs)


def _sources(facts: LetterFacts) -> tuple[Pair, ...]:
    if not facts.sources:
        return ()
    names_zh = "、".join(zh for _, zh, _ in facts.sources)
    names_en = ", ".join(en for _, _, en in facts.sources)
    first = (
        f"经您授权，以下来源的信息影响了这次结果：{names_zh}。作出决定的是本行，不是这些机构。",
        f"With your consent, these sources counted: {names_en}. The decision was ours, not theirs.",
    )
    return (first, *(_WHERE[code] for code, _, _ in facts.sources if code in _WHERE))


def _helps(facts: LetterFacts) -> tuple[Pair, ...]:
    found = list(_cleaned(facts.helps))
    if facts.try_again_on is not None:
        on = facts.try_again_on
        found.append(
            (
                f"{day(on, 'zh')}以后再申请，结果可能不同。",
                f"If you apply again after {day(on, 'en')}, the answer may be another.",
            )
        )
    if facts.helps:
        found.append(
            (
                "以上是按目前规则推算的可能，不构成承诺；届时仍需重新审核。",
                "This is what the rules of today suggest. It is no promise: we would have to look again.",
            )
        )
    return tuple(found)


def _rights(facts: LetterFacts) -> tuple[Pair, ...]:
    first = _REVIEWED if facts.by_person else _RIGHTS[0]
    days = str(facts.review_days)
    return tuple(
        (zh.replace("{days}", days), en.replace("{days}", days)) for zh, en in (first, *_RIGHTS[1:])
    )
