"""The sandbox's durable memory: core bank bookings, texts sent, calls received. Survives kill −9.

SQLite in WAL mode with ``synchronous=FULL``: a booking is on disk before anybody is told of it.
This log is the witness in every "no money twice, no money lost" test, so it knows nothing of the
platform's own books.
"""

import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

CALLS_KEPT = 100_000
SMS_KEPT = 50_000
_SCHEMA = """
CREATE TABLE IF NOT EXISTS transfer (
    key TEXT NOT NULL, kind TEXT NOT NULL, amount TEXT NOT NULL, card TEXT NOT NULL,
    name TEXT NOT NULL, status TEXT NOT NULL, code TEXT NOT NULL DEFAULT '',
    core_txn_id TEXT NOT NULL, booked_at TEXT NOT NULL, PRIMARY KEY (key, kind));
CREATE INDEX IF NOT EXISTS transfer_card ON transfer (card);
CREATE UNIQUE INDEX IF NOT EXISTS transfer_txn ON transfer (core_txn_id) WHERE core_txn_id <> '';
CREATE TABLE IF NOT EXISTS sms (
    message_id TEXT PRIMARY KEY, mobile TEXT NOT NULL, template TEXT NOT NULL, text TEXT NOT NULL,
    otp TEXT NOT NULL, channel TEXT NOT NULL, at TEXT NOT NULL, n INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS sms_mobile ON sms (mobile, n);
CREATE INDEX IF NOT EXISTS sms_order ON sms (n);
CREATE TABLE IF NOT EXISTS call (
    n INTEGER PRIMARY KEY AUTOINCREMENT, service TEXT NOT NULL, operation TEXT NOT NULL,
    key TEXT NOT NULL, at TEXT NOT NULL, body_sha256 TEXT NOT NULL, fault TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS call_service ON call (service, n);
"""
_ADD_TRANSFER = (
    "INSERT OR IGNORE INTO transfer"
    " (key, kind, amount, card, name, status, code, core_txn_id, booked_at)"
    " VALUES (:key, :kind, :amount, :card, :name, :status, :code, :core_txn_id, :booked_at)"
)
_TRANSFERS = (
    "SELECT rowid AS n, * FROM transfer WHERE kind=? AND status='succeeded'"
    " AND (?='' OR substr(booked_at,1,10)=?) AND (?='' OR card=?) AND rowid>?"
    " ORDER BY rowid LIMIT ?"
)
_ADD_MESSAGE = (
    "INSERT OR IGNORE INTO sms (message_id, mobile, template, text, otp, channel, at, n) VALUES"
    " (:message_id, :mobile, :template, :text, :otp, :channel, :at,"
    " (SELECT coalesce(max(n),0)+1 FROM sms))"
)
_ADD_CALL = (
    "INSERT INTO call (service, operation, key, at, body_sha256, fault) VALUES (?,?,?,?,?,?)"
)


class KeyReused(Exception):
    """The same key came with another amount or card."""


class Store:
    """One connection, one thread (the event loop): every method is short."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(folder / "sandbox.sqlite3", isolation_level=None, timeout=5)
        self._db.row_factory = sqlite3.Row
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=FULL")
        self._db.executescript(_SCHEMA)
        # calls are counted, not money: the newest may be lost when the process is killed
        self._calls: list[tuple[str, ...]] = []

    def close(self) -> None:
        self.flush_calls()
        self._db.close()

    def book(
        self, *, key: str, kind: str, amount: str, card: str, name: str, code: str, booked_at: str
    ) -> dict[str, Any]:
        """Book once per key (or, with a ``code``, reject once); the same key again gets the first
        answer. Raises ``KeyReused`` when amount or card differ from the first time.
        """
        values = {
            "key": key, "kind": kind, "amount": amount, "card": card, "name": name, "code": code,
            "status": "rejected" if code else "succeeded", "booked_at": booked_at,
            "core_txn_id": "" if code else f"CB{uuid.uuid4().hex[:24].upper()}",
        }
        # one statement, committed and synced by itself: there is no moment between test and booking
        self._db.execute(_ADD_TRANSFER, values)
        row = self.transfer(key, kind)
        assert row is not None
        if (row["amount"], row["card"]) != (amount, card):
            raise KeyReused
        return row

    def transfer(self, key: str, kind: str = "out") -> dict[str, Any] | None:
        row = self._db.execute(
            "SELECT * FROM transfer WHERE key=? AND kind=?", (key, kind)
        ).fetchone()
        return dict(row) if row else None

    def transfers(
        self, *, kind: str = "out", day: str = "", card: str = "", after: int = 0, limit: int = -1
    ) -> list[dict[str, Any]]:
        """Booked transfers, oldest first; rejected requests moved no money and are not among them.

        ``n`` of the last one is the ``after`` of the next page.
        """
        rows = self._db.execute(_TRANSFERS, (kind, day, day, card, card, after, limit))
        return [dict(row) for row in rows]

    def keep_message(self, *, message: dict[str, str], channel: str, at: str) -> None:
        """One message per id, however often it is sent."""
        self._db.execute(_ADD_MESSAGE, {**message, "channel": channel, "at": at})

    def messages(self, receiver: str, channel: str, limit: int) -> list[dict[str, Any]]:
        """Newest first."""
        rows = self._db.execute(
            "SELECT mobile, template, text, otp, channel, at, message_id FROM sms"
            " WHERE (?='' OR mobile=?) AND channel=? ORDER BY n DESC LIMIT ?",
            (receiver, receiver, channel, limit),
        )
        return [{**dict(row), "otp": row["otp"] or None} for row in rows]

    def note_call(
        self, *, service: str, operation: str, key: str, at: str, sha: str, fault: str
    ) -> None:
        self._calls.append((service, operation, key, at, sha, fault))
        if len(self._calls) >= 50:
            self.flush_calls()

    def flush_calls(self) -> None:
        """Write the calls noted since last time, and forget the oldest beyond the bounds."""
        if not self._calls:
            return
        waiting, self._calls = self._calls, []
        with self._transaction():
            self._db.executemany(_ADD_CALL, waiting)
            for table, kept in (("call", CALLS_KEPT), ("sms", SMS_KEPT)):
                oldest = f"DELETE FROM {table} WHERE n <= (SELECT max(n) FROM {table}) - ?"  # noqa: S608
                self._db.execute(oldest, (kept,))

    def calls(self, service: str, limit: int) -> list[dict[str, Any]]:
        """Oldest first, the last ``limit`` of them."""
        self.flush_calls()
        rows = self._db.execute(
            "SELECT service, operation, key, at AS time, body_sha256, fault FROM call"
            " WHERE (?='' OR service=?) ORDER BY n DESC LIMIT ?", (service, service, limit),
        ).fetchall()
        return [dict(row) for row in reversed(rows)]

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._db.execute("BEGIN")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")  # else later bookings would wait, unsynced, in this one
            raise
        self._db.execute("COMMIT")
