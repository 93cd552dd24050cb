"""Loan contracts: a frozen copy of everything the person agreed to."""

import uuid

from django.db import models

from products.encryption import EncryptedBytesField, EncryptedJSONField


class LoanContract(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    contract_no = models.CharField(max_length=30, unique=True)
    application = models.ForeignKey(
        "LoanApplication", on_delete=models.PROTECT, related_name="contracts"
    )
    offer = models.ForeignKey("Offer", on_delete=models.PROTECT)
    legal_entity = models.ForeignKey("LegalEntity", on_delete=models.PROTECT)
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    annual_rate = models.DecimalField(max_digits=8, decimal_places=6)
    apr = models.DecimalField(max_digits=8, decimal_places=6)
    term_months = models.PositiveSmallIntegerField()
    method = models.CharField(max_length=20)
    terms = models.JSONField(help_text="frozen LoanTerms: later product edits touch no contract")
    provenance = models.JSONField(default=list)
    schedule_preview = models.JSONField()
    cost_sheet = models.JSONField()
    html = EncryptedBytesField()
    html_sha256 = models.CharField(max_length=64)
    pdf = EncryptedBytesField(null=True)
    pdf_sha256 = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField()
    cost_sheet_shown_at = models.DateTimeField(null=True)
    voided_at = models.DateTimeField(null=True)
    signed_at = models.DateTimeField(null=True)
    evidence = EncryptedJSONField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["application"],
                condition=models.Q(voided_at__isnull=True),
                name="contract_one_live",
            ),
            models.CheckConstraint(
                condition=models.Q(signed_at__isnull=True) | models.Q(voided_at__isnull=True),
                name="contract_signed_never_void",
            ),
            models.CheckConstraint(
                condition=models.Q(amount__gt=0), name="contract_amount_positive"
            ),
        ]

    def __str__(self) -> str:
        return self.contract_no
