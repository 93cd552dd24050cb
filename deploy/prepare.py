"""Brings the database and the static files up to date, in one process: ``python -m deploy.prepare``."""

import hashlib
import os
import sys
from pathlib import Path

import django
from django.apps import apps
from django.conf import settings
from django.core.management import call_command, get_commands

from deploy.place import PROJECT
from deploy.steps import step


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    with step("reading the settings"):
        django.setup()
    with step("database structure"):
        call_command("migrate", interactive=False, verbosity=0)
        if "open_loan_accounts" in get_commands():
            call_command("open_loan_accounts")
    if getattr(settings, "DEMO", False) and "seed_demo" in get_commands() and _is_empty():
        sys.stdout.write("  seeding the demo bank\n")
        sys.stdout.flush()
        _seed()
    stamp = Path(settings.STATIC_ROOT) / ".stamp"
    if not stamp.exists() or stamp.read_text() != _static_hash():
        with step("static files"):
            call_command(
                "collectstatic",
                interactive=False,
                verbosity=0,
                clear=True,
                ignore_patterns=["NotoSansSC*", "redoc", "rest_framework"],  # not served
            )
            stamp.write_text(_static_hash())
    return 0


def _seed() -> None:
    call_command("seed_demo")
    customers, days = os.environ.get("DEMO_CUSTOMERS", ""), os.environ.get("DEMO_DAYS", "")
    if "seed_demo_history" in get_commands() and settings.SANDBOX_URL and customers != "0":
        asked = {"customers": customers, "days": days}
        with step("eighteen months of history"):
            call_command(
                "seed_demo_history", **{name: int(given) for name, given in asked.items() if given}
            )


def _is_empty() -> bool:
    """A database without a bank. ``seed_demo`` may be repeated, so a broken-off seeding is completed."""
    return not apps.get_model("lending", "ReferralCode").objects.exists()


def _static_hash() -> str:
    """Changes when a static file or a pinned package does."""
    digest = hashlib.sha256((PROJECT / "requirements.txt").read_bytes())
    for path in sorted((PROJECT / "static").rglob("*")):
        found = path.stat()
        digest.update(f"{path}:{found.st_size}:{found.st_mtime_ns}".encode())
    return digest.hexdigest()


if __name__ == "__main__":
    sys.exit(main())
