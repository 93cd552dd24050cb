"""The sandbox as a program: small, on its own, and plain about what is in its way."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.place import PROJECT
from tests.sandbox.conftest import Process


def _run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "sandbox", *arguments], cwd=PROJECT, capture_output=True, text=True,
        timeout=30, env={**os.environ, **environment}, check=False,
    )


def test_it_knows_nothing_of_the_platform() -> None:
    code = (
        "import sys, sandbox.__main__; "
        "print([m for m in ('django', 'lending', 'risk', 'products', 'PIL') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads Linux's /proc")
def test_it_stays_small(own_process: Process) -> None:
    for person in own_process.get("/people", limit=15)["people"]:
        own_process.web.get(f"/id-card/{person['id_number']}.jpg?tilt=5").raise_for_status()
    status = Path(f"/proc/{own_process.program.pid}/status").read_text(encoding="utf-8")
    resident_kb = int(status.partition("VmRSS:")[2].split()[0])
    assert resident_kb < 90_000


def test_a_port_in_use_is_one_line(own_process: Process, tmp_path: Path) -> None:
    done = _run("--port", str(own_process.port), "--data-dir", str(tmp_path / "other"))
    assert done.returncode == 1
    assert len(done.stderr.strip().splitlines()) == 1
    assert str(own_process.port) in done.stderr


def test_a_folder_that_cannot_be_used_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder", encoding="utf-8")
    done = _run("--data-dir", str(tmp_path / "file"), "--port", "0")
    assert done.returncode == 1
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_broken_database_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "sandbox.sqlite3").write_bytes(b"this is no database" * 100)
    done = _run("--data-dir", str(tmp_path), "--port", "0")
    assert done.returncode == 1
    assert "cannot be used" in done.stderr


@pytest.mark.parametrize("port", ["x", "-1", "99999999"])
def test_a_port_that_is_none(port: str, tmp_path: Path) -> None:
    done = _run(f"--port={port}", "--data-dir", str(tmp_path))
    assert done.returncode in (1, 2)
    assert "Traceback" not in done.stderr
