"""Consent texts with versions, and what each person answered to which text."""

import uuid

from django.db import models


class ConsentText(models.Model):
    class Kind(models.TextChoices):
        PRIVACY = "privacy"
        BUREAU = "bureau"
        DATA_SHARING = "data_sharing"
        MARKETING = "marketing"

    kind = models.CharField(max_length=20, choices=Kind)
    version = models.PositiveIntegerField()
    title_zh = models.CharField(max_length=80)
    title_en = models.CharField(max_length=120)
    body_zh = models.TextField()
    body_en = models.TextField()
    valid_from = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "version"], name="consent_text_version_unique")
        ]

    def __str__(self) -> str:
        return f"{self.kind} v{self.version}"


class Consent(models.Model):
    """One answer to one text. A later answer is a new row; the latest counts. Append-only by trigger."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    customer = models.ForeignKey("Customer", on_delete=models.PROTECT)
    application = models.ForeignKey(
        "LoanApplication", on_delete=models.PROTECT, related_name="consents"
    )
    legal_entity = models.ForeignKey("LegalEntity", on_delete=models.PROTECT)
    text = models.ForeignKey(ConsentText, on_delete=models.PROTECT)
    kind = models.CharField(max_length=20, choices=ConsentText.Kind)
    accepted = models.BooleanField()
    channel = models.CharField(max_length=10)
    client_ip_index = models.CharField(max_length=64, blank=True)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["application", "kind", "-at"])]

    def __str__(self) -> str:
        return f"{self.kind}: {self.accepted}"
