"""Settings, addresses, queues and the clockwork that join the four apps."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
