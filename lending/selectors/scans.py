"""The scan cookie: what a QR landing leaves on the phone and the applicant's pages read again.

It names the scan and the code, no person; nothing is trusted but that the code is usable.
"""

import re
from dataclasses import dataclass
from datetime import timedelta

COOKIE = "shandai_source"
LIVES = timedelta(days=30)
_TOKEN = re.compile(r"[A-Za-z0-9_\-]{1,64}", re.ASCII)
_CODE = re.compile(r"[A-Za-z0-9_\-]{1,40}", re.ASCII)


@dataclass(frozen=True)
class Scan:
    """``token`` joins the scan to what follows; ``code`` is the referral code. Or empty."""

    token: str = ""
    code: str = ""


def written(token: str, code: str) -> str:
    """The cookie's value: ``<token>.<code>``."""
    return f"{token}.{code}"


def read_cookie(text: str) -> Scan:
    """What ``written`` wrote; an empty ``Scan`` for anything else."""
    token, _, code = text.partition(".")
    if _TOKEN.fullmatch(token) and _CODE.fullmatch(code):
        return Scan(token=token, code=code)
    return Scan()
