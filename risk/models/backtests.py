"""Runs that decide past applications again under another strategy version."""

import uuid

from django.db import models
from django.db.models import F, Q


class BacktestRun(models.Model):
    """Two strategy versions over the same past applications: progress, then the sum.

    Both definitions are frozen when the run starts, so a draft revised meanwhile cannot mix two
    comparisons. Decisions are taken newest first; (``last_as_of``, ``last_id``) is the last one that
    is in ``tally``. Sums and ids only: no value of a person is kept here.
    """

    class State(models.TextChoices):
        QUEUED = "queued"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"
        CANCELLED = "cancelled"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    version_after = models.PositiveBigIntegerField()
    version_before = models.PositiveBigIntegerField()
    definition_after = models.JSONField()
    definition_before = models.JSONField()
    sha256_after = models.CharField(max_length=64)
    sha256_before = models.CharField(max_length=64)
    product_code = models.CharField(max_length=40, blank=True, default="", help_text="empty: all")
    date_from = models.DateField(null=True, help_text="first business date")
    date_to = models.DateField(null=True, help_text="last business date")
    wanted = models.PositiveIntegerField()
    until = models.DateTimeField(help_text="later decisions are not looked at")
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    last_as_of = models.DateTimeField(null=True)
    last_id = models.UUIDField(null=True)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    tally = models.JSONField(default=dict)
    summary = models.JSONField(null=True)
    problem = models.CharField(max_length=60, blank=True, default="")
    author = models.CharField(max_length=60)
    created_at = models.DateTimeField()
    lease_until = models.DateTimeField(
        help_text="by the database's clock; the sweeper asks again after it"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["version_after"],
                condition=Q(state__in=["queued", "running"]),
                name="backtest_one_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["queued", "running", "done", "failed", "cancelled"]),
                name="backtest_state_known",
            ),
            models.CheckConstraint(
                condition=Q(done__lte=F("total"), total__lte=F("wanted"), wanted__lte=1_000_000),
                name="backtest_done_within_total",
            ),
            models.CheckConstraint(
                condition=~Q(state="done") | Q(done=F("total"), summary__isnull=False),
                name="backtest_done_is_whole",
            ),
            models.CheckConstraint(
                condition=~Q(version_after=F("version_before")), name="backtest_two_versions"
            ),
        ]
        indexes = [models.Index(fields=["version_after", "-created_at"], name="backtest_newest")]

    def __str__(self) -> str:
        return f"back-test {self.pk}"
