"""``manage.py quote``: JSON lines on stdin → JSON lines on stdout (CONTRACT §1). No database."""

import json
import os
import sys
from collections.abc import Iterator
from typing import Any, BinaryIO

from django.core.management.base import BaseCommand

from products.domain.quote import UnusableLine, answer
from products.domain.schedule import InvalidSchedule

LINE_MAX = 65_536  # bytes; an honest request is about 300


class Command(BaseCommand):
    help = "Repayment schedules and annual rates: JSON lines on stdin, JSON lines on stdout."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        out = sys.stdout.buffer
        try:
            for number, line in enumerate(lines(sys.stdin.buffer), 1):
                if line.strip():
                    out.write(reply(line, number))
                    out.flush()  # a caller may wait for each answer before it asks again
        except BrokenPipeError:
            # The reader has gone: let the interpreter's own last flush go nowhere too.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def reply(line: bytes, number: int) -> bytes:
    """The answer to one line, or what was wrong with it, as one line of JSON."""
    try:
        if len(line) > LINE_MAX:
            raise UnusableLine(f"longer than {LINE_MAX} bytes")
        found = answer(line)
    except (UnusableLine, InvalidSchedule) as wrong:
        found = {"error": str(wrong), "line": number}
    return json.dumps(found, separators=(",", ":")).encode() + b"\n"


def lines(source: BinaryIO) -> Iterator[bytes]:
    """Lines of ``source``; of one beyond ``LINE_MAX`` only the beginning, the rest is skipped."""
    while line := source.readline(LINE_MAX + 1):
        rest = line
        while len(rest) > LINE_MAX and not rest.endswith(b"\n"):
            rest = source.readline(LINE_MAX + 1)
        yield line
