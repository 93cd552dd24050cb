"""Scripted faults: what the outside world does to us, on demand and a counted number of times."""

from dataclasses import dataclass, field
from typing import Any

MODES = frozenset(
    {
        "delay", "hang", "error_500", "error_before", "error_after", "drop_before", "drop_after", "garbage",
        "wrong_amount", "duplicate_callback", "callback_first", "not_found_then_found", "no_record", "huge",
        "reject",
    }
)
_SERVICE_ALIASES = {"core_bank": "corebank", "multi_lender": "multilender", "court": "courts"}
_OPERATION_ALIASES = {"transfers": "transfer", "pay": "transfer", "payout": "transfer", "status": "transfer-status",
                      "query": "transfer-status", "transfer-query": "transfer-status"}
DELAY_MAX_S = 300.0
TIMES_MAX = 1_000_000


class BadFault(ValueError):
    """The fault cannot be understood; the text says why."""


@dataclass
class Fault:
    service: str
    operation: str
    mode: str
    times: int | None
    delay_s: float = 1.0
    match: dict[str, Any] = field(default_factory=dict)
    seen: dict[str, int] = field(default_factory=dict)

    def fits(self, service: str, operation: str, body: dict[str, Any]) -> bool:
        if self.service not in ("*", service) or self.operation not in ("*", operation):
            return False
        return all(str(body.get(name)) == str(value) for name, value in self.match.items())

    def public(self) -> dict[str, Any]:
        return {
            "service": self.service, "operation": self.operation, "mode": self.mode, "times": self.times,
            "delay_s": self.delay_s, "match": self.match,
        }


class Faults:
    """The faults in force, oldest first; the first that fits is used up by one."""

    def __init__(self) -> None:
        self.waiting: list[Fault] = []

    def add(self, written: Any) -> Fault:
        fault = read(written)
        self.waiting.append(fault)
        return fault

    def clear(self) -> None:
        self.waiting.clear()

    def take(self, service: str, operation: str, body: dict[str, Any]) -> Fault | None:
        for fault in self.waiting:
            if fault.fits(service, operation, body):
                if fault.times is not None:
                    fault.times -= 1
                    if fault.times <= 0:
                        self.waiting.remove(fault)
                return fault
        return None


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
        delay_s = float(written.get("delay_s", 1.0))
    except (TypeError, ValueError):
        raise BadFault("times and delay_s are numbers") from None
    if times is not None and not 1 <= times <= TIMES_MAX:
        raise BadFault(f"times is between 1 and {TIMES_MAX}")
    if not 0 <= delay_s <= DELAY_MAX_S:
        raise BadFault(f"delay_s is between 0 and {DELAY_MAX_S:.0f}")
    return Fault(
        service=_SERVICE_ALIASES.get(service, service),
        operation=_OPERATION_ALIASES.get(operation, operation), mode=mode, times=times, delay_s=delay_s, match=match,
    )
