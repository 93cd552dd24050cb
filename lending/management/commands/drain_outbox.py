"""The drain: publishes outbox rows to the broker, woken by NOTIFY, at the latest every half second."""

import select
import signal
import time
from typing import Any

import structlog
from celery import current_app
from django.core.management.base import BaseCommand
from django.db import OperationalError, close_old_connections, connection
from django.utils import timezone

from lending.jobs import NOTIFY_CHANNEL
from lending.models import Heartbeat
from lending.services import outbox

log = structlog.get_logger(__name__)

_IDLE_S = 0.5
_HEARTBEAT_S = 5.0
_PAUSE_AFTER_ERROR_S = 1.0


class Command(BaseCommand):
    help = "Publish outbox rows to the broker until stopped (SIGTERM)."
    requires_system_checks: list[str] = []  # the web server checks the same code

    def handle(self, *args: Any, **options: Any) -> None:
        self.stopped = False
        self.beaten_at = 0.0
        for signal_number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(signal_number, self._stop)
        while not self.stopped:
            try:
                self._listen_and_drain()
            except (OperationalError, outbox.BrokerUnavailable) as error:
                log.warning("drain.waiting", error=type(error).__name__)
                time.sleep(_PAUSE_AFTER_ERROR_S)
                close_old_connections()

    def _stop(self, *_: Any) -> None:
        self.stopped = True

    def _listen_and_drain(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"LISTEN {NOTIFY_CHANNEL}")
        raw = connection.connection
        while not self.stopped:
            while outbox.drain(publish=_publish, now=timezone.now()) == outbox.BATCH_SIZE:
                pass
            self._beat()
            if select.select([raw], [], [], _IDLE_S)[0]:
                raw.poll()
                raw.notifies.clear()

    def _beat(self) -> None:
        if time.monotonic() - self.beaten_at > _HEARTBEAT_S:
            self.beaten_at = time.monotonic()
            Heartbeat.objects.update_or_create(name="drain", defaults={"at": timezone.now()})


def _publish(task: str, queue: str, arguments: dict[str, Any]) -> None:
    current_app.send_task(task, kwargs=arguments, queue=queue, retry=False, ignore_result=True)
