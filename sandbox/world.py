"""What every handler shares: the county, the durable store, the faults in force, the settings."""

import asyncio
import hashlib
import hmac
import json
import time
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import aiohttp
from aiohttp import web

from sandbox.county import County
from sandbox.faults import Fault, Faults
from sandbox.store import Store

BODY_BYTES_MAX = 1_000_000


@dataclass
class World:
    county: County
    store: Store
    secret: str
    callback_url: str
    with_latency: bool
    faults: Faults = field(default_factory=Faults)
    jobs: set[asyncio.Task[None]] = field(default_factory=set)

    async def body_of(self, request: web.Request) -> dict[str, Any]:
        """The JSON object of a request; raises ``HTTPBadRequest`` with a sentence."""
        raw = await request.content.read(BODY_BYTES_MAX + 1)
        if len(raw) > BODY_BYTES_MAX:
            raise web.HTTPRequestEntityTooLarge(max_size=BODY_BYTES_MAX, actual_size=len(raw))
        try:
            body = json.loads(raw or b"{}")
        except (ValueError, RecursionError):
            body = None
        if not isinstance(body, dict):
            raise problem(400, "the body must be a JSON object")
        return body

    def note(self, service: str, operation: str, body: dict[str, Any], request: web.Request, fault: Fault | None) -> None:
        content = json.dumps(body, sort_keys=True, ensure_ascii=False).encode()
        key = request.headers.get("Idempotency-Key") or body.get("key") or body.get("message_id") or ""
        self.store.note_call(
            service=service, operation=operation, key=str(key)[:80], at=now_text(),
            sha=hashlib.sha256(content).hexdigest(), fault=fault.mode if fault else "",
        )

    def latency_s(self, service: str, operation: str, body: dict[str, Any]) -> float:
        """50–300 ms, the same for the same question."""
        if not self.with_latency:
            return 0.0
        return self.county.chance("latency", service, operation, body.get("id_number")).uniform(0.05, 0.3)

    def call_back(self, answer: dict[str, Any], *, times: int = 1) -> None:
        """Tell the platform by signed callback, in the background; the same event id every time."""
        if self.callback_url:
            job = asyncio.get_running_loop().create_task(self._post_callback(answer, times))
            self.jobs.add(job)
            job.add_done_callback(self.jobs.discard)

    async def _post_callback(self, answer: dict[str, Any], times: int) -> None:
        raw = json.dumps({**answer, "event_id": f"E{uuid.uuid4().hex}"}).encode()
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5)) as client:
            for _ in range(times):
                timestamp = str(int(time.time()))
                signature = hmac.new(
                    self.secret.encode(), timestamp.encode() + b"." + raw, hashlib.sha256
                ).hexdigest()
                headers = {"X-Timestamp": timestamp, "X-Signature": signature, "Content-Type": "application/json"}
                try:
                    async with client.post(self.callback_url, data=raw, headers=headers):
                        pass
                except aiohttp.ClientError:
                    pass  # the platform is down: that is its affair


def problem(status: int, text: str) -> web.HTTPException:
    classes = {400: web.HTTPBadRequest, 404: web.HTTPNotFound, 409: web.HTTPConflict}
    return classes[status](text=json.dumps({"error": text}), content_type="application/json")


def now_text() -> str:
    return datetime.now(UTC).astimezone().isoformat()


WORLD: web.AppKey[World] = web.AppKey("world", World)


def world_of(request: web.Request) -> World:
    return request.app[WORLD]
