"""What staff set for a source, and what it was asked and cost on a day."""

from django.db import models
from django.db.models import Q


class SourceSetting(models.Model):
    """Whether a source is asked at all, and how much of it a day; none: asked without a bound.

    ``number`` grows with each change: who changes an older one is refused.
    """

    source = models.CharField(max_length=30, primary_key=True)
    is_enabled = models.BooleanField(default=True)
    daily_budget_fen = models.PositiveIntegerField(null=True)
    daily_calls_max = models.PositiveIntegerField(null=True)
    number = models.PositiveIntegerField(default=1)
    changed_by = models.CharField(max_length=150)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(changed_by=""), name="source_setting_has_author")
        ]

    def __str__(self) -> str:
        return f"setting of {self.source}"


class SourceDay(models.Model):
    """Questions put to a source on a day, and what they cost; bounded in one statement.

    A question whose worker died counts as paid for: nobody knows.
    """

    source = models.CharField(max_length=30)
    day = models.DateField()
    calls = models.PositiveIntegerField()
    cost_fen = models.PositiveBigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "day"], name="source_day_once")
        ]

    def __str__(self) -> str:
        return f"{self.source} on {self.day}"
