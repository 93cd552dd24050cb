"""The Celery app. Redis is only the doorbell: PostgreSQL is the queue of record (ADR 3)."""

import logging.config
import os
from typing import Any

from celery import Celery
from celery.signals import heartbeat_sent, setup_logging, task_postrun, task_prerun
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


@task_prerun.connect
@task_postrun.connect
def _tend_connections(task: Any = None, **_: Any) -> None:
    """A connection that broke or grew old is dropped between tasks, a good one goes on."""
    if task is None or task.request.is_eager:
        return
    from django.db import close_old_connections  # settings stand only now

    close_old_connections()
