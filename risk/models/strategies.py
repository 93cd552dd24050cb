"""Ways to decide, as data: strategies and their versions."""

from django.db import models
from django.db.models import Q


class Strategy(models.Model):
    """A named way to decide; products point at its code."""

    code = models.SlugField(max_length=40, unique=True)
    name_zh = models.CharField(max_length=60)
    name_en = models.CharField(max_length=60)

    class Meta:
        verbose_name_plural = "strategies"

    def __str__(self) -> str:
        return self.code


class StrategyVersion(models.Model):
    """A strategy's definition as data. Once published only its state and end of validity may
    change.
    """

    class State(models.TextChoices):
        DRAFT = "draft"
        PUBLISHED = "published"
        RETIRED = "retired"

    strategy = models.ForeignKey(Strategy, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    definition = models.JSONField()
    sha256 = models.CharField(max_length=64, help_text="of the definition's canonical JSON")
    author = models.CharField(max_length=60)
    created_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)
    retired_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["strategy", "number"], name="strategy_version_number"),
            models.UniqueConstraint(
                fields=["strategy"], condition=Q(state="published"), name="strategy_one_published"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.strategy}@{self.number}"
