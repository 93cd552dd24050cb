"""The queue of record: what must happen after a commit, written in the same transaction (D3)."""

import uuid

from django.db import models

from products.encryption import EncryptedJSONField, EncryptedTextField


class OutboxMessage(models.Model):
    """A Celery task to publish. ``arguments`` carries ids only: Redis is outside the encrypted store."""

    id = models.BigAutoField(primary_key=True)
    task = models.CharField(max_length=60)
    queue = models.CharField(max_length=20)
    arguments = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["created_at"]),
            models.Index(
                fields=["id"],
                condition=models.Q(published_at__isnull=True),
                name="outbox_unpublished",
            )
        ]

    def __str__(self) -> str:
        return f"{self.task} {self.pk}"


class SmsMessage(models.Model):
    """One text to one person: at most one per template and event. The send's key is the row's id.

    ``asks_gate``: about a debt, so the contact gate is asked again when it is about to go.
    """

    class State(models.TextChoices):
        QUEUED = "queued"
        SENDING = "sending"
        SENT = "sent"
        FAILED = "failed"
        DROPPED = "dropped"  # its reason had gone, or the gate said no

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    template = models.CharField(max_length=30)
    event_key = models.CharField(max_length=80)
    mobile = EncryptedTextField()
    parameters = EncryptedJSONField()
    language = models.CharField(max_length=10, default="zh-hans")
    asks_gate = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    next_try_at = models.DateTimeField()
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["template", "event_key"], name="sms_once_per_event")
        ]
        indexes = [
            models.Index(
                fields=["next_try_at"],
                condition=models.Q(state__in=["queued", "sending"]),
                name="sms_unsent",
            )
        ]

    def __str__(self) -> str:
        return f"{self.template} {self.pk}"


class DeadLetter(models.Model):
    """A task that failed for good: a person looks, the rest goes on."""

    task = models.CharField(max_length=60)
    arguments = models.JSONField(default=dict)
    error = models.CharField(max_length=200)
    attempts = models.PositiveSmallIntegerField(default=1)
    at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.task} {self.pk}"
