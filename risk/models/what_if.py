"""Runs that ask what other terms would have meant for past applications."""

import uuid

from django.db import models
from django.db.models import Q


class WhatIfRun(models.Model):
    """Deciding a product's last applications again under other terms: progress, then the sum.

    Both sides' terms are frozen when the run starts, so a draft revised meanwhile cannot mix two
    comparisons. ``decision_ids`` are chosen at the first step; the first ``done`` of them are in
    ``tally``. Ids only: no value of a person is kept here.
    """

    class State(models.TextChoices):
        QUEUED = "queued"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"
        CANCELLED = "cancelled"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    product_code = models.CharField(max_length=40)
    version_after = models.PositiveBigIntegerField()
    version_before = models.PositiveBigIntegerField()
    terms_after = models.JSONField()
    terms_before = models.JSONField()
    business_date = models.DateField(help_text="whose LPR both sides are priced at")
    wanted = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    decision_ids = models.JSONField(default=list)
    per_product = models.JSONField(default=list, help_text="[code, how many of its decisions]")
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    tally = models.JSONField(default=dict)
    summary = models.JSONField(null=True)
    examples = models.JSONField(default=dict, help_text="kind of change → some decision ids")
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
                name="what_if_one_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["queued", "running", "done", "failed", "cancelled"]),
                name="what_if_state_known",
            ),
            models.CheckConstraint(
                condition=Q(done__lte=models.F("total")), name="what_if_done_within_total"
            ),
            models.CheckConstraint(
                condition=~Q(state="done") | Q(done=models.F("total"), summary__isnull=False),
                name="what_if_done_is_whole",
            ),
        ]
        indexes = [models.Index(fields=["version_after", "-created_at"], name="what_if_newest")]

    def __str__(self) -> str:
        return f"what-if {self.pk}"
