"""Where one copy of the system lives: its data folder, its short folder for sockets, its ports."""

import hashlib
import os
import shutil
import socket
import stat
import sys
from dataclasses import dataclass
from pathlib import Path

from deploy.errors import CannotStart

PROJECT = Path(__file__).resolve().parents[1]
FIRST_START_BYTES = (
    700_000_000  # an empty PostgreSQL, its write-ahead log, the demo bank, room to work
)
LATER_START_BYTES = 100_000_000


@dataclass(frozen=True)
class Place:
    """One copy on this machine. ``sockets`` is short on purpose: a Unix socket's path has ≤ 107 bytes."""

    data: Path
    sockets: Path
    host: str
    port: int
    sandbox_port: int

    @property
    def run(self) -> Path:
        return self.data / "run"

    @property
    def logs(self) -> Path:
        return self.data / "logs"

    @property
    def addresses(self) -> Path:
        """Addresses of the running servers, read by ``manage.py`` when the environment names none."""
        return self.run / "addresses.env"


def from_environment() -> Place:
    """PORT, SANDBOX_PORT, DATA_DIR and HOST, or their defaults (CONTRACT §1)."""
    data = Path(os.environ.get("DATA_DIR") or PROJECT / ".data").expanduser()
    data = (data if data.is_absolute() else PROJECT / data).resolve()
    return Place(
        data=data,
        sockets=sockets_folder(data),
        host=os.environ.get("HOST") or "0.0.0.0",  # noqa: S104  (a phone on the same network scans the code)
        port=_port("PORT", 8000),
        sandbox_port=_port("SANDBOX_PORT", 8100),
    )


def sockets_folder(data: Path) -> Path:
    """A short path of this copy's own, the same at every start."""
    return Path("/tmp") / f"shandai-{hashlib.sha256(str(data).encode()).hexdigest()[:10]}"  # noqa: S108


def _port(name: str, default: int) -> int:
    text = os.environ.get(name) or str(default)
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise CannotStart(f"{name}={text} is not a port: set it to a number from 1 to 65535.")
    return int(text)


def make(place: Place) -> None:
    """Creates the folders. Raises CannotStart when they cannot be written or the disk is full."""
    try:
        for folder in (place.data, place.run, place.logs):
            folder.mkdir(parents=True, exist_ok=True)
        (place.run / "probe").write_bytes(b"x" * 4096)
        (place.run / "probe").unlink()
    except OSError as error:
        raise CannotStart(
            f"Cannot write to {place.data} ({error.strerror}): make it writable, "
            "or set DATA_DIR to another folder."
        ) from None
    needed = LATER_START_BYTES if (place.data / "postgres").exists() else FIRST_START_BYTES
    free = shutil.disk_usage(place.data).free
    if free < needed:
        raise CannotStart(
            f"The disk of {place.data} has {free // 1_000_000} MB free and {needed // 1_000_000} MB "
            "are needed: free some space, or set DATA_DIR to a folder on another disk."
        )
    _make_sockets(place.sockets)


def _make_sockets(folder: Path) -> None:
    folder.mkdir(mode=0o711, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
        raise CannotStart(f"{folder} belongs to somebody else: remove it, or set another DATA_DIR.")
    folder.chmod(0o711)


def check_port(name: str, port: int, host: str) -> None:
    """Raises CannotStart when something else listens on the port."""
    probe = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        probe.bind((host, port))
    except PermissionError:
        raise CannotStart(
            f"Port {port} may be opened by root only: set another one, e.g. `make run {name}=8{port:03d}`."
        ) from None
    except OSError as error:
        raise CannotStart(
            f"Port {port} is in use ({error.strerror}): stop what uses it, or run "
            f"`make run {name}={free_port()}`."
        ) from None
    finally:
        probe.close()


def free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def lan_address() -> str:
    """This machine's address on the local network (no packet is sent), else the loopback address."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
            return str(probe.getsockname()[0])
        except OSError:
            return "127.0.0.1"


def python() -> str:
    return sys.executable
