"""gunicorn: two processes of sixteen threads; a thread waits for the database, not the machine."""

import os
from pathlib import Path
from typing import Any

worker_class = "gthread"
workers = int(os.environ.get("WEB_PROCESSES", "2"))
threads = 16
preload_app = True  # imports once, shares memory
timeout = 60
graceful_timeout = 20
keepalive = 5
backlog = 512
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108  (no disk in the heartbeat)
limit_request_line = 4094
limit_request_fields = 60
forwarded_allow_ips = os.environ.get("FORWARDED_ALLOW_IPS", "127.0.0.1")
accesslog = None  # django-structlog writes one JSON line per request
errorlog = "-"
loglevel = "warning"


def child_exit(server: Any, worker: Any) -> None:
    """A finished process must not be counted as a live one in the metrics."""
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        from prometheus_client import multiprocess

        multiprocess.mark_process_dead(worker.pid)
