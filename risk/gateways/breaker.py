"""Circuit breakers: stop asking a service that keeps failing, try again after a pause.

One breaker per service and operation, per process: a broken inquiry must not stop a transfer's
status query. Threads share them; the lock is held for a few instructions only.
"""

import threading
import time

FAILURES_TO_OPEN = 8
OPEN_S = 5.0

_lock = threading.Lock()
_breakers: dict[str, "Breaker"] = {}


class Breaker:
    """Closed → open after ``FAILURES_TO_OPEN`` failures in a row → one trial after ``OPEN_S``."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._failures = 0
        self._retry_at = 0.0

    def allows(self) -> bool:
        """Whether a call may go out now; while open, one caller per ``OPEN_S`` is let through as a
        trial.
        """
        with self._lock:
            if self._failures < FAILURES_TO_OPEN:
                return True
            if time.monotonic() < self._retry_at:
                return False
            self._retry_at = time.monotonic() + OPEN_S
            return True

    def record(self, *, failed: bool) -> None:
        with self._lock:
            if not failed:
                self._failures = 0
                return
            self._failures += 1
            if self._failures >= FAILURES_TO_OPEN:
                self._retry_at = time.monotonic() + OPEN_S

    @property
    def is_open(self) -> bool:
        return self._failures >= FAILURES_TO_OPEN and time.monotonic() < self._retry_at


def breaker_for(name: str) -> Breaker:
    with _lock:
        return _breakers.setdefault(name, Breaker())


def open_breakers() -> list[str]:
    """Names of services now refused without asking, for ``/readyz`` and the sources page."""
    with _lock:
        return sorted(name for name, breaker in _breakers.items() if breaker.is_open)


def reset_breakers() -> None:
    """Forget every failure: for tests that break services on purpose."""
    with _lock:
        _breakers.clear()
