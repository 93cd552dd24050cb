"""Decisions once more, as rows of whole numbers that a million can be read of in seconds."""

from django.db import models

from products.encryption import EncryptedBytesField
from risk.models.decisions import DecisionRecord


class VectorLayout(models.Model):
    """What stands where in a row; see ``risk.domain.columns.vector``. Append-only by trigger."""

    sha256 = models.CharField(max_length=64, unique=True)
    columns = models.JSONField(help_text="the head's names, then [feature, meaning] in order")

    def __str__(self) -> str:
        return f"layout {self.sha256[:8]}"


class TermsSnapshot(models.Model):
    """A product's terms as many decisions used them, kept once. Append-only by trigger."""

    sha256 = models.CharField(max_length=64, unique=True)
    terms = models.JSONField()

    def __str__(self) -> str:
        return f"terms {self.sha256[:8]}"


class DecisionVector(models.Model):
    """The inputs of one decision in whole numbers: values of a person, so encrypted.

    Written with the decision and never changed. Decisions older than this table have none: whoever
    needs theirs makes it from their inputs.
    """

    decision = models.OneToOneField(
        DecisionRecord, on_delete=models.PROTECT, primary_key=True, related_name="vector"
    )
    layout = models.ForeignKey(VectorLayout, on_delete=models.PROTECT, db_index=False)
    terms = models.ForeignKey(TermsSnapshot, on_delete=models.PROTECT, db_index=False)
    numbers = EncryptedBytesField()

    def __str__(self) -> str:
        return f"vector of {self.pk}"
