"""Whatever is killed comes back, and whoever stops it leaves nothing behind."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from deploy import leftovers
from deploy.place import PROJECT, free_port
from tests.system import RunningSystem, system_folder

pytestmark = pytest.mark.system
PROGRAMS = (
    "web",
    "worker-money",
    "worker-default",
    "worker-closing",
    "worker-documents",
    "drain",
    "beat",
    "redis",
    "sandbox",
    "postgres",
)


@pytest.mark.timeout(240)
@pytest.mark.parametrize("program", PROGRAMS)
def test_a_killed_program_comes_back(running_system: RunningSystem, program: str) -> None:
    running_system.wait_until_back(program, running_system.kill(program))
    running_system.wait_until_ready()


@pytest.mark.timeout(240)
def test_redis_is_only_the_doorbell(running_system: RunningSystem) -> None:
    running_system.flush_redis()
    running_system.wait_until_ready()


@pytest.mark.timeout(240)
@pytest.mark.parametrize("immediate", [False, True])
def test_postgres_restarts(running_system: RunningSystem, immediate: bool) -> None:
    running_system.restart_postgres(immediate=immediate)
    running_system.wait_until_ready()


@pytest.mark.timeout(400)
def test_a_copy_beside_another_survives_its_starters_death() -> None:
    """kill -9 of the starter, then of starter and manager: the next start recovers; Ctrl-C ends all."""
    with system_folder() as folder:
        system = RunningSystem(folder)
        system.start()
        system.query("CREATE TABLE kept (word text)")
        system.query("INSERT INTO kept VALUES ('yes')")
        system.kill_starter()
        system.start()
        manager = psutil.Process(system.pid("web")).ppid()
        system.kill_starter()
        os.kill(manager, signal.SIGKILL)
        system.start()
        assert system.query("SELECT word FROM kept") == [{"word": "yes"}]
        assert "running already" in _second_start(system)
        assert system.stop() == 0
        assert leftovers.of_copy(system.data) == []


def test_a_port_in_use_is_said_in_one_line(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("0.0.0.0", 0))
        taken.listen()
        port = taken.getsockname()[1]
        result = _start(DATA_DIR=str(tmp_path / "data"), PORT=str(port))
    assert result.returncode == 1
    assert f"Port {port} is in use" in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    result = _start(DATA_DIR=str(tmp_path / "file" / "data"))
    assert result.returncode == 1
    assert "Cannot write to" in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1


def test_data_of_another_postgres() -> None:
    with system_folder() as folder:
        (folder / "data" / "postgres").mkdir(parents=True)
        (folder / "data" / "postgres" / "PG_VERSION").write_text("15\n")
        result = _start(DATA_DIR=str(folder / "data"))
    assert result.returncode == 1
    assert "made by PostgreSQL 15" in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1


def _second_start(system: RunningSystem) -> str:
    result = _start(DATA_DIR=str(system.data), PORT=str(system.port))
    assert result.returncode == 1
    return result.stderr


def _start(**environment: str) -> "subprocess.CompletedProcess[str]":
    inherited = {n: v for n, v in os.environ.items() if n not in {"DATABASE_URL", "REDIS_URL"}}
    ports = {"PORT": str(free_port()), "SANDBOX_PORT": str(free_port())}
    return subprocess.run(
        [sys.executable, "-m", "deploy.run"],
        cwd=PROJECT,
        env=inherited | ports | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=90,
    )
