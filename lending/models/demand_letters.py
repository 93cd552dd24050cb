"""Demand letters (催收函): printed once, kept as they were printed."""

import uuid

from django.db import models

from products.encryption import EncryptedBytesField, EncryptedJSONField


class DemandLetter(models.Model):
    """``facts``: everything the letter states, frozen when it was asked for."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    letter_no = models.CharField(max_length=30, unique=True)
    case = models.ForeignKey("CollectionCase", on_delete=models.PROTECT, related_name="letters")
    contact = models.OneToOneField("ContactAttempt", on_delete=models.PROTECT, related_name="letter")
    as_of = models.DateField(help_text="business date of the amounts")
    facts = EncryptedJSONField()
    officer = models.ForeignKey("Officer", on_delete=models.PROTECT)
    created_at = models.DateTimeField()
    content_sha256 = models.CharField(max_length=64, blank=True, help_text="stands on every page")
    pdf = EncryptedBytesField(null=True)
    pdf_sha256 = models.CharField(max_length=64, blank=True)

    class Meta:
        indexes = [models.Index(fields=["case", "-created_at"])]

    def __str__(self) -> str:
        return self.letter_no
