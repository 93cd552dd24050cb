"""What kind of phone scanned, and whether it was a person at all. Pure."""

import re

_ROBOT = re.compile(
    r"bot\b|bot/|spider|crawl|slurp|preview|prefetch|facebookexternalhit|embedly|monitor|lighthouse"
    r"|wechat-?(share|link)|qq-?urlmanager|mediapartners",
    re.IGNORECASE,
)


def is_robot(user_agent: str, purpose: str = "") -> bool:
    """Link previews, prefetches and crawlers: they see where the code leads but are no visitors.

    ``purpose`` is the Sec-Purpose, Purpose or X-Moz header.
    """
    return bool(
        _ROBOT.search(user_agent)
        or re.search(r"prefetch|preview|prerender", purpose, re.IGNORECASE)
    )


def device_class(user_agent: str) -> str:
    """wechat_android | wechat_ios | android | ios | desktop."""
    agent = user_agent.lower()
    wechat = "micromessenger" in agent
    if "android" in agent or "harmony" in agent:
        return "wechat_android" if wechat else "android"
    if "iphone" in agent or "ipad" in agent:
        return "wechat_ios" if wechat else "ios"
    return "desktop"
