"""Scripted faults: what the outside world does to us, on demand and a counted number of times."""

from dataclasses import dataclass, field
from typing import Any

_MOVES = frozenset({"transfer", "collect"})
_QUERY = "transfer-status"
MODES = frozenset(
    {
        "delay", "hang", "error_500", "error_before", "error_after", "drop_before", "drop_after",
        "garbage", "wrong_amount", "duplicate_callback", "callback_first", "not_found_then_found",
        "no_record", "huge", "reject", "other_person", "drop_line", "double_line",
    }
)
#: Modes that mean something for these operations only; other calls pass by unharmed.
_ONLY_FOR = {
    "wrong_amount": _MOVES | {_QUERY, "statement"},
    "duplicate_callback": _MOVES,
    "callback_first": _MOVES,
    "reject": _MOVES,
    "drop_line": frozenset({"statement"}),
    "double_line": frozenset({"statement"}),
}
_NOT_FOR = {
    "no_record": _MOVES | {"statement", "send"},
    "other_person": _MOVES | {_QUERY, "statement", "send"},
    "not_found_then_found": {"statement", "send"},
}
_SERVICE_ALIASES = {
    "core_bank": "corebank", "multi_lender": "multilender", "court": "courts", "cards": "card",
}
_OPERATION_ALIASES = {
    "transfers": "transfer", "pay": "transfer", "payout": "transfer", "disburse": "transfer",
    "status": _QUERY, "query": _QUERY, "transfer-query": _QUERY, "ask": _QUERY,
}
DELAY_MAX_S = 600.0
TIMES_MAX = 1_000_000
FAULTS_MAX = 1_000
_REJECTION_CODES = frozenset({"38", "51", "60", "61", "63", "66", "93"})


class BadFault(ValueError):
    """The fault cannot be understood; the text says why."""


@dataclass
class Fault:
    service: str
    operation: str
    mode: str
    times: int | None
    delay_s: float = 1.0
    code: str = "60"
    match: dict[str, Any] = field(default_factory=dict)
    #: Of a statement's lines, the one that is meant; "": every amount, or the first line.
    line: str = ""

    def fits(self, service: str, operation: str, body: dict[str, Any]) -> bool:
        if self.service not in ("*", service) or self.operation not in ("*", operation):
            return False
        if operation not in _ONLY_FOR.get(self.mode, {operation}):
            return False
        if operation in _NOT_FOR.get(self.mode, ()):
            return False
        return all(str(body.get(name)) == str(value) for name, value in self.match.items())

    def public(self) -> dict[str, Any]:
        return {
            "service": self.service, "operation": self.operation, "mode": self.mode,
            "times": self.times, "delay_s": self.delay_s, "match": self.match,
            "line": self.line,
        }


class Faults:
    """The faults in force, oldest first; the first that fits is used up by one."""

    def __init__(self) -> None:
        self.waiting: list[Fault] = []
        #: Grows with every clearing: calls that hang from before are let go.
        self.generation = 0
        #: Keys whose next status queries answer "not found", and how many.
        self.hidden: dict[str, int] = {}

    def add(self, written: Any) -> Fault:
        if len(self.waiting) >= FAULTS_MAX:
            raise BadFault(f"{FAULTS_MAX} faults are waiting already: DELETE /faults")
        fault = read(written)
        self.waiting.append(fault)
        return fault

    def clear(self) -> None:
        self.waiting.clear()
        self.hidden.clear()
        self.generation += 1

    def take(self, service: str, operation: str, body: dict[str, Any]) -> Fault | None:
        for fault in self.waiting:
            if fault.fits(service, operation, body):
                if fault.times is not None:
                    fault.times -= 1
                    if fault.times <= 0:
                        self.waiting.remove(fault)
                return fault
        return None

    def hides(self, key: str) -> bool:
        """Whether this status query must not find its transfer yet; counts down."""
        left = self.hidden.pop(key, 0)
        if left > 1:
            self.hidden[key] = left - 1
        return left > 0


def read(written: Any) -> Fault:
    """A fault from the control plane's JSON; raises ``BadFault``."""
    if not isinstance(written, dict):
        raise BadFault("a fault is a JSON object")
    mode = str(written.get("mode"))
    if mode not in MODES:
        raise BadFault(f"mode must be one of {', '.join(sorted(MODES))}")
    service = str(written.get("service") or "*").lower().replace("-", "_")
    operation = str(written.get("operation") or "*").lower().replace("_", "-")
    match = written.get("match") or {}
    if not isinstance(match, dict):
        raise BadFault("match is an object of body fields")
    try:
        times = None if written.get("times") is None else int(written["times"])
        delay_s = 1.0 if written.get("delay_s") is None else float(written["delay_s"])
    except (TypeError, ValueError, OverflowError):
        raise BadFault("times and delay_s are numbers") from None
    if times is not None and not 1 <= times <= TIMES_MAX:
        raise BadFault(f"times is between 1 and {TIMES_MAX}")
    if not 0 <= delay_s <= DELAY_MAX_S:
        raise BadFault(f"delay_s is between 0 and {DELAY_MAX_S:.0f}")
    code = str(written.get("code", "60"))
    if code not in _REJECTION_CODES:
        raise BadFault(f"code must be one of {', '.join(sorted(_REJECTION_CODES))}")
    return Fault(
        service=_SERVICE_ALIASES.get(service, service),
        operation=_OPERATION_ALIASES.get(operation, operation),
        mode=mode, times=times, delay_s=delay_s, code=code, match=match,
        line=str(written.get("line") or "")[:64],
    )
