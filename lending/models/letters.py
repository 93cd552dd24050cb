"""Letters of refusal (adverse action): printed once, kept, and theirs to keep."""

import uuid

from django.db import models

from products.encryption import EncryptedBytesField


class DecisionLetter(models.Model):
    """The letter of one refusal. ``application_version`` names the move that refused."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    letter_no = models.CharField(max_length=30, unique=True)
    application = models.ForeignKey(
        "LoanApplication", on_delete=models.PROTECT, related_name="letters"
    )
    application_version = models.PositiveIntegerField()
    decision_id = models.UUIDField(null=True)
    refused_at = models.DateTimeField()
    created_at = models.DateTimeField()
    content_sha256 = models.CharField(max_length=64, blank=True, help_text="stands on every page")
    pdf = EncryptedBytesField(null=True)
    pdf_sha256 = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["application", "application_version"], name="letter_once_a_refusal"
            )
        ]

    def __str__(self) -> str:
        return self.letter_no
