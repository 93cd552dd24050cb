"""Papers about a loan that a customer may show to others: printed once, kept, and open to checking."""

import uuid

from django.db import models

from products.encryption import EncryptedBytesField, EncryptedJSONField


class LoanPaper(models.Model):
    """``facts``: everything the paper says, fixed when it was asked for; a worker prints it.

    ``verification_code`` opens the public page that tells whether the paper is genuine.
    """

    class Kind(models.TextChoices):
        STATEMENT = "statement"
        PAYOFF_LETTER = "payoff_letter"
        SETTLEMENT_LETTER = "settlement_letter"
        INTEREST_CERTIFICATE = "interest_certificate"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    paper_no = models.CharField(max_length=30, unique=True)
    verification_code = models.CharField(max_length=16, unique=True)
    loan = models.ForeignKey("Loan", on_delete=models.PROTECT, related_name="papers")
    kind = models.CharField(max_length=24, choices=Kind)
    period_from = models.DateField(null=True)
    period_to = models.DateField(null=True)
    business_date = models.DateField()
    facts = EncryptedJSONField()
    facts_sha256 = models.CharField(max_length=64, help_text="stands on every page of the paper")
    pdf = EncryptedBytesField(null=True)
    pdf_sha256 = models.CharField(max_length=64, blank=True)
    asked_by = models.CharField(max_length=10, help_text="customer or staff")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["loan", "kind", "facts_sha256"], name="loan_paper_same_facts_once"
            ),
            models.CheckConstraint(
                condition=models.Q(
                    kind__in=[
                        "statement", "payoff_letter", "settlement_letter", "interest_certificate",
                    ]
                ),
                name="loan_paper_kind_known",
            ),
        ]
        indexes = [models.Index(fields=["loan", "-created_at"])]

    def __str__(self) -> str:
        return self.paper_no
