"""What staff set for a source: asked or not, and how much of it a day."""

from datetime import datetime

from django.db import transaction

from risk.gateways.sources import SOURCES
from risk.models import SourceSetting
from risk.selectors.sources import Setting, UnknownSource, setting_of

#: ¥ 1,000,000 a day and a million calls: more is a slip of the finger.
BUDGET_FEN_MAX, CALLS_MAX = 100_000_000, 1_000_000


class SettingChanged(Exception):
    """Somebody changed the setting since it was read."""


class WrongLimit(ValueError):
    """``field`` lies outside 0 … its maximum."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


def change_setting(
    *,
    source: str,
    is_enabled: bool,
    daily_budget_fen: int | None,
    daily_calls_max: int | None,
    seen: int,
    author: str,
    now: datetime,
) -> tuple[Setting, Setting]:
    """Set a source's limits from this moment on; ``seen`` is the number of the setting they replace.

    Returns (before, after). Raises ``UnknownSource``, ``WrongLimit`` and ``SettingChanged``.
    """
    if source not in SOURCES:
        raise UnknownSource(source)
    _bounded("daily_budget_fen", daily_budget_fen, BUDGET_FEN_MAX)
    _bounded("daily_calls_max", daily_calls_max, CALLS_MAX)
    values = {
        "is_enabled": is_enabled,
        "daily_budget_fen": daily_budget_fen,
        "daily_calls_max": daily_calls_max,
        "number": seen + 1,
        "changed_by": author,
        "changed_at": now,
    }
    with transaction.atomic():
        before = SourceSetting.objects.select_for_update().filter(source=source).first()
        if (before.number if before else 0) != seen:
            raise SettingChanged(source)
        if before is None:  # two firsts at once: one row, and the other has seen an older number
            row = SourceSetting(source=source, **values)
            SourceSetting.objects.bulk_create([row], ignore_conflicts=True)
            kept = SourceSetting.objects.get(source=source)
            if (kept.changed_by, kept.changed_at) != (author, now):
                raise SettingChanged(source)
            return Setting(source), setting_of(kept)
        old = setting_of(before)
        for name, value in values.items():
            setattr(before, name, value)
        before.save(update_fields=list(values))
        return old, setting_of(before)


def _bounded(field: str, value: int | None, highest: int) -> None:
    if value is not None and not 0 <= value <= highest:
        raise WrongLimit(field)
