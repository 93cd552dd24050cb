"""Addresses and secrets of the demo on this machine, for ``manage.py`` by hand while ``make run`` runs."""

import os
from pathlib import Path


def load(data_dir: Path) -> None:
    """Fills what the environment leaves open from what ``make run`` wrote into its data folder.

    Only the demo does so: a real bank's addresses and secrets come from the environment alone.
    """
    if os.environ.get("DJANGO_ENV", "demo") != "demo":
        return
    for path in (data_dir / "run" / "addresses.env", data_dir / "secrets.env"):
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except OSError:
            continue
        for line in lines:
            name, separator, value = line.partition("=")
            if separator and not name.startswith("#"):
                os.environ.setdefault(name.strip(), value.strip())
