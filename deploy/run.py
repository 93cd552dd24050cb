"""``make run``: everything of one copy, from an empty folder to a system that says it is well."""

import os
import shutil
import signal
import subprocess
import sys
import threading
from types import FrameType

from deploy import (
    database,
    health,
    leftovers,
    parent,
    place,
    postgres,
    programs,
    redis,
    secrets_file,
    welcome,
)
from deploy.errors import CannotStart
from deploy.lock import STOPPING, RunLock
from deploy.manager import Manager
from deploy.place import PROJECT, Place
from deploy.programs import APPLICATION, SERVERS
from deploy.steps import elapsed, say, step


class Stopped(BaseException):
    """A person or the machine asked us to stop; not an error."""


class Run:
    """One run of one copy: start it, watch it, stop it."""

    def __init__(self, where: Place, lock: RunLock) -> None:
        self.place = where
        self.lock = lock
        self.manager = Manager(where)
        self.environment = dict(os.environ)
        self.asked_to_stop = threading.Event()

    def start(self) -> None:
        self._clear_the_ground()
        self._start_servers()
        self._prepare()
        with step("web, workers, drain, clock"):
            self.manager.start_application()
            readiness = health.wait_until_ready(
                f"http://127.0.0.1:{self.place.port}/readyz",
                self._give_up_if_failed,
                lambda: self.manager.last_words("web"),
            )
        welcome.show(self.place, readiness, self.environment)

    def watch(self) -> None:
        """Until asked to stop. The manager heals its programs; we heal the manager."""
        while not self.asked_to_stop.wait(1):
            if not self.manager.is_alive():
                say("  The process manager died: starting again.")
                leftovers.end(self.place.data)
                self._start_servers()
                self.manager.start_application()

    def stop(self) -> None:
        self.lock.note(STOPPING)
        if self.manager.is_alive():
            say()
            with step("stopping"):
                self.manager.stop()
        leftovers.end(self.place.data)
        self.place.addresses.unlink(missing_ok=True)
        shutil.rmtree(self.place.sockets, ignore_errors=True)

    def _clear_the_ground(self) -> None:
        if found := leftovers.of_copy(self.place.data):
            with step(f"ending {len(found)} processes that an earlier run left"):
                leftovers.end(self.place.data)
        place.check_port("PORT", self.place.port, self.place.host)
        if not os.environ.get("SANDBOX_URL"):
            place.check_port("SANDBOX_PORT", self.place.sandbox_port, "127.0.0.1")

    def _start_servers(self) -> None:
        with step("database and broker"):
            ours = self._prepare_servers()
            self.manager.start(
                [*ours, *programs.application(self.place)], self.environment, self.lock.descriptor
            )
            database.wait_for_database(
                self.environment["DATABASE_URL"], lambda: self._words("postgres")
            )
            self._wait_for_redis()

    def _wait_for_redis(self) -> None:
        """Redis is only the doorbell: a damaged file of ours is set aside, the sweeper rings again."""
        address = self.environment["REDIS_URL"]
        try:
            database.wait_for_redis(address, lambda: self._words("redis"))
        except CannotStart:
            if os.environ.get("REDIS_URL"):
                raise
            redis.set_aside(self.place.data / "redis")
            database.wait_for_redis(address, lambda: "")
            say("(the broker's file was damaged and is set aside)", end=" ")

    def _prepare(self) -> None:
        """Structure, seeds, static files. Progress is shown; what is logged meanwhile goes to a file."""
        log = self.place.logs / "prepare.log"
        with log.open("wb") as errors:
            prepared = subprocess.run(
                [place.python(), "-m", "deploy.prepare"],
                cwd=PROJECT,
                env=self.environment,
                stderr=errors,
                start_new_session=True,  # a Ctrl-C is ours to handle
                check=False,
            )
        if prepared.returncode != 0:
            raise CannotStart(
                f"The database could not be prepared: {self.manager.last_words('prepare')} – see {log}."
            )

    def _prepare_servers(self) -> list[programs.Program]:
        """Our own servers, and the environment that every process of this copy gets."""
        own_sandbox = not os.environ.get("SANDBOX_URL")
        ours = self.environment
        ours.update(secrets_file.load_or_make(self.place.data))
        ours.update(
            {
                leftovers.MARK: str(self.place.data),
                "DATA_DIR": str(self.place.data),
                "PORT": str(self.place.port),
                "PYTHONUNBUFFERED": "1",
                "SANDBOX_PORT": str(self.place.sandbox_port),
                "DJANGO_SETTINGS_MODULE": "config.settings",
                "CELERY_SKIP_CHECKS": "1",  # the web server has checked the same code
            }
        )
        for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
            ours.setdefault(name, "1")  # threads that fight for two cores cost fifty times the work
        ours.setdefault("DJANGO_ENV", "demo")
        ours.setdefault("PUBLIC_BASE_URL", welcome.public_url(self.place))
        ours.setdefault("SANDBOX_URL", f"http://127.0.0.1:{self.place.sandbox_port}")
        ours.setdefault(
            "SANDBOX_CALLBACK_URL", f"http://127.0.0.1:{self.place.port}/callbacks/core-bank/"
        )
        metrics = self.place.run / "metrics"
        shutil.rmtree(metrics, ignore_errors=True)
        metrics.mkdir()
        sql = cache = None
        if not os.environ.get("DATABASE_URL"):
            sql = postgres.prepare(self.place.data / "postgres", self.place.sockets / "pg")
            ours["DATABASE_URL"] = sql.url()
        if not os.environ.get("REDIS_URL"):
            cache = redis.prepare(self.place.data / "redis", self.place.sockets / "redis.sock")
            ours["REDIS_URL"] = cache.url()
        secrets_file.write(
            self.place.addresses,
            {
                name: ours[name]
                for name in ("DATABASE_URL", "REDIS_URL", "SANDBOX_URL", "PUBLIC_BASE_URL")
            },
        )
        return programs.servers(self.place, sql, cache, sandbox=own_sandbox)

    def _words(self, name: str) -> str:
        """A failed server's own explanation; empty while there is hope."""
        if name not in self.manager.troubled(SERVERS):
            return ""
        said = self.manager.last_words(name)
        return (
            f"{said} – see {self.place.logs / name}.log; restore a backup of {self.place.data / name}, "
            "or begin anew with `make clean`."
        )

    def _give_up_if_failed(self) -> None:
        if self.asked_to_stop.is_set():
            raise Stopped
        for name in self.manager.fatal(APPLICATION):
            raise CannotStart(f"{name} does not start: {self.manager.last_words(name)}")


def main() -> int:
    parent.stop_when_make_dies()
    try:
        where = place.from_environment()
        place.make(where)
        lock = RunLock(where.run)
        lock.take()
    except CannotStart as error:
        sys.stderr.write(f"{error}\n")
        return 1
    run = Run(where, lock)

    def on_signal(number: int, frame: FrameType | None) -> None:
        del number, frame
        if not run.asked_to_stop.is_set():
            run.asked_to_stop.set()
            raise Stopped

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, on_signal)
    say(f"Shandai: data in {where.data}")
    try:
        run.start()
        run.watch()
    except Stopped:
        pass
    except CannotStart as error:
        run.asked_to_stop.set()
        run.stop()
        sys.stderr.write(f"\n{error}\n")
        return 1
    run.stop()
    say(f"  Stopped after {elapsed():.0f} s.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
