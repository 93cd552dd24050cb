"""Progress for a person who waits: one line per step, with its time."""

import contextlib
import sys
import time
from collections.abc import Iterator

_BEGUN = time.monotonic()


def say(text: str = "", end: str = "\n") -> None:
    sys.stdout.write(text + end)
    sys.stdout.flush()


@contextlib.contextmanager
def step(name: str) -> Iterator[None]:
    """Shows the step at once and its time when it is done."""
    begun = time.monotonic()
    sys.stdout.write(f"  {name} … ")
    sys.stdout.flush()
    try:
        yield
    except BaseException:
        say()
        raise
    say(f"{time.monotonic() - begun:.1f} s")


def elapsed() -> float:
    """Seconds since this program began."""
    return time.monotonic() - _BEGUN
