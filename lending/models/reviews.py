"""Manual reviews (人工复核): a person's verdict on a referred application."""

import uuid

from django.conf import settings
from django.db import models


class ManualReview(models.Model):
    """One verdict per application and round; the database arbitrates when two officers decide at once."""

    class Verdict(models.TextChoices):
        APPROVE = "approve"
        DECLINE = "decline"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    application = models.ForeignKey(
        "LoanApplication", on_delete=models.PROTECT, related_name="reviews"
    )
    round = models.PositiveSmallIntegerField()
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    verdict = models.CharField(max_length=10, choices=Verdict)
    machine_limit = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    approved_limit = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    reason_code = models.CharField(max_length=40)
    note = models.TextField(max_length=1000)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["application", "round"], name="review_one_verdict_per_round"
            ),
            models.CheckConstraint(
                condition=models.Q(verdict="decline", approved_limit__isnull=True)
                | models.Q(verdict="approve", approved_limit__gt=0),
                name="review_limit_iff_approved",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.verdict} {self.pk}"


class ReviewRequest(models.Model):
    """An applicant asks for a person (PIPL art. 24), after a refusal or instead of the machine.

    The clock: a person answers by ``due_at``; ``answered_at`` is their verdict.
    """

    application = models.OneToOneField("LoanApplication", on_delete=models.PROTECT)
    reason = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField()
    due_at = models.DateTimeField(null=True, help_text="empty: asked before there was a clock")
    escalated_at = models.DateTimeField(null=True, help_text="when the manager was told")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(due_at__isnull=True) | models.Q(due_at__gt=models.F("at")),
                name="review_request_due_later",
            )
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=models.Q(answered_at__isnull=True),
                name="review_request_open",
            )
        ]

    def __str__(self) -> str:
        return f"review request {self.pk}"
