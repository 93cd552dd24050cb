"""The outside sources a decision rests on: one row each, and the reading of their answers.

A row says what must be agreed to (consent), why it is asked (purpose), what it costs, how long its
answer stays fresh and which features it must bring. Rows are data; ``ask`` is the only code that
calls out, and it touches no database, so that threads may run it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from risk.contracts import Subject
from risk.domain.features import FEATURES
from risk.domain.values import NotOfType, read_flag, read_money, read_text, written
from risk.gateways.http_port import HttpPort, PortReply

MATCH, MISMATCH, NO_RECORD, ERROR, TIMEOUT = "MATCH", "MISMATCH", "NO_RECORD", "ERROR", "TIMEOUT"
PURPOSE_LOAN_APPROVAL = "loan_approval"
_CASES_MAX = 500
_CLOSED_CASES = frozenset({"closed", "settled", "concluded", "withdrawn", "finished"})
Body = dict[str, str]


@dataclass(frozen=True, slots=True)
class Source:
    """``body`` gives the question's fields or ``None`` if the subject lacks what it needs (no card
    yet).
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


@dataclass(frozen=True, slots=True)
class Answer:
    """``facts``: feature name → JSON value; empty unless ``result`` is MATCH. ``problem`` explains
    an ERROR.
    """

    result: str
    facts: Mapping[str, Any]
    raw: Mapping[str, Any]
    problem: str
    latency_ms: int


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


#: Own-bank and identity data rest on the privacy consent, lending histories on the bureau's, the
#: rest on
#: the consent to data sharing. Costs are the demo bank's price list, in fen a call.
SOURCES: dict[str, Source] = {
    source.code: source
    for source in (
        Source("identity", "identity", "verify", "privacy", 60, 1, 3.0, _person, is_check=True),
        Source(
            "carrier", "carrier", "three-element", "privacy", 40, 30, 3.0, _phone, is_check=True
        ),
        Source("card", "card", "four-element", "privacy", 50, 1, 3.0, _card, is_check=True),
        Source("own_bank", "corebank", "customer", "privacy", 0, 1, 3.0, _number),
        Source("bureau", "bureau", "report", "bureau", 400, 7, 4.0, _person),
        Source("multilender", "multilender", "exposure", "bureau", 80, 1, 3.0, _number_and_phone),
        Source(
            "courts", "courts", "search", "data_sharing", 30, 1, 3.0, _person, prepare=_open_cases
        ),
        Source("land", "government", "land", "data_sharing", 0, 90, 3.0, _number),
        Source("subsidies", "government", "subsidies", "data_sharing", 0, 90, 3.0, _number),
        Source(
            "social_insurance",
            "government",
            "social-insurance",
            "data_sharing",
            0,
            30,
            3.0,
            _number,
        ),
        Source("housing_fund", "government", "housing-fund", "data_sharing", 0, 30, 3.0, _number),
        Source("tax", "government", "tax", "data_sharing", 0, 30, 3.0, _number),
    )
}
_RETRIES = 1

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


def ask(source: Source, subject: Subject, *, consent_id: str, purpose: str) -> Answer:
    """Put the question and read the answer. Never raises for what the other side does."""
    question = source.body(subject)
    if question is None:
        raise ValueError(f"{source.code} cannot be asked for this subject")
    body: dict[str, Any] = {**question, "purpose": purpose, "consent_id": consent_id}
    reply = HttpPort(source.service).post(
        source.operation, body, timeout_s=source.timeout_s, retries=_RETRIES
    )
    return read_answer(source, reply)


def read_answer(source: Source, reply: PortReply) -> Answer:
    """Translate a reply into one of the five results; anything not exactly of its shape is an
    ERROR.
    """
    if reply.kind == "timeout":
        return Answer(TIMEOUT, {}, {}, "timeout", reply.latency_ms)
    if reply.kind != "ok":
        return Answer(ERROR, {}, reply.body, reply.kind, reply.latency_ms)
    if reply.body.get("request_id", reply.request_id) != reply.request_id:
        return Answer(
            ERROR, {}, reply.body, "request_id", reply.latency_ms
        )  # somebody else's answer
    result, data = reply.body.get("result"), reply.body.get("data")
    allowed = {MATCH, NO_RECORD, MISMATCH} if source.is_check else {MATCH, NO_RECORD}
    if not isinstance(result, str) or result not in allowed:
        return Answer(ERROR, {}, reply.body, "result", reply.latency_ms)
    if result != MATCH:
        return Answer(result, {}, reply.body, "", reply.latency_ms)
    if not isinstance(data, Mapping):
        return Answer(ERROR, {}, reply.body, "data", reply.latency_ms)
    if source.code == "bureau" and data.get("has_file") is False:
        return Answer(NO_RECORD, {}, reply.body, "", reply.latency_ms)
    try:
        return Answer(MATCH, _facts(source, data), reply.body, "", reply.latency_ms)
    except NotOfType as error:
        return Answer(ERROR, {}, reply.body, f"field {error}"[:30], reply.latency_ms)


def _facts(source: Source, data: Mapping[str, Any]) -> dict[str, Any]:
    prepared = source.prepare(data)
    facts = {}
    for feature in FEATURES.values():
        if feature.source != source.code or feature.field == "result":
            continue
        try:
            facts[feature.name] = written(feature.read(prepared.get(feature.field)))
        except NotOfType:
            raise NotOfType(feature.field) from None
    return facts
