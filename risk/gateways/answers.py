"""Asking a source and reading its answer: the only code that calls out.

It touches no database, so that threads may run it. An answer counts only if it is exactly of its
shape and about the person asked.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from risk.contracts import Subject
from risk.domain.features import FEATURES
from risk.domain.values import NotOfType, written
from risk.gateways.http_port import HttpPort, PortReply
from risk.gateways.sources import (
    ERROR,
    INQUIRY,
    MATCH,
    MISMATCH,
    NO_RECORD,
    NO_RETRY,
    TIMEOUT,
    Body,
    Source,
)

_RETRIES = {INQUIRY: 1, NO_RETRY: 0}
_SAID_OF_A_PERSON = ("id_number", "name", "mobile")


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


def ask(source: Source, subject: Subject, *, consent_id: str, purpose: str) -> Answer:
    """Put the question and read the answer. Never raises for what the other side does."""
    question = source.body(subject)
    if question is None:
        raise ValueError(f"{source.code} cannot be asked for this subject")
    body: dict[str, Any] = {**question, "purpose": purpose, "consent_id": consent_id}
    reply = HttpPort(source.service).post(
        source.operation, body, timeout_s=source.timeout_s, retries=_RETRIES[source.retry]
    )
    return read_answer(source, reply, question)


def read_answer(source: Source, reply: PortReply, question: Body) -> Answer:
    """Translate a reply into one of the five results; anything not exactly of its shape, or not
    about the person of ``question``, is an ERROR.
    """
    if reply.kind == "timeout":
        return Answer(TIMEOUT, {}, {}, "timeout", reply.latency_ms)
    if reply.kind != "ok":
        return Answer(ERROR, {}, reply.body, reply.kind, reply.latency_ms)
    if reply.body.get("request_id", reply.request_id) != reply.request_id:
        return Answer(
            ERROR, {}, reply.body, "request_id", reply.latency_ms
        )  # somebody else's answer
    if _is_about_another(question, reply.body):
        return Answer(ERROR, {}, reply.body, "other_person", reply.latency_ms)
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


def _is_about_another(question: Body, body: Mapping[str, Any]) -> bool:
    """Whether the reply names a person, and not the one asked about.

    What was not asked is not compared (a register may know an older number), and where a check says
    MISMATCH only the ID number must agree: the rest is what it found to differ.
    """
    data = body.get("data")
    compared = _SAID_OF_A_PERSON[:1] if body.get("result") == MISMATCH else _SAID_OF_A_PERSON
    for said in (body, data if isinstance(data, Mapping) else {}):
        for field in compared:
            if said.get(field) is not None and field in question:
                told = said[field]
                if not isinstance(told, str) or _plain(told) != _plain(question[field]):
                    return True
    return False


def _plain(text: str) -> str:
    return text.strip().upper()
