"""What risk keeps: answers of sources, strategies and their versions, decisions.

Decisions never change and answered reports never change: the migration sets triggers that refuse
it.
"""

import uuid

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from products.encryption import EncryptedJSONField


class SourceReport(models.Model):
    """One question to one outside source about one application.

    ``subject_index`` is a blind index of exactly what was asked (name, numbers …): a corrected name
    or another card is another question, so an old answer can never be taken for it.
    """

    class State(models.TextChoices):
        ASKING = "asking"
        ANSWERED = "answered"

    class Result(models.TextChoices):
        MATCH = "MATCH"
        MISMATCH = "MISMATCH"
        NO_RECORD = "NO_RECORD"
        ERROR = "ERROR"
        TIMEOUT = "TIMEOUT"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    application_id = models.UUIDField()
    round = models.PositiveSmallIntegerField()
    source = models.CharField(max_length=30)
    operation = models.CharField(max_length=40)
    subject_index = models.CharField(max_length=64)
    state = models.CharField(max_length=10, choices=State, default=State.ASKING)
    result = models.CharField(max_length=10, choices=Result, blank=True, default="")
    problem = models.CharField(
        max_length=30, blank=True, help_text="why an ERROR: reply kind or bad field"
    )
    raw_reply = EncryptedJSONField(null=True)
    facts = EncryptedJSONField(null=True, help_text="the reply's known fields after type checks")
    consent_id = models.CharField(max_length=64)
    purpose = models.CharField(max_length=40)
    attempts = models.PositiveSmallIntegerField(default=1)
    claimed_at = models.DateTimeField(
        db_default=Now(), help_text="the database's clock: leases end by it"
    )
    requested_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    latency_ms = models.PositiveIntegerField(null=True)
    cost_fen = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["application_id", "round", "source", "subject_index"],
                name="source_report_once",
            ),
            models.CheckConstraint(
                condition=Q(state="asking", answered_at__isnull=True)
                | Q(state="answered", answered_at__isnull=False) & ~Q(result=""),
                name="source_report_answer_whole",
            ),
        ]
        indexes = [models.Index(fields=["source", "-requested_at"], name="source_report_health")]

    def __str__(self) -> str:
        return f"{self.source} for {self.application_id}"


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
        indexes = [models.Index(fields=["as_of"], name="decision_by_time")]

    def __str__(self) -> str:
        return f"decision {self.pk}"
