"""The core bank port: pay, collect, ask by key, read the day's statement.

An answer settles money only when it is definite and echoes key, amount and card. A closed list of codes
is a definite rejection; everything else, whatever it looks like, is ``unknown`` and is asked again.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

from products.money import CURRENCY, InvalidAmount, parse_amount
from risk.gateways.http_port import HttpPort, PortReply

#: Definite rejections (reference: practice-china §3): account closed, frozen, name differs, wrong type, risk.
REJECTION_CODES = frozenset({"60", "61", "63", "66", "93", "38"})
#: Collecting may also fail for want of money on the card.
INSUFFICIENT_FUNDS = "51"
COLLECT_REJECTION_CODES = REJECTION_CODES | {INSUFFICIENT_FUNDS}
_CALL_TIMEOUT_S = 10.0
_STATEMENT_TIMEOUT_S = 30.0
STATEMENT_PAGE_LINES = 2_000
STATEMENT_PAGES_MAX = 1_000


@dataclass(frozen=True)
class TransferOrder:
    key: str
    amount: Decimal
    payee_card: str
    payee_name: str
    memo: str = "loan payout"
    kind: ClassVar[str] = "out"
    rejection_codes: ClassVar[frozenset[str]] = REJECTION_CODES

    def body(self) -> dict[str, str]:
        return {
            "key": self.key,
            "amount": str(self.amount),
            "payee_card": self.payee_card,
            "payee_name": self.payee_name,
            "currency": CURRENCY,
            "memo": self.memo,
        }

    def sha256(self) -> str:
        return hashlib.sha256(json.dumps(self.body(), sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True)
class CollectOrder:
    """Money from the customer's card to the bank."""

    key: str
    amount: Decimal
    payer_card: str
    payer_name: str
    kind: ClassVar[str] = "in"
    rejection_codes: ClassVar[frozenset[str]] = COLLECT_REJECTION_CODES

    def body(self) -> dict[str, str]:
        return {
            "key": self.key,
            "amount": str(self.amount),
            "payer_card": self.payer_card,
            "payer_name": self.payer_name,
            "currency": CURRENCY,
            "memo": "loan repayment",
        }


Order = TransferOrder | CollectOrder


@dataclass(frozen=True)
class TransferReply:
    """``outcome``: succeeded | rejected | not_found | not_sent | unknown | mismatch.

    ``not_sent``: nothing left this machine. ``mismatch``: the echo differs, so a person looks.
    """

    outcome: str
    core_txn_id: str = ""
    rejection_code: str = ""
    detail: str = ""


@dataclass(frozen=True)
class StatementLine:
    """``payee_card``: the customer's card, also of a collection (``kind`` in)."""

    key: str
    amount: Decimal
    payee_card: str  # of the customer: who was paid, or whom the money came from
    core_txn_id: str
    kind: str = "out"


class StatementUnavailable(Exception):
    """The core bank's statement could not be read; reconciliation is not done, not clean."""


def pay(order: TransferOrder) -> TransferReply:
    """Ask for the transfer. Safe to repeat with the same key; never retried by this port itself."""
    reply = HttpPort("corebank").post(
        "transfer", order.body(), idempotency_key=order.key, timeout_s=_CALL_TIMEOUT_S
    )
    return interpret(reply, order)


def collect(order: CollectOrder) -> TransferReply:
    """Ask for the money of a card. Safe to repeat with the same key; never retried by this port."""
    reply = HttpPort("corebank").post(
        "collect", order.body(), idempotency_key=order.key, timeout_s=_CALL_TIMEOUT_S
    )
    return interpret(reply, order)


def ask(order: Order) -> TransferReply:
    """What became of the transfer or collection with this key."""
    question = {"key": order.key}
    if order.kind != "out":
        question["kind"] = order.kind
    reply = HttpPort("corebank").post("transfer-status", question, timeout_s=_CALL_TIMEOUT_S)
    if (
        reply.kind == "http_error"
        and reply.status == 404
        and reply.body.get("status") == "not_found"
    ):
        return TransferReply("not_found")
    return interpret(reply, order)


def interpret(reply: PortReply, order: Order) -> TransferReply:
    """Read an answer with suspicion; also used for callbacks."""
    if reply.kind == "breaker_open":
        return TransferReply("not_sent", detail=reply.kind)
    if reply.kind != "ok":
        return TransferReply("unknown", detail=reply.kind)
    return interpret_body(reply.body, order)


def interpret_body(body: dict[str, Any], order: Order) -> TransferReply:
    status, txn = body.get("status"), body.get("core_txn_id")
    if body.get("key") != order.key:
        return TransferReply("mismatch" if "key" in body else "unknown", detail="key")
    if status == "rejected":
        code = str(body.get("code", ""))
        if code in order.rejection_codes:
            return TransferReply("rejected", rejection_code=code)
        return TransferReply("unknown", detail=f"code {code[:10]!a}")
    if status != "succeeded" or not isinstance(txn, str) or not _is_number(txn):
        return TransferReply("unknown", detail="status")
    if _amount(body.get("amount")) != order.amount:
        return TransferReply("mismatch", detail="amount")
    if isinstance(order, CollectOrder):
        if body.get("payer_card") != order.payer_card:
            return TransferReply("mismatch", detail="payer")
    elif body.get("payee_card") != order.payee_card:
        return TransferReply("mismatch", detail="payee")
    return TransferReply("succeeded", core_txn_id=txn)


def statement(day: date, kind: str = "out") -> Iterable[StatementLine]:
    """Every transfer (``kind`` in: every collection) the core bank booked on ``day``, page by page.

    Raises ``StatementUnavailable``.
    """
    lines: list[StatementLine] = []
    after: object = None
    for _ in range(STATEMENT_PAGES_MAX):
        question: dict[str, object] = {
            "date": day.isoformat(), "kind": kind, "limit": STATEMENT_PAGE_LINES,
        }
        if after is not None:
            question["after"] = after
        reply = HttpPort("corebank").post("statement", question, timeout_s=_STATEMENT_TIMEOUT_S)
        rows = reply.body.get("transfers") if reply.kind == "ok" else None
        if not isinstance(rows, list):
            raise StatementUnavailable(reply.kind)
        lines += [_line(row, kind) for row in rows]
        after = reply.body.get("next_after")
        if after is None:
            return lines
    raise StatementUnavailable("the statement does not end")


def _line(row: object, kind: str) -> StatementLine:
    amount = _amount(row.get("amount")) if isinstance(row, dict) else None
    if not isinstance(row, dict) or amount is None:
        raise StatementUnavailable("a line cannot be read")
    return StatementLine(
        key=str(row.get("key")),
        amount=amount,
        payee_card=str(row.get("payer_card" if kind == "in" else "payee_card")),
        core_txn_id=str(row.get("core_txn_id")),
        kind=kind,
    )


def _is_number(txn: str) -> bool:
    """A transaction number that can be stored: 1 to 60 plain characters."""
    return 0 < len(txn) <= 60 and txn.isprintable() and not txn.isspace()


def _amount(value: object) -> Decimal | None:
    try:
        return parse_amount(value)
    except InvalidAmount:
        return None
