"""/healthz, /readyz and /metrics: what they say, to whom, and how fast."""

import time
from typing import Any

import pytest
import redis
from django.test import Client
from django.utils import timezone

from config import health, heartbeats
from lending.models import Heartbeat
from tests.sandbox_client import Sandbox

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _forget_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(health._outside, "at", 0.0)


@pytest.fixture
def everybody_alive() -> None:
    Heartbeat.objects.update_or_create(name="drain", defaults={"at": timezone.now()})
    for name in (*health.WORKERS, heartbeats.CLOCK):
        heartbeats.beat(f"{name}@here")


def test_the_process_answers(client: Client) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


@pytest.mark.usefixtures("everybody_alive")
def test_all_is_well(client: Client, sandbox: Sandbox) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json()["status"] == "ok", answer.json()
    assert answer["Cache-Control"] == "no-store"


@pytest.mark.usefixtures("everybody_alive")
def test_a_silent_worker_degrades(client: Client, sandbox: Sandbox) -> None:
    heartbeats.client().hset(heartbeats.KEY, "money@here", "1")
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json()["status"] == "degraded"
    assert answer.json()["parts"]["workers"]["by_name"]["money"] == "silent"
    assert answer.json()["parts"]["workers"]["by_name"]["default"] == "ok"


@pytest.mark.usefixtures("everybody_alive")
def test_an_absent_outside_world_degrades(client: Client, settings: Any) -> None:
    settings.SERVICE_URLS = {"bureau": "http://127.0.0.1:9/bureau", "courts": ""}
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json()["parts"]["outside"]["down"] == ["bureau", "courts"]


@pytest.mark.usefixtures("everybody_alive")
def test_an_absent_broker_degrades_within_200_ms(
    client: Client, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    nobody = redis.Redis.from_url("redis://127.0.0.1:9/0", socket_connect_timeout=0.1)
    monkeypatch.setattr(heartbeats, "client", lambda: nobody)
    begun = time.monotonic()
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json()["parts"]["broker"]["status"] == "down"
    assert answer.json()["parts"]["workers"]["status"] == "unknown"
    assert time.monotonic() - begun < 1  # 0.2 s on a quiet machine


def test_without_its_database_it_is_unavailable(
    client: Client, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> str:
        raise health.DatabaseError("gone")

    monkeypatch.setattr(health, "_database", fail)
    monkeypatch.setattr(health, "_drain", fail)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["parts"]["database"] == {"status": "down", "error": "Error"}


def test_metrics_are_for_this_machine_and_the_token(client: Client, settings: Any) -> None:
    settings.METRICS_TOKEN = "let-me-in"
    assert client.get("/metrics", REMOTE_ADDR="192.0.2.7").status_code == 403
    assert client.get("/metrics", headers={"X-Forwarded-For": "127.0.0.1"}).status_code == 403
    assert (
        client.get(
            "/metrics", REMOTE_ADDR="192.0.2.7", headers={"Authorization": "Bearer wrong"}
        ).status_code
        == 403
    )
    assert (
        client.get(
            "/metrics", REMOTE_ADDR="192.0.2.7", headers={"Authorization": "Bearer let-me-in"}
        ).status_code
        == 200
    )
    local = client.get("/metrics").content.decode()
    assert 'shandai_queue_depth{queue="money"} 0.0' in local
    assert "shandai_outbox_age_seconds 0.0" in local
