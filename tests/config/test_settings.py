"""Production refuses what only a demo may do; pages carry the headers they must."""

import os
import secrets
import subprocess
import sys

import pytest
from django.conf import settings
from django.test import Client

from config.middleware import BODY_BYTES_MAX
from config.schedule import JOBS
from config.settings.base import SERVICE_NAMES, database_from_url
from deploy.place import PROJECT


def real_bank() -> dict[str, str]:
    """An environment that production accepts."""
    addresses = {f"{name.upper()}_URL": f"https://{name}.example" for name in SERVICE_NAMES}
    keys = {f"{name.upper()}_SECRET": secrets.token_hex(16) for name in SERVICE_NAMES}
    return {
        "PATH": os.environ["PATH"],
        "DJANGO_ENV": "production",
        "ALLOWED_HOSTS": "bank.example",
        "SECRET_KEY": "Zx9" * 20,
        "FIELD_KEYS": f"k1:{secrets.token_hex(32)}",
        "DATABASE_URL": "postgresql://bank@db.example/bank",
        "REDIS_URL": "redis://redis.example/0",
        **addresses,
        **keys,
    }


def load(environment: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=PROJECT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_real_bank_starts() -> None:
    result = load(real_bank())
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize(
    ("change", "word"),
    [
        (
            {"SECRET_KEY": "demo-secret-key-never-for-production-0123456789-0123456789"},
            "SECRET_KEY",
        ),
        ({"SECRET_KEY": "short"}, "SECRET_KEY"),
        ({"FIELD_KEYS": "k1:" + "0" * 63 + "1"}, "FIELD_KEYS"),
        ({"FIELD_KEYS": ""}, "FIELD_KEYS"),
        ({"DEBUG": "1"}, "DEBUG"),
        ({"SANDBOX_URL": "http://127.0.0.1:8100"}, "sandbox"),
        ({"BUREAU_URL": ""}, "bureau"),
        ({"COREBANK_SECRET": "sandbox-secret"}, "corebank"),
        ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS"),
        ({"DATABASE_URL": ""}, "DATABASE_URL"),
    ],
)
def test_production_refuses(change: dict[str, str], word: str) -> None:
    result = load(real_bank() | change)
    assert result.returncode == 1
    assert "Production refuses to start" in result.stderr
    assert word in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1


def test_the_database_address_keeps_its_encryption() -> None:
    found = database_from_url("postgresql://b@db/bank?sslmode=verify-full&sslrootcert=%2Fca.pem")
    assert found["HOST"] == "db"
    assert found["OPTIONS"] == {
        "connect_timeout": 5,
        "sslmode": "verify-full",
        "sslrootcert": "/ca.pem",
    }
    assert database_from_url("postgresql:///x?host=/run/pg")["OPTIONS"] == {"connect_timeout": 5}


def test_every_periodic_job_exists() -> None:
    from config.celery import app

    app.loader.import_default_modules()
    assert [task for task, *_ in JOBS if task not in app.tasks] == []


def test_tasks_are_kept_until_done() -> None:
    """The measured ways to lose or double a task stay closed (reference: reliability §3)."""
    assert settings.CELERY_TASK_ACKS_LATE
    assert not settings.CELERY_TASK_REJECT_ON_WORKER_LOST
    visibility = settings.CELERY_BROKER_TRANSPORT_OPTIONS["visibility_timeout"]
    assert settings.CELERY_TASK_SOFT_TIME_LIMIT < settings.CELERY_TASK_TIME_LIMIT < visibility


def test_a_huge_body_is_refused_before_anybody_reads_it(client: Client) -> None:
    answer = client.post("/apply/code/", {"otp": "1"}, CONTENT_LENGTH=str(BODY_BYTES_MAX + 1))
    assert answer.status_code == 413


@pytest.mark.django_db
def test_headers_of_pages(client: Client) -> None:
    strict = client.get("/desk/login/")["Content-Security-Policy"]
    assert "unsafe" not in strict
    relaxed = client.get("/admin/login/", follow=False)
    assert relaxed["X-Frame-Options"] == "DENY"
    client.cookies["shandai_customer"] = "some-token"
    assert client.get("/apply/")["Cache-Control"] == "no-store, private"
