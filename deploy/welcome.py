"""What a newcomer needs, printed once everything is up: addresses, accounts, the code to scan."""

import io
import subprocess
from typing import Any

import qrcode

from deploy.place import PROJECT, Place, lan_address, python
from deploy.steps import elapsed, say


def public_url(place: Place) -> str:
    """Where a phone on the same network finds the web server."""
    host = lan_address() if place.host == "0.0.0.0" else place.host  # noqa: S104  (compared, not bound)
    return f"http://{host}:{place.port}"


def show(place: Place, readiness: dict[str, Any], environment: dict[str, str]) -> None:
    base = f"http://127.0.0.1:{place.port}"
    code = f"{environment['PUBLIC_BASE_URL']}/q/universal/"
    say()
    say(_drawn(code))
    say(f"  Scan, or open {code}")
    say()
    for name, address in (
        ("public page", f"{base}/"),
        ("apply", f"{base}/q/universal/"),
        ("staff desk", f"{base}/desk/"),
        ("admin", f"{base}/admin/"),
        ("API docs", f"{base}/api/docs/"),
        ("sandbox", environment.get("SANDBOX_URL", "")),
        ("text messages", f"{environment.get('SANDBOX_URL', '')}/sms?mobile="),
        ("health", f"{base}/readyz"),
        ("logs", str(place.logs)),
    ):
        say(f"  {name:<14} {address}")
    say()
    say(_accounts(environment))
    troubles = [
        f"{name}: {part.get('status')}"
        for name, part in readiness.get("parts", {}).items()
        if part.get("status") != "ok"
    ]
    if troubles:
        say(f"  Degraded – {'; '.join(troubles)}")
    say(f"  Ready in {elapsed():.1f} s. Ctrl-C stops everything.")


def _accounts(environment: dict[str, str]) -> str:
    result = subprocess.run(
        [python(), "manage.py", "demo_accounts"],
        cwd=PROJECT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    text = result.stdout if result.returncode == 0 else "no demo accounts"
    return "\n".join(f"  {line}" for line in text.rstrip().splitlines()) + "\n"


def _drawn(text: str) -> str:
    code = qrcode.QRCode(border=2)
    code.add_data(text)
    canvas = io.StringIO()
    code.print_ascii(out=canvas, invert=True)
    return canvas.getvalue().rstrip()
