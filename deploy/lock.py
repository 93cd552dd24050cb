"""One manager per data folder: a lock that dies with its holder."""

import fcntl
import os
import time
from pathlib import Path
from typing import IO

from deploy.errors import CannotStart

PATIENCE_SECONDS = 40
STOPPING = "stopping"


class RunLock:
    """Held by ``make run`` and handed down to the process manager, so that it outlives a kill -9."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "run.lock"
        self._file: IO[str] | None = None

    @property
    def descriptor(self) -> int:
        assert self._file is not None
        return self._file.fileno()

    def take(self) -> None:
        """Waits while an older run is stopping; raises CannotStart when one is alive and well."""
        self._file = self._path.open("a+")
        end = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except OSError:
                pid, state = self.holder()
                if pid is not None and state != STOPPING:
                    raise CannotStart(
                        f"This copy is running already (pid {pid}): `make stop` ends it; another copy "
                        "needs its own DATA_DIR, PORT and SANDBOX_PORT."
                    ) from None
                if time.monotonic() > end:
                    raise CannotStart(
                        "An older run of this copy does not end: run `make stop`, then try again."
                    ) from None
                time.sleep(0.2)
        self.note("running")

    def note(self, state: str) -> None:
        """Writes who holds the lock and whether it is on its way out."""
        assert self._file is not None
        self._file.seek(0)
        self._file.truncate()
        self._file.write(f"{os.getpid()} {state}\n")
        self._file.flush()

    def holder(self) -> tuple[int | None, str]:
        """(pid, state) of the run that wrote the lock; pid is None when that process is gone."""
        try:
            text = self._path.read_text().split()
            pid = int(text[0])
            os.kill(pid, 0)
            return pid, text[1]
        except (OSError, ValueError, IndexError):
            return None, ""

    def is_free(self) -> bool:
        """Whether nobody holds the lock now."""
        if not self._path.exists():
            return True
        with self._path.open("a+") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return True
            except OSError:
                return False
