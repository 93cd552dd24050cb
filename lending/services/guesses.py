"""A brake for open pages where somebody might try codes one after the other. Counted in the cache."""

from django.core.cache import cache

TRIES = 20
WINDOW_S = 600


def may_try(what: str, who: str) -> bool:
    """Whether ``who`` (an address) may try once more; counts this try."""
    key = f"guesses:{what}:{who}"
    cache.add(key, 0, WINDOW_S)
    try:
        return int(cache.incr(key)) <= TRIES
    except ValueError:  # the window ended between the two
        return True
