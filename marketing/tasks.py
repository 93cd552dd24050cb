"""Periodic work of marketing; bodies carry nothing, the services do the work."""

from celery import shared_task
from django.utils import timezone

from marketing.services import absorption


@shared_task(name="marketing.pull_lending_events", queue="marketing", ignore_result=True)
def pull_lending_events() -> int:
    """Every few seconds: keep the attempts up with lending's event feed."""
    return absorption.pull(now=timezone.now())
