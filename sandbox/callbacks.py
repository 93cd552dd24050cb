"""Signed callbacks of the core bank: X-Signature = HMAC-SHA256(secret, X-Timestamp "." body)."""

import asyncio
import hashlib
import hmac
import json
import time
import uuid
from typing import Any

import aiohttp

_TIMEOUT = aiohttp.ClientTimeout(total=5)


class Callbacks:
    """Tells the platform what became of a transfer. Without an address it tells nobody."""

    def __init__(self, *, url: str, secret: str) -> None:
        self.url = url
        self._secret = secret.encode()
        self._jobs: set[asyncio.Task[None]] = set()

    def send_later(self, answer: dict[str, Any], *, times: int) -> None:
        """In the background, ``times`` times with one and the same event id."""
        job = asyncio.get_running_loop().create_task(self.send(answer, times=times))
        self._jobs.add(job)
        job.add_done_callback(self._jobs.discard)

    async def send(self, answer: dict[str, Any], *, times: int = 1) -> None:
        if not self.url:
            return
        raw = json.dumps({**answer, "event_id": f"E{uuid.uuid4().hex}"}).encode()
        async with aiohttp.ClientSession(timeout=_TIMEOUT) as client:
            for _ in range(times):
                try:
                    async with client.post(self.url, data=raw, headers=self._headers(raw)):
                        pass
                except (aiohttp.ClientError, TimeoutError, ValueError):
                    pass  # the platform is down or the address is wrong: that is its affair

    def _headers(self, raw: bytes) -> dict[str, str]:
        timestamp = str(int(time.time()))
        signature = hmac.new(self._secret, timestamp.encode() + b"." + raw, hashlib.sha256)
        return {
            "X-Timestamp": timestamp, "X-Signature": signature.hexdigest(),
            "Content-Type": "application/json",
        }
