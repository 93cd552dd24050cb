"""The outside sources a decision rests on: one row each.

A row says what must be agreed to (consent), what it costs, how long its answer stays fresh, what may
be tried again and what stands in when it fails. Rows are data; ``risk.gateways.answers`` asks.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from risk.contracts import Subject
from risk.domain.values import NotOfType, read_flag, read_money, read_text

MATCH, MISMATCH, NO_RECORD, ERROR, TIMEOUT = "MATCH", "MISMATCH", "NO_RECORD", "ERROR", "TIMEOUT"
#: Results that tell nothing: never used again, never paid for.
FAILED = (ERROR, TIMEOUT)
PURPOSE_LOAN_APPROVAL = "loan_approval"
INQUIRY, NO_RETRY = "inquiry", "none"
REFER, STALE = "refer", "stale"
_CASES_MAX = 500
_CLOSED_CASES = frozenset({"closed", "settled", "concluded", "withdrawn", "finished"})
Body = dict[str, str]


@dataclass(frozen=True, slots=True)
class Source:
    """``body`` gives the question's fields or ``None`` if the subject lacks what it needs (no card
    yet).

    ``fresh_days``: so long an answer to exactly the same question is used again instead of asking.
    ``retry`` "inquiry": a refused or broken connection, 502 and 503 are repeated once within the
    timeout; "none": never, for each enquiry may leave its mark on the person's file. No other
    failure is ever repeated. ``fallback`` "stale": when the source fails, its last answer stands in
    for up to ``stale_days``, and says so; "refer": a person decides.
    """

    code: str
    service: str
    operation: str
    consent_kind: str
    cost_fen: int
    fresh_days: int
    timeout_s: float
    body: Callable[[Subject], Body | None]
    is_check: bool = False
    prepare: Callable[[Mapping[str, Any]], Mapping[str, Any]] = dict
    retry: str = INQUIRY
    fallback: str = REFER
    stale_days: int = 0


def _person(subject: Subject) -> Body:
    return {"name": subject.name, "id_number": subject.id_number}


def _number(subject: Subject) -> Body:
    return {"id_number": subject.id_number}


def _phone(subject: Subject) -> Body:
    return {**_person(subject), "mobile": subject.mobile}


def _number_and_phone(subject: Subject) -> Body:
    return {"id_number": subject.id_number, "mobile": subject.mobile}


def _card(subject: Subject) -> Body | None:
    return {**_phone(subject), "card_number": subject.card_number} if subject.card_number else None


def _open_cases(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Courts keep closed cases listed: only open ones count; an unknown status counts as open."""
    cases = data.get("enforcement_cases")
    if not isinstance(cases, list) or len(cases) > _CASES_MAX:
        raise NotOfType("enforcement_cases")
    amounts = []
    for case in cases:
        if not isinstance(case, Mapping):
            raise NotOfType("enforcement_cases")
        amount = read_money(case.get("amount"))
        if read_text(case.get("status")).lower() not in _CLOSED_CASES:
            amounts.append(amount)
    dishonest = read_flag(data.get("dishonest"))
    return {
        "open_cases": len(amounts),
        "open_amount": str(sum(amounts) or "0.00"),
        "dishonest": dishonest,
    }


#: Own-bank and identity data rest on the privacy consent, lending histories on the bureau's, the rest
#: on the consent to data sharing. Costs are the demo bank's price list, in fen a call. Only registers
#: that move slowly may be read from an old answer; checks and lending histories never.
_ROWS = (
    Source("identity", "identity", "verify", "privacy", 60, 1, 3.0, _person, is_check=True),
    Source("carrier", "carrier", "three-element", "privacy", 40, 30, 3.0, _phone, is_check=True),
    Source("card", "card", "four-element", "privacy", 50, 1, 3.0, _card, is_check=True),
    Source("own_bank", "corebank", "customer", "privacy", 0, 1, 3.0, _number),
    Source("bureau", "bureau", "report", "bureau", 400, 7, 4.0, _person, retry=NO_RETRY),
    Source(
        "multilender", "multilender", "exposure", "bureau", 80, 1, 3.0, _number_and_phone,
        retry=NO_RETRY,
    ),
    Source("courts", "courts", "search", "data_sharing", 30, 1, 3.0, _person, prepare=_open_cases),
    Source(
        "land", "government", "land", "data_sharing", 0, 90, 3.0, _number,
        fallback=STALE, stale_days=365,
    ),
    Source(
        "subsidies", "government", "subsidies", "data_sharing", 0, 90, 3.0, _number,
        fallback=STALE, stale_days=365,
    ),
    Source(
        "social_insurance", "government", "social-insurance", "data_sharing", 0, 30, 3.0, _number
    ),
    Source(
        "housing_fund", "government", "housing-fund", "data_sharing", 0, 30, 3.0, _number,
        fallback=STALE, stale_days=180,
    ),
    Source("tax", "government", "tax", "data_sharing", 0, 30, 3.0, _number),
)  # fmt: skip
SOURCES: dict[str, Source] = {source.code: source for source in _ROWS}

#: What staff read: Chinese and English name of each source.
SOURCE_NAMES: Mapping[str, tuple[str, str]] = {
    "application": ("申请资料", "application"),
    "signals": ("本行申请与贷款记录", "our own applications and loans"),
    "identity": ("公安身份核验", "identity check"),
    "carrier": ("运营商三要素", "carrier check"),
    "card": ("银行卡四要素", "bank card check"),
    "own_bank": ("本行客户资料", "own bank"),
    "bureau": ("征信报告", "credit bureau"),
    "multilender": ("多头借贷", "multi-lender exposure"),
    "courts": ("法院执行信息", "courts"),
    "land": ("土地确权", "land register"),
    "subsidies": ("惠农补贴", "farm subsidies"),
    "social_insurance": ("社会保险", "social insurance"),
    "housing_fund": ("住房公积金", "housing fund"),
    "tax": ("税务", "tax"),
}
