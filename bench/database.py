"""An empty PostgreSQL of the bench's own, with the settings ``make run`` uses."""

import contextlib
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from deploy import postgres
from deploy.database import wait_for_database
from deploy.parent import stop_with_parent


@contextlib.contextmanager
def database() -> Iterator[str]:
    """An address of an empty PostgreSQL with the settings ``make run`` uses."""
    with tempfile.TemporaryDirectory(prefix="shandai-bench-", dir="/tmp") as folder:  # noqa: S108
        Path(folder).chmod(0o755)
        server = postgres.prepare(Path(folder) / "postgres", Path(folder) / "pg")
        process = subprocess.Popen(
            server.command,
            cwd="/",
            user=server.run_as,
            extra_groups=[] if server.run_as else None,
            preexec_fn=stop_with_parent,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            wait_for_database(server.url(), lambda: "")
            yield server.url()
        finally:
            process.send_signal(2)
            process.wait(60)
