"""/healthz: this process answers. /readyz: what works, what is degraded, by name, within 200 ms."""

import socket
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from urllib.parse import urlparse

import redis
from django.conf import settings
from django.db import Error as DatabaseError
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone

from config import heartbeats
from lending.selectors import heartbeats as stored_heartbeats

WORKERS = ("money", "default", "closing", "documents")
DRAIN_SILENT_SECONDS = 20
OUTSIDE_TIMEOUT_SECONDS = 0.15
OUTSIDE_KEPT_SECONDS = 5.0

_pool = ThreadPoolExecutor(max_workers=8, thread_name_prefix="health")
_outside: dict[str, Any] = {"at": 0.0, "states": {}}


def healthz(request: HttpRequest) -> HttpResponse:
    return JsonResponse({"status": "ok"})


def readyz(request: HttpRequest) -> HttpResponse:
    """200 ``ok`` or ``degraded``; 503 ``unavailable`` without the database: nothing can be kept then."""
    parts = {
        "database": _state(_database),
        "drain": _state(_drain),
        "broker": _state(_broker),
        "workers": _workers(),
        "outside": _outside_services(),
    }
    states = {part["status"] for part in parts.values()}
    if parts["database"]["status"] != "ok":
        status = "unavailable"
    else:
        status = "ok" if states == {"ok"} else "degraded"
    response = JsonResponse(
        {"status": status, "parts": parts}, status=503 if status == "unavailable" else 200
    )
    response["Cache-Control"] = "no-store"
    return response


def _state(check: Callable[[], str]) -> dict[str, Any]:
    try:
        return {"status": check()}
    except (DatabaseError, redis.RedisError) as error:
        return {"status": "down", "error": type(error).__name__}


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return "ok"


def _drain() -> str:
    last = stored_heartbeats.last("drain")
    silent = timedelta(seconds=DRAIN_SILENT_SECONDS)
    return "ok" if last is not None and timezone.now() - last < silent else "silent"


def _broker() -> str:
    heartbeats.client().ping()
    return "ok"


def _workers() -> dict[str, Any]:
    try:
        alive = heartbeats.fresh()
    except redis.RedisError:
        return {"status": "unknown"}
    states = {name: "ok" if name in alive else "silent" for name in (*WORKERS, heartbeats.CLOCK)}
    return {"status": "ok" if set(states.values()) == {"ok"} else "silent", "by_name": states}


def _outside_services() -> dict[str, Any]:
    """Whether each outside address accepts a connection; asked at most every five seconds."""
    if time.monotonic() - _outside["at"] > OUTSIDE_KEPT_SECONDS:
        hosts = {name: _host(url) for name, url in settings.SERVICE_URLS.items()}
        answers = dict(
            zip(set(hosts.values()), _pool.map(_accepts, set(hosts.values())), strict=True)
        )
        states = {name: answers[host] for name, host in hosts.items()}
        _outside.update(at=time.monotonic(), states=states)
    states = _outside["states"]
    down = sorted(name for name, state in states.items() if state != "ok")
    kind = "sandbox" if settings.SANDBOX_URL else "services"
    return {"status": "ok" if not down else "down", "kind": kind, "down": down}


def _host(url: str) -> tuple[str, int]:
    parsed = urlparse(url)
    return parsed.hostname or "", parsed.port or (443 if parsed.scheme == "https" else 80)


def _accepts(host: tuple[str, int]) -> str:
    if not host[0]:
        return "not configured"
    try:
        with socket.create_connection(host, timeout=OUTSIDE_TIMEOUT_SECONDS):
            return "ok"
    except OSError:
        return "down"
