"""What a referral code looks like. Pure."""

import re

_CODE = re.compile(r"[A-Za-z0-9_\-]{1,40}", re.ASCII)


def is_code(text: str) -> bool:
    """Whether ``text`` could be a code at all: what could not is never looked up."""
    return bool(_CODE.fullmatch(text))
