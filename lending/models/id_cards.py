"""Pictures of ID cards on their way through the reader; kept encrypted, and only as long as needed."""

import uuid

from django.db import models

from products.encryption import EncryptedBytesField, EncryptedJSONField


class IdCardReading(models.Model):
    class State(models.TextChoices):
        QUEUED = "queued"
        READ = "read"
        UNREADABLE = "unreadable"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    application = models.ForeignKey(
        "LoanApplication", on_delete=models.CASCADE, related_name="readings"
    )
    state = models.CharField(max_length=12, choices=State, default=State.QUEUED)
    front = EncryptedBytesField(null=True)
    back = EncryptedBytesField(null=True)
    fields = EncryptedJSONField(null=True)
    problem = models.CharField(max_length=40, blank=True)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["application", "-created_at"])]

    def __str__(self) -> str:
        return f"reading {self.pk}"
