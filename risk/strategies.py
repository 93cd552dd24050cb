"""Strategy versions: finding the one in force, compiling it once per process."""

from datetime import date
from functools import lru_cache

from django.db.models import Q

from risk.domain.canonical import sha256_of
from risk.domain.strategy import CompiledStrategy, read_strategy
from risk.models import StrategyVersion

_FROZEN = frozenset(
    {
        StrategyVersion.State.APPROVED,
        StrategyVersion.State.PUBLISHED,
        StrategyVersion.State.RETIRED,
    }
)


class NoPublishedStrategy(LookupError):
    """No published version of this strategy on that day: the bank is not set up to decide."""


class TamperedStrategy(ValueError):
    """A stored definition no longer has the hash it was published with."""


class _StillChanging(Exception):
    """Carries the compiled draft past the cache, which keeps no exceptions."""

    def __init__(self, compiled: CompiledStrategy) -> None:
        super().__init__()
        self.compiled = compiled


def published_version(code: str, on: date) -> StrategyVersion:
    """The version in force on a business date; raises ``NoPublishedStrategy``.

    A version replaced since still decides on its own days: a business date may lag behind the day
    its successor began.
    """
    published = Q(state=StrategyVersion.State.PUBLISHED)
    replaced = Q(state=StrategyVersion.State.RETIRED, valid_to__gt=on)
    version = (
        StrategyVersion.objects.select_related("strategy")
        .filter(
            published & (Q(valid_to__isnull=True) | Q(valid_to__gt=on)) | replaced,
            strategy__code=code,
            valid_from__lte=on,
        )
        .order_by("state", "-valid_from")  # "published" before "retired"
        .defer("definition")
        .first()
    )
    if version is None:
        raise NoPublishedStrategy(code)
    return version


def find_version(spec: str, on: date) -> StrategyVersion:
    """``CODE`` (the one in force on that day) or ``CODE@NUMBER``; raises ``NoPublishedStrategy``."""
    code, _, number = spec.partition("@")
    if not number:
        return published_version(code, on)
    version = StrategyVersion.objects.filter(
        strategy__code=code, number=int(number) if number.isdecimal() and len(number) < 9 else 0
    ).first()
    if version is None:
        raise NoPublishedStrategy(spec)
    return version


def compiled_version(version_id: int) -> CompiledStrategy:
    """The compiled strategy of a version, checked against its hash; kept once it cannot change.

    Raises ``TamperedStrategy``, and ``InvalidStrategy`` for a draft that is not in order.
    """
    try:
        return _compiled(version_id)
    except _StillChanging as draft:
        return draft.compiled


def forget() -> None:
    """Drop what is kept: for tests, whose row ids repeat."""
    _compiled.cache_clear()


@lru_cache(maxsize=64)
def _compiled(version_id: int) -> CompiledStrategy:
    version = StrategyVersion.objects.get(pk=version_id)
    if sha256_of(version.definition) != version.sha256:
        raise TamperedStrategy(str(version))
    compiled = read_strategy(version.definition)
    if version.state not in _FROZEN:
        raise _StillChanging(compiled)
    return compiled
