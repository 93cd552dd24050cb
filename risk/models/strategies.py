"""Ways to decide, as data: strategies and their versions."""

from django.db import models
from django.db.models import F, Q


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
    """A strategy's definition as data, by two people, in force from a business date on.

    draft → submitted → approved (by another person; may be tried on applications) → published from
    ``valid_from`` until the next one's first day, → retired. What was approved never changes again
    but for its state and its last day; the ranges of published versions never overlap.
    """

    class State(models.TextChoices):
        DRAFT = "draft"
        SUBMITTED = "submitted"
        APPROVED = "approved"
        PUBLISHED = "published"
        RETIRED = "retired"

    strategy = models.ForeignKey(Strategy, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    based_on = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="heirs")
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    definition = models.JSONField()
    sha256 = models.CharField(max_length=64, help_text="of the definition's canonical JSON")
    revision = models.PositiveIntegerField(default=0, help_text="counts saves of a draft")
    note = models.CharField(max_length=300, blank=True, default="", help_text="why it is made")
    answer = models.CharField(max_length=300, blank=True, default="", help_text="why sent back")
    author = models.CharField(max_length=60)
    approved_by = models.CharField(max_length=60, blank=True, default="")
    released_by = models.CharField(max_length=60, blank=True, default="")
    created_at = models.DateTimeField()
    approved_at = models.DateTimeField(null=True)
    published_at = models.DateTimeField(null=True)
    retired_at = models.DateTimeField(null=True)
    valid_from = models.DateField(null=True, help_text="first business date it decides")
    valid_to = models.DateField(null=True, help_text="first business date it decides no more")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["strategy", "number"], name="strategy_version_number"),
            models.CheckConstraint(
                condition=~Q(approved_by=F("author")) & ~Q(released_by=F("author")),
                name="strategy_two_people",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["approved", "published"]) | ~Q(approved_by=""),
                name="strategy_approved_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state="published")
                | Q(valid_from__isnull=False, published_at__isnull=False) & ~Q(released_by=""),
                name="strategy_published_whole",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "submitted", "approved", "published", "retired"]),
                name="strategy_state_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.strategy}@{self.number}"
