"""Decisions made. They never change: the migration sets a trigger that refuses it."""

import uuid

from django.db import models
from django.db.models import Q

from products.encryption import EncryptedJSONField
from risk.models.strategies import StrategyVersion


class DecisionRecord(models.Model):
    """One decision, complete enough to be replayed to the same bytes. Append-only by trigger."""

    class Outcome(models.TextChoices):
        APPROVE = "approve"
        REFER = "refer"
        DECLINE = "decline"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    application_id = models.UUIDField()
    round = models.PositiveSmallIntegerField()
    product_code = models.CharField(max_length=40)
    strategy_version = models.ForeignKey(StrategyVersion, on_delete=models.PROTECT)
    strategy_sha256 = models.CharField(max_length=64)
    engine_version = models.CharField(max_length=20)
    as_of = models.DateTimeField()
    business_date = models.DateField()
    inputs = EncryptedJSONField(
        help_text="every value used, each with source and time; terms; LPR; caps"
    )
    result = EncryptedJSONField(
        help_text="outcome, score, limit, offers, reasons, assessments, trace"
    )
    inputs_sha256 = models.CharField(max_length=64)
    result_sha256 = models.CharField(max_length=64)
    outcome = models.CharField(max_length=10, choices=Outcome)
    score = models.IntegerField(null=True)
    grade = models.CharField(max_length=4, blank=True, default="")
    limit_amount = models.DecimalField(max_digits=14, decimal_places=2)
    reason_codes = models.JSONField(default=list)
    took_ms = models.PositiveIntegerField(help_text="our own time, without waiting for sources")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["application_id", "round"], name="decision_once_a_round"
            ),
            models.CheckConstraint(
                condition=Q(outcome__in=["approve", "refer", "decline"]),
                name="decision_outcome_known",
            ),
            models.CheckConstraint(
                condition=Q(limit_amount__gte=0), name="decision_limit_not_negative"
            ),
            models.CheckConstraint(
                condition=~Q(outcome="approve") | Q(limit_amount__gt=0),
                name="decision_approval_has_limit",
            ),
        ]
        indexes = [
            models.Index(fields=["as_of"], name="decision_by_time"),
            models.Index(fields=["product_code", "-as_of"], name="decision_by_product"),
            models.Index(fields=["business_date"], name="decision_by_day"),
        ]

    def __str__(self) -> str:
        return f"decision {self.pk}"
