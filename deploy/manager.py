"""supervisord: one process manager, its generated configuration, and how to talk to it."""

import os
import shlex
import subprocess
import time
import xmlrpc.client
from pathlib import Path
from typing import Any

from supervisor.xmlrpc import SupervisorTransport

from deploy.errors import CannotStart
from deploy.parent import stop_with_parent
from deploy.place import Place, python
from deploy.programs import APPLICATION, SERVERS, Program

STOP_SECONDS = 90
STARTING, RUNNING, FATAL = 10, 20, 200


class Manager:
    """The running supervisord of one copy."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._socket = place.sockets / "manager.sock"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, programs: list[Program], environment: dict[str, str], lock: int) -> None:
        """Starts supervisord and the servers; the application waits for ``start_application``.

        ``lock`` becomes its standard input, the one descriptor that it neither closes nor hands on.
        """
        config = self._place.run / "supervisord.conf"
        config.write_text(configuration(self._place, self._socket, programs), encoding="utf-8")
        self._socket.unlink(missing_ok=True)
        self._process = subprocess.Popen(
            [python(), "-m", "supervisor.supervisord", "-n", "-c", str(config)],
            env=environment,
            stdin=lock,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=stop_with_parent,
        )
        self._wait_for_socket()

    def start_application(self) -> None:
        self._call("startProcessGroup", APPLICATION, False)

    def stop(self) -> None:
        """Ends everything: the application first, the servers last."""
        if self._process is None or self._process.poll() is not None:
            return
        self._process.terminate()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()

    def is_alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def troubled(self, group: str) -> list[str]:
        """Names of programs of a group that are neither running nor just starting."""
        return [name for name, state in self._states(group) if state not in (STARTING, RUNNING)]

    def fatal(self, group: str) -> list[str]:
        """Names of programs of a group that will not be tried again."""
        return [name for name, state in self._states(group) if state == FATAL]

    def _states(self, group: str) -> list[tuple[str, int]]:
        states = self._call("getAllProcessInfo")
        return [(state["name"], state["state"]) for state in states if state["group"] == group]

    def last_words(self, name: str) -> str:
        """The last lines of a program's log, as one line."""
        try:
            text = (self._place.logs / f"{name}.log").read_text(errors="replace")
        except OSError:
            return ""
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        return lines[-1][-240:] if lines else ""

    def _wait_for_socket(self) -> None:
        end = time.monotonic() + 15
        while time.monotonic() < end and self.is_alive():
            try:
                self._call("getState")
                return
            except OSError:
                time.sleep(0.05)
        raise CannotStart(
            f"The process manager did not start: {self.last_words('manager')} "
            f"(see {self._place.logs / 'manager.log'})."
        )

    def _call(self, method: str, *arguments: Any) -> Any:
        transport = SupervisorTransport(None, None, f"unix://{self._socket}")
        proxy = xmlrpc.client.ServerProxy("http://127.0.0.1", transport=transport)
        return getattr(proxy.supervisor, method)(*arguments)


def configuration(place: Place, socket: Path, programs: list[Program]) -> str:
    """supervisord's file. Children inherit its environment, so no secret is written down here."""
    sections = [
        f"""[supervisord]
logfile={place.logs}/manager.log
pidfile={place.run}/manager.pid
childlogdir={place.logs}
logfile_maxbytes=5MB
logfile_backups=1
{"user=root" if os.geteuid() == 0 else ""}
[unix_http_server]
file={socket}
chmod=0700
[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface
"""
    ]
    for order, group in ((10, SERVERS), (20, APPLICATION)):
        names = ",".join(program.name for program in programs if program.group == group)
        if names:
            sections.append(f"[group:{group}]\nprograms={names}\npriority={order}\n")
    sections += [_section(place, program) for program in programs]
    return "\n".join(sections)


def _section(place: Place, program: Program) -> str:
    command = shlex.join(program.command).replace("%", "%%")
    user = f"user={program.user}\n" if program.user else ""
    if program.environment:
        pairs = ",".join(f'{name}="{value}"' for name, value in program.environment)
        user += f"environment={pairs}\n"
    return f"""[program:{program.name}]
command={command}
directory={program.directory}
{user}autostart={"true" if program.group == SERVERS else "false"}
autorestart=true
startsecs=1
startretries={program.start_retries}
stopsignal={program.stop_signal}
stopwaitsecs={program.stop_seconds}
killasgroup=true
redirect_stderr=true
stdout_logfile={place.logs}/{program.name}.log
stdout_logfile_maxbytes=10MB
stdout_logfile_backups=2
"""
