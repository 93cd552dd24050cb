"""What watching the decisions needs: coarse figures of each, counts by day, and alerts."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from risk.models.decisions import DecisionRecord


class ScoreBin(models.Model):
    """The words of one bin of one characteristic, such as ("land_mu", "5 … 10")."""

    feature = models.CharField(max_length=60)
    label = models.CharField(max_length=60)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["feature", "label"], name="score_bin_once")
        ]

    def __str__(self) -> str:
        return f"{self.feature} {self.label}"


class DecisionFigures(models.Model):
    """What monitoring counts of a decision and cannot read in its sealed result.

    ``bins`` are numbers of ``ScoreBin``: bands the scorecard cuts, never a person's exact values
    (those stay sealed in the record), and plain numbers so that PostgreSQL itself can count a
    million of them. Written with its decision in one transaction; it is not evidence and replay
    does not read it.
    """

    decision = models.OneToOneField(
        DecisionRecord, primary_key=True, on_delete=models.PROTECT, related_name="figures"
    )
    bins = ArrayField(models.IntegerField(), default=list)
    annual_rate = models.DecimalField(max_digits=8, decimal_places=6, null=True)
    took_us = models.PositiveIntegerField(default=0, help_text="the evaluation alone")
    made_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"figures of {self.decision_id}"


class DecisionDay(models.Model):
    """Counts of one business date: ``n`` cases of ``key`` in ``kind``, made anew as a whole.

    Kinds: outcome, score (lower end of 5 points), reason, bin (``ScoreBin`` id), took and wait (ms,
    two figures), cost (fen), limit (fen, approvals), asked and failed (source), good and bad
    (score), loans and bad_at (month on book, 1 the first; the day is the first of payout's month).
    """

    kind = models.CharField(max_length=10)
    day = models.DateField()
    product_code = models.CharField(max_length=40)
    key = models.CharField(max_length=60)
    n = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "day", "product_code", "key"],
                include=["n"],
                name="decision_day_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.day}"


class MonitoringMark(models.Model):
    """How far the counts go: when ``days`` and ``outcomes`` were last made."""

    name = models.CharField(max_length=20, primary_key=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class MonitoringAlert(models.Model):
    """A rule that is, or was, broken: opened once, read by a person, closed when healthy again."""

    code = models.CharField(max_length=30)
    value = models.FloatField(help_text="when last broken")
    threshold = models.FloatField()
    cases = models.PositiveIntegerField()
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    acknowledged_by = models.CharField(max_length=60, blank=True, default="")
    acknowledged_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["code"], condition=Q(closed_at__isnull=True), name="alert_open_once"
            ),
            models.CheckConstraint(
                condition=Q(acknowledged_at__isnull=True, acknowledged_by="")
                | Q(acknowledged_at__isnull=False) & ~Q(acknowledged_by="") & ~Q(note=""),
                name="alert_acknowledged_whole",
            ),
        ]
        indexes = [models.Index(fields=["-opened_at"], name="alert_newest")]

    def __str__(self) -> str:
        return f"{self.code} {self.opened_at:%Y-%m-%d}"
