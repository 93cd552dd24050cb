"""Signs of life of workers and clock: one Redis hash, ``name@host`` → seconds since 1970."""

import time
from functools import cache

import redis
from django.conf import settings

KEY = "shandai:alive"
FRESH_SECONDS = 15
CLOCK = "clock"


@cache
def client() -> redis.Redis:
    """One small pool per process; impatient, because health must answer in 200 ms."""
    return redis.Redis.from_url(
        settings.REDIS_URL, socket_timeout=0.15, socket_connect_timeout=0.15
    )


def beat(name: str) -> None:
    """Best effort: who cannot reach the broker is not alive for it."""
    try:
        client().hset(KEY, name, f"{time.time():.0f}")
    except redis.RedisError:
        return


def fresh() -> set[str]:
    """Names (the part before ``@``) heard of within FRESH_SECONDS. Raises RedisError."""
    oldest = time.time() - FRESH_SECONDS
    found = client().hgetall(KEY)
    return {
        name.decode().partition("@")[0]
        for name, at in found.items()  # type: ignore[union-attr]
        if float(at) >= oldest
    }
