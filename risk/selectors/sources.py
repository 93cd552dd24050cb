"""Every source's health, use, setting and cost, for staff: figures only, nothing about a person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Sum
from django.utils import timezone

from risk.gateways.sources import SOURCE_NAMES, SOURCES, Source
from risk.models import SourceDay, SourceSetting
from risk.selectors.source_figures import Figures, failures, figures, hours, share

__all__ = ["Setting", "SourceHealth", "UnknownSource", "failures", "health", "hours", "overview"]

#: A source is failing when so many of its recent questions failed, and they are this share of them.
_FAILING_MIN, _FAILING_SHARE = 3, 0.5
#: It is slow when one in twenty answers needs this share of its timeout.
_SLOW_SHARE = 0.6
GOOD, SLOW, FAILING, OFF, OVER, SILENT = "good", "slow", "failing", "off", "over", "silent"


class UnknownSource(LookupError):
    """No source has this code."""


@dataclass(frozen=True)
class Setting:
    """Limits are ``None`` where there is none; ``number`` 0 where nobody ever set anything."""

    source: str
    is_enabled: bool = True
    daily_budget_fen: int | None = None
    daily_calls_max: int | None = None
    number: int = 0
    changed_by: str = ""
    changed_at: datetime | None = None


def setting_of(row: SourceSetting) -> Setting:
    return Setting(
        source=row.source,
        is_enabled=row.is_enabled,
        daily_budget_fen=row.daily_budget_fen,
        daily_calls_max=row.daily_calls_max,
        number=row.number,
        changed_by=row.changed_by,
        changed_at=row.changed_at,
    )


@dataclass(frozen=True)
class SourceHealth:
    """One line of the page. Costs are fen; ``budget_share`` is of today's money or calls, the
    larger.
    """

    source: Source
    name_zh: str
    name_en: str
    setting: Setting
    day: Figures
    week: Figures
    recent: Figures
    calls_today: int
    cost_today_fen: int
    cost_30_days_fen: int

    @property
    def budget_share(self) -> float | None:
        shares = [
            share(self.cost_today_fen, self.setting.daily_budget_fen),
            share(self.calls_today, self.setting.daily_calls_max),
        ]
        return max((one for one in shares if one is not None), default=None)

    @property
    def light(self) -> str:
        """off, over, failing, slow, silent (nothing asked in a day), good: the first that holds."""
        if not self.setting.is_enabled:
            return OFF
        if self._is_over():
            return OVER
        tried = self.recent.asked + self.recent.held_back
        bad = self.recent.failed + self.recent.held_back
        if bad >= _FAILING_MIN and bad >= tried * _FAILING_SHARE:
            return FAILING
        if (self.day.p95_ms or 0) > self.source.timeout_s * 1000 * _SLOW_SHARE:
            return SLOW
        return GOOD if self.day.asked or self.day.reused else SILENT

    def _is_over(self) -> bool:
        budget, calls = self.setting.daily_budget_fen, self.setting.daily_calls_max
        if calls is not None and self.calls_today >= calls:
            return True
        return budget is not None and self.cost_today_fen + self.source.cost_fen > budget


def overview(now: datetime) -> list[SourceHealth]:
    """Every source in the order of the table, with the last 15 minutes, 24 hours and 7 days."""
    return _healths(list(SOURCES), now)


def health(code: str, now: datetime) -> SourceHealth:
    """One source; raises ``UnknownSource``."""
    if code not in SOURCES:
        raise UnknownSource(code)
    return _healths([code], now)[0]


def _healths(codes: Sequence[str], now: datetime) -> list[SourceHealth]:
    found = figures(codes, now)
    settings = {
        row.source: setting_of(row) for row in SourceSetting.objects.filter(source__in=codes)
    }
    today = timezone.localdate(now)
    spent = {
        row["source"]: row
        for row in SourceDay.objects.filter(source__in=codes, day=today).values()
    }
    month = dict(
        SourceDay.objects.filter(source__in=codes, day__gt=today - timedelta(days=30), day__lte=today)
        .values_list("source")
        .annotate(fen=Sum("cost_fen"))
    )
    return [
        SourceHealth(
            source=SOURCES[code],
            name_zh=SOURCE_NAMES[code][0],
            name_en=SOURCE_NAMES[code][1],
            setting=settings.get(code, Setting(code)),
            day=found.get((code, "day"), Figures()),
            week=found.get((code, "week"), Figures()),
            recent=found.get((code, "recent"), Figures()),
            calls_today=spent.get(code, {}).get("calls", 0),
            cost_today_fen=spent.get(code, {}).get("cost_fen", 0),
            cost_30_days_fen=month.get(code, 0),
        )
        for code in codes
    ]


