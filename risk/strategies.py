"""Strategy versions: publishing, finding the one in force, compiling it once per process."""

from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db import transaction

from risk.domain.canonical import sha256_of
from risk.domain.strategy import CompiledStrategy, InvalidStrategy, read_strategy
from risk.models import Strategy, StrategyVersion


class NoPublishedStrategy(LookupError):
    """No published version of this strategy: the bank is not set up to decide."""


class TamperedStrategy(ValueError):
    """A stored definition no longer has the hash it was published with."""


def published_version(code: str) -> StrategyVersion:
    """The version in force; raises ``NoPublishedStrategy``."""
    version = (
        StrategyVersion.objects.select_related("strategy")
        .filter(strategy__code=code, state=StrategyVersion.State.PUBLISHED)
        .defer("definition")
        .first()
    )
    if version is None:
        raise NoPublishedStrategy(code)
    return version


def find_version(spec: str) -> StrategyVersion:
    """``CODE`` (the one in force) or ``CODE@NUMBER``; raises ``NoPublishedStrategy``."""
    code, _, number = spec.partition("@")
    if not number:
        return published_version(code)
    version = StrategyVersion.objects.filter(
        strategy__code=code, number=int(number) if number.isdigit() else 0
    ).first()
    if version is None:
        raise NoPublishedStrategy(spec)
    return version


@lru_cache(maxsize=64)
def compiled_version(version_id: int) -> CompiledStrategy:
    """The compiled strategy of a version, checked against its hash. Published versions never
    change.
    """
    version = StrategyVersion.objects.get(pk=version_id)
    if sha256_of(version.definition) != version.sha256:
        raise TamperedStrategy(str(version))
    return read_strategy(version.definition)


def publish(*, definition: dict[str, Any], author: str, now: datetime) -> StrategyVersion:
    """Publish ``definition`` as the next version, retiring the one in force; the same definition
    twice is the same version. Raises ``InvalidStrategy`` before anything is written.
    """
    compiled = read_strategy(definition)
    if not compiled.code:
        raise InvalidStrategy("a strategy needs a code")
    with transaction.atomic():
        strategy, _ = Strategy.objects.select_for_update().get_or_create(
            code=compiled.code,
            defaults={"name_zh": definition["name_zh"], "name_en": definition["name_en"]},
        )
        current = strategy.versions.filter(state=StrategyVersion.State.PUBLISHED).first()
        if current is not None and current.sha256 == compiled.sha256:
            return current
        if current is not None:
            current.state, current.retired_at = StrategyVersion.State.RETIRED, now
            current.save(update_fields=["state", "retired_at"])
        last = strategy.versions.order_by("-number").values_list("number", flat=True).first() or 0
        return StrategyVersion.objects.create(
            strategy=strategy,
            number=last + 1,
            state=StrategyVersion.State.PUBLISHED,
            definition=definition,
            sha256=compiled.sha256,
            author=author,
            created_at=now,
            published_at=now,
        )
