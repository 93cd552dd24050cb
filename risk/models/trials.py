"""Trials: an approved version beside the one in force, and what each of the two said."""

import uuid

from django.db import models
from django.db.models import F, Q

from risk.models.decisions import DecisionRecord
from risk.models.strategies import Strategy, StrategyVersion


class StrategyTrial(models.Model):
    """A challenger tried on real applications. Once started, only its end is added (trigger).

    ``shadow``: it is asked later about the same inputs and decides nothing. ``split``: it decides
    ``share_percent`` of the applications, chosen by a hash of ``salt`` and the application.
    """

    class Mode(models.TextChoices):
        SHADOW = "shadow"
        SPLIT = "split"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    strategy = models.ForeignKey(Strategy, on_delete=models.PROTECT, related_name="trials")
    challenger = models.ForeignKey(StrategyVersion, on_delete=models.PROTECT, related_name="trials")
    challenger_author = models.CharField(max_length=60, help_text="who may not start it")
    mode = models.CharField(max_length=6, choices=Mode)
    share_percent = models.PositiveSmallIntegerField(null=True)
    salt = models.CharField(max_length=32)
    note = models.CharField(max_length=300, blank=True, default="")
    started_by = models.CharField(max_length=60)
    started_at = models.DateTimeField()
    ended_by = models.CharField(max_length=60, blank=True, default="")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["strategy"],
                condition=Q(ended_at__isnull=True),
                name="trial_one_at_a_time",
            ),
            models.CheckConstraint(
                condition=~Q(started_by=F("challenger_author")) & ~Q(started_by=""),
                name="trial_two_people",
            ),
            models.CheckConstraint(
                condition=Q(mode="shadow", share_percent__isnull=True)
                | Q(mode="split", share_percent__gte=1, share_percent__lte=50),
                name="trial_share_of_split",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by="")
                | Q(ended_at__isnull=False) & ~Q(ended_by=""),
                name="trial_end_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"trial {self.pk}"


class TrialDecision(models.Model):
    """A decision's place in a trial, and what that arm said; written in the decision's transaction.

    A shadow's row waits (``filled_at`` empty) until a job has asked the challenger; beside it stands
    what the champion said, so that a comparison reads this table alone. ``problem`` names why the
    challenger had no answer; then the champion decided alone.
    """

    class Arm(models.TextChoices):
        CHAMPION = "champion"
        CHALLENGER = "challenger"
        SHADOW = "shadow"

    decision = models.OneToOneField(
        DecisionRecord, primary_key=True, on_delete=models.PROTECT, related_name="trial_row"
    )
    trial = models.ForeignKey(StrategyTrial, on_delete=models.PROTECT, related_name="rows")
    arm = models.CharField(max_length=10, choices=Arm)
    outcome = models.CharField(max_length=10, blank=True, default="")
    score = models.IntegerField(null=True)
    grade = models.CharField(max_length=4, blank=True, default="")
    limit_amount = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    annual_rate = models.DecimalField(max_digits=8, decimal_places=6, null=True)
    reason_codes = models.JSONField(default=list)
    took_us = models.PositiveIntegerField(null=True, help_text="the evaluation alone")
    champion_outcome = models.CharField(max_length=10, blank=True, default="")
    champion_score = models.IntegerField(null=True)
    champion_limit = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    champion_rate = models.DecimalField(max_digits=8, decimal_places=6, null=True)
    champion_codes = models.JSONField(default=list)
    champion_us = models.PositiveIntegerField(null=True)
    problem = models.CharField(max_length=60, blank=True, default="")
    filled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(arm__in=["champion", "challenger", "shadow"]),
                name="trial_arm_known",
            ),
            models.CheckConstraint(
                condition=Q(filled_at__isnull=True, arm="shadow", outcome="")
                | Q(filled_at__isnull=False, outcome__in=["approve", "refer", "decline"])
                | Q(filled_at__isnull=False, outcome="") & ~Q(problem=""),
                name="trial_answer_whole",
            ),
            models.CheckConstraint(
                condition=Q(arm="shadow", champion_outcome__in=["approve", "refer", "decline"])
                | ~Q(arm="shadow") & Q(champion_outcome=""),
                name="trial_shadow_beside_champion",
            ),
        ]
        indexes = [
            models.Index(fields=["trial", "arm", "outcome"], name="trial_by_arm"),
            models.Index(
                fields=["decision"],
                condition=Q(filled_at__isnull=True),
                name="trial_waiting",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.arm} of {self.trial_id}"
