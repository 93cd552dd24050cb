"""What runs: one program per line of duty, with its command and how it is stopped."""

from dataclasses import dataclass

from deploy.place import PROJECT, Place, python
from deploy.postgres import Postgres
from deploy.redis import Redis

SERVERS, APPLICATION = "servers", "application"
QUEUES = {  # worker → (its queues, its processes, further flags)
    "money": ("money,decision", 2, ()),
    "default": ("default,marketing", 1, ()),
    "closing": ("eod", 2, ()),  # end of day: on its own, so that messages and offers need not wait
    "documents": ("documents", 1, ("--max-tasks-per-child=200", "--max-memory-per-child=700000")),
}


@dataclass(frozen=True)
class Program:
    """``group`` SERVERS starts first and stops last. ``user`` None means ours."""

    name: str
    group: str
    command: tuple[str, ...]
    directory: str = str(PROJECT)
    user: str | None = None
    stop_signal: str = "TERM"
    stop_seconds: int = 30
    start_retries: int = 100
    environment: tuple[tuple[str, str], ...] = ()


def servers(
    place: Place, postgres: Postgres | None, redis: Redis | None, *, sandbox: bool
) -> list[Program]:
    """The database, the broker and the outside world, as far as they are ours to start."""
    found = []
    if postgres is not None:
        found.append(
            Program(
                "postgres",
                SERVERS,
                tuple(postgres.command),
                directory="/",
                user=postgres.run_as,
                stop_signal="INT",  # fast: ends the sessions, keeps the data
            )
        )
    if redis is not None:
        found.append(Program("redis", SERVERS, tuple(redis.command), directory="/"))
    if sandbox:
        found.append(
            Program(
                "sandbox",
                SERVERS,
                (
                    python(),
                    "-m",
                    "sandbox",
                    "--port",
                    str(place.sandbox_port),
                    "--data-dir",
                    str(place.data / "sandbox"),
                ),
                stop_seconds=10,
            )
        )
    return found


def application(place: Place) -> list[Program]:
    """Web, workers by queue, the outbox drain and the clock."""
    celery = (python(), "-m", "celery", "--quiet", "-A", "config")
    return [
        Program(
            "web",
            APPLICATION,
            (
                python(),
                "-m",
                "gunicorn",
                "-c",
                str(PROJECT / "deploy" / "gunicorn.py"),
                "-b",
                f"{place.host}:{place.port}",
                "config.wsgi:application",
            ),
            environment=(("PROMETHEUS_MULTIPROC_DIR", str(place.run / "metrics")),),
        ),
        *_workers(celery),
        Program("drain", APPLICATION, (python(), "manage.py", "drain_outbox")),
        Program(
            "beat",
            APPLICATION,
            (
                *celery,
                "beat",
                "-l",
                "warning",
                "--pidfile=",
                "--schedule",
                str(place.run / "beat-schedule"),
            ),
        ),
    ]


def _workers(celery: tuple[str, ...]) -> list[Program]:
    quiet = ("-l", "warning", "--without-gossip", "--without-mingle")
    return [
        Program(
            f"worker-{name}",
            APPLICATION,
            (
                *celery,
                "worker",
                "-n",
                f"{name}@%h",
                "-Q",
                queues,
                "-c",
                str(processes),
                *quiet,
                *flags,
            ),
            stop_seconds=65,  # longer than the longest task
        )
        for name, (queues, processes, flags) in QUEUES.items()
    ]
