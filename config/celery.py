"""The Celery app. Redis is only the doorbell: PostgreSQL is the queue of record (ADR 3)."""

import logging.config
import os
from typing import Any

from celery import Celery
from celery.signals import heartbeat_sent, setup_logging
from django_structlog.celery.steps import DjangoStructLogInitStep

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("shandai")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.steps["worker"].add(DjangoStructLogInitStep)
app.autodiscover_tasks()


@setup_logging.connect
def _log_like_the_web(**_: Any) -> None:
    """Celery would set up its own, unmasked logging; this keeps the platform's."""
    from django.conf import settings  # settings stand only now

    logging.config.dictConfig(settings.LOGGING)


@heartbeat_sent.connect
def _worker_is_alive(sender: Any, **_: Any) -> None:
    """Every two seconds from the worker's own loop: a hung worker falls silent."""
    from config import heartbeats

    heartbeats.beat(sender.eventer.hostname)
