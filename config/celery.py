"""The Celery app. Redis is only the doorbell: PostgreSQL is the queue of record (ADR 3)."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("shandai")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
