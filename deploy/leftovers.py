"""Processes of this copy that outlived their manager (kill -9 of it): found and ended, and no others."""

import os
import signal
from pathlib import Path

import psutil

MARK = (
    "SHANDAI_COPY"  # every managed process carries the data folder of its copy in its environment
)
POLITE_SECONDS = 20
LAST_SECONDS = 5


def of_copy(data: Path) -> list[psutil.Process]:
    """Managed processes of the copy whose data stands in ``data``; never this process."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.pid != os.getpid() and process.environ().get(MARK) == str(data):
                found.append(process)
        except (psutil.Error, OSError):
            continue
    return found + _postmaster(data / "postgres", {process.pid for process in found})


def end(data: Path) -> int:
    """Ends them: managers first and politely, then whatever is left. Returns how many there were."""
    processes = of_copy(data)
    managers = [process for process in processes if _is_manager(process)]
    _ask(managers, signal.SIGTERM)
    psutil.wait_procs(managers, timeout=POLITE_SECONDS)
    rest = of_copy(data)
    _ask([process for process in rest if not _is_postgres(process)], signal.SIGTERM)
    _ask([process for process in rest if _is_postgres(process)], signal.SIGINT)  # fast shutdown
    _, alive = psutil.wait_procs(rest, timeout=POLITE_SECONDS)
    _ask(alive, signal.SIGKILL)
    psutil.wait_procs(alive, timeout=LAST_SECONDS)
    return len(processes)


def _postmaster(folder: Path, known: set[int]) -> list[psutil.Process]:
    """PostgreSQL overwrites its environment: it is known by its lock file and its data folder."""
    try:
        pid = int((folder / "postmaster.pid").read_text().splitlines()[0])
        process = psutil.Process(pid)
        ours = str(folder.resolve()) in process.cmdline()
    except (OSError, ValueError, IndexError, psutil.Error):
        return []
    return [process] if ours and pid not in known else []


def _ask(processes: list[psutil.Process], number: signal.Signals) -> None:
    for process in processes:
        try:
            process.send_signal(number)
        except psutil.Error:
            continue


def _is_manager(process: psutil.Process) -> bool:
    return _command_has(process, "supervisor.supervisord")


def _is_postgres(process: psutil.Process) -> bool:
    return _command_has(process, "postgres")


def _command_has(process: psutil.Process, word: str) -> bool:
    try:
        return any(part.endswith(word) for part in process.cmdline()[:3])
    except psutil.Error:
        return False
