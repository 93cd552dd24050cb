"""The demo's own secrets, made once per data folder and readable by its owner only."""

import os
import secrets
from pathlib import Path


def load_or_make(data: Path) -> dict[str, str]:
    """SECRET_KEY, FIELD_KEYS and METRICS_TOKEN of this copy. The environment's own values win."""
    path = data / "secrets.env"
    stored = read(path)
    made = {
        "SECRET_KEY": secrets.token_urlsafe(50),
        "FIELD_KEYS": f"k1:{secrets.token_hex(32)}",
        "METRICS_TOKEN": secrets.token_urlsafe(24),
    }
    if not made.keys() <= stored.keys():
        stored = {**made, **stored}
        write(path, stored)
    return {name: os.environ.get(name) or value for name, value in stored.items()}


def read(path: Path) -> dict[str, str]:
    """``NAME=value`` lines; an absent file is an empty one."""
    if not path.exists():
        return {}
    lines = path.read_text(encoding="utf-8").splitlines()
    pairs = (line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))
    return {name.strip(): value.strip() for name, value in pairs}


def write(path: Path, values: dict[str, str]) -> None:
    """Replaces the file in one step; mode 0600 from its first byte."""
    partial = path.with_suffix(".partial")
    partial.unlink(missing_ok=True)
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.writelines(f"{name}={value}\n" for name, value in values.items())
    partial.replace(path)
