"""What the outside sources answered. Answered reports never change: a trigger refuses it."""

import uuid

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from products.encryption import EncryptedJSONField


class SourceReport(models.Model):
    """One question to one outside source about one application.

    ``subject_index`` is a blind index of exactly what was asked (name, numbers …): a corrected name
    or another card is another question, so an old answer can never be taken for it.

    ``reused_from`` names the earlier answer to the same question that was used instead of a call.
    With a result of its own this is that fresh answer again, at its own time; with ERROR or TIMEOUT
    the source failed and the older answer, kept only there, stands in for it.
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
    reused_from = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )

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
            models.CheckConstraint(
                condition=Q(reused_from__isnull=True) | Q(state="answered", cost_fen=0),
                name="source_report_reuse_is_free",
            ),
            models.CheckConstraint(
                condition=~Q(result__in=["ERROR", "TIMEOUT"]) | Q(cost_fen=0),
                name="source_report_failure_is_free",
            ),
        ]
        indexes = [
            models.Index(
                fields=["source", "-requested_at"],
                include=["state", "result", "problem", "latency_ms", "reused_from"],
                name="source_report_figures",
            ),
            models.Index(
                fields=["subject_index", "-answered_at"],
                condition=Q(
                    state="answered",
                    result__in=["MATCH", "MISMATCH", "NO_RECORD"],
                    reused_from__isnull=True,
                ),
                name="source_report_reusable",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source} for {self.application_id}"

    @property
    def is_stale(self) -> bool:
        """Whether the source failed and an older answer stands in for it."""
        return self.reused_from_id is not None and self.result in ("ERROR", "TIMEOUT")

    @property
    def is_reused(self) -> bool:
        """Whether a fresh earlier answer saved the call."""
        return self.reused_from_id is not None and not self.is_stale
