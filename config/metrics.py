"""/metrics for Prometheus: Django's own figures, queue depth and the age of the outbox. Not public."""

import os
import secrets
from collections.abc import Iterator

import redis
from django.conf import settings
from django.db import Error as DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden
from django.utils import timezone
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    generate_latest,
    multiprocess,
)
from prometheus_client.core import GaugeMetricFamily

from config import heartbeats
from lending.selectors import heartbeats as stored

QUEUES = ("money", "decision", "default", "marketing", "eod", "documents")
LOOPBACK = frozenset({"127.0.0.1", "::1"})


class Queues:
    """Depth of each Celery queue, and what waits in the outbox."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        depth = GaugeMetricFamily(
            "shandai_queue_depth", "Messages waiting in Redis", labels=["queue"]
        )
        prefix = settings.CELERY_BROKER_TRANSPORT_OPTIONS["global_keyprefix"]
        try:
            for queue in QUEUES:
                depth.add_metric([queue], float(heartbeats.client().llen(f"{prefix}{queue}")))  # type: ignore[arg-type]
        except redis.RedisError:
            pass  # the broker's absence is told by /readyz; the other figures still count
        yield depth
        try:
            waiting, oldest = stored.outbox_backlog()
        except DatabaseError:
            return
        age = (timezone.now() - oldest).total_seconds() if oldest else 0.0
        yield GaugeMetricFamily("shandai_outbox_waiting", "Outbox rows not yet published", waiting)
        yield GaugeMetricFamily("shandai_outbox_age_seconds", "Age of the oldest such row", age)


def metrics(request: HttpRequest) -> HttpResponse:
    if not _may_read(request):
        return HttpResponseForbidden("metrics are not public\n", content_type="text/plain")
    ours = CollectorRegistry()
    ours.register(Queues())
    figures = REGISTRY
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        figures = CollectorRegistry()
        multiprocess.MultiProcessCollector(figures)
    body = generate_latest(figures) + generate_latest(ours)
    return HttpResponse(body, content_type=CONTENT_TYPE_LATEST)


def _may_read(request: HttpRequest) -> bool:
    """From this machine itself (not through a proxy), or with the bearer token METRICS_TOKEN."""
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if settings.METRICS_TOKEN and secrets.compare_digest(
        given.encode(), settings.METRICS_TOKEN.encode()
    ):
        return True
    proxied = "X-Forwarded-For" in request.headers
    return not proxied and request.META.get("REMOTE_ADDR") in LOOPBACK
