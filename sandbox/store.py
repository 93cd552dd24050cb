"""The sandbox's durable memory: core bank bookings, texts sent, calls received. Survives kill −9.

SQLite in WAL mode with ``synchronous=FULL``: a booking is on disk before anybody is told of it. This log
is the witness in every "no money twice, no money lost" test, so it knows nothing of the platform's books.
"""

import sqlite3
import time
from pathlib import Path
from typing import Any

CALLS_KEPT = 100_000
SMS_KEPT = 50_000
_SCHEMA = """
CREATE TABLE IF NOT EXISTS transfer (
    key TEXT NOT NULL, kind TEXT NOT NULL, amount TEXT NOT NULL, card TEXT NOT NULL, name TEXT NOT NULL,
    status TEXT NOT NULL, code TEXT NOT NULL DEFAULT '', core_txn_id TEXT NOT NULL, booked_at TEXT NOT NULL,
    PRIMARY KEY (key, kind));
CREATE TABLE IF NOT EXISTS sms (
    message_id TEXT PRIMARY KEY, mobile TEXT NOT NULL, template TEXT NOT NULL, text TEXT NOT NULL,
    otp TEXT NOT NULL, channel TEXT NOT NULL, at TEXT NOT NULL, n INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS sms_mobile ON sms (mobile, n);
CREATE TABLE IF NOT EXISTS call (
    n INTEGER PRIMARY KEY AUTOINCREMENT, service TEXT NOT NULL, operation TEXT NOT NULL, key TEXT NOT NULL,
    at TEXT NOT NULL, body_sha256 TEXT NOT NULL, fault TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS call_service ON call (service, n);
"""
_TRANSFER_FIELDS = "key, kind, amount, card, name, status, code, core_txn_id, booked_at"


class KeyReused(Exception):
    """The same key came with another amount or payee."""


class Store:
    """One connection, one thread (the event loop): every method is short."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.db = sqlite3.connect(folder / "sandbox.sqlite3", isolation_level=None)
        self.db.row_factory = sqlite3.Row
        self.db.execute("PRAGMA journal_mode=WAL")
        self.db.execute("PRAGMA synchronous=FULL")
        self.db.executescript(_SCHEMA)
        # calls are counted, not money: they may lag behind by a moment when the process is killed
        self._calls: list[tuple[str, ...]] = []

    def book(
        self, *, key: str, kind: str, amount: str, card: str, name: str, status: str, code: str, booked_at: str
    ) -> dict[str, Any]:
        """Book once per key; the same key again gets the first answer, another content ``KeyReused``."""
        earlier = self.transfer(key, kind)
        if earlier is None:
            txn = f"CB{time.time_ns():x}" if status == "succeeded" else ""
            self.db.execute(
                f"INSERT INTO transfer ({_TRANSFER_FIELDS}) VALUES (?,?,?,?,?,?,?,?,?)",  # noqa: S608
                (key, kind, amount, card, name, status, code, txn, booked_at),
            )
            earlier = self.transfer(key, kind)
            assert earlier is not None
        if (earlier["amount"], earlier["card"]) != (amount, card):
            raise KeyReused
        return earlier

    def transfer(self, key: str, kind: str = "out") -> dict[str, Any] | None:
        row = self.db.execute("SELECT * FROM transfer WHERE key=? AND kind=?", (key, kind)).fetchone()
        return dict(row) if row else None

    def transfers(self, *, kind: str = "out", day: str = "", card: str = "") -> list[dict[str, Any]]:
        """Booked transfers, oldest first; rejected requests moved no money and are not among them."""
        rows = self.db.execute(
            "SELECT * FROM transfer WHERE kind=? AND status='succeeded' AND (?='' OR substr(booked_at,1,10)=?)"
            " AND (?='' OR card=?) ORDER BY rowid",
            (kind, day, day, card, card),
        )
        return [dict(row) for row in rows]

    def keep_message(self, *, message: dict[str, str], channel: str, at: str) -> None:
        """One message per id, however often it is sent."""
        self.db.execute(
            "INSERT OR IGNORE INTO sms VALUES (?,?,?,?,?,?,?,(SELECT coalesce(max(n),0)+1 FROM sms))",
            (
                message["message_id"], message["mobile"], message["template"], message["text"],
                message.get("otp", ""), channel, at,
            ),
        )

    def messages(self, mobile: str, limit: int) -> list[dict[str, Any]]:
        """Newest first."""
        rows = self.db.execute(
            "SELECT mobile, template, text, otp, channel, at, message_id FROM sms WHERE (?='' OR mobile=?)"
            " ORDER BY n DESC LIMIT ?", (mobile, mobile, limit),
        )
        return [{**dict(row), "otp": row["otp"] or None} for row in rows]

    def note_call(self, *, service: str, operation: str, key: str, at: str, sha: str, fault: str) -> None:
        self._calls.append((service, operation, key, at, sha, fault))
        if len(self._calls) >= 50:
            self.flush_calls()

    def flush_calls(self) -> None:
        if not self._calls:
            return
        waiting, self._calls = self._calls, []
        self.db.execute("BEGIN")
        self.db.executemany(
            "INSERT INTO call (service, operation, key, at, body_sha256, fault) VALUES (?,?,?,?,?,?)", waiting
        )
        self.db.execute("DELETE FROM call WHERE n <= (SELECT max(n) FROM call) - ?", (CALLS_KEPT,))
        self.db.execute("DELETE FROM sms WHERE n <= (SELECT max(n) FROM sms) - ?", (SMS_KEPT,))
        self.db.execute("COMMIT")

    def calls(self, service: str, limit: int) -> list[dict[str, Any]]:
        """Oldest first, the last ``limit`` of them."""
        self.flush_calls()
        rows = self.db.execute(
            "SELECT service, operation, key, at, body_sha256, fault FROM call WHERE (?='' OR service=?)"
            " ORDER BY n DESC LIMIT ?", (service, service, limit),
        ).fetchall()
        return [dict(row) for row in reversed(rows)]

