"""The double-entry ledger. Balance, append-only and single source are guarded by the database (0002, 0015).

A posting's amount is signed: debit positive, credit negative, never zero; each journal sums to zero
(deferred trigger). A correction is a new journal that reverses the first, once.
"""

import uuid

from django.db import models


class Account(models.Model):
    class Kind(models.TextChoices):
        ASSET = "asset"
        LIABILITY = "liability"
        INCOME = "income"
        EXPENSE = "expense"
        EQUITY = "equity"
        MEMO = "memo"  # off balance: interest not on the books, claims kept after a write-off

    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=60)
    name_en = models.CharField(max_length=60)
    kind = models.CharField(max_length=10, choices=Kind)

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class Journal(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=30)
    source_type = models.CharField(max_length=30)
    source_id = models.CharField(max_length=120)
    product_code = models.CharField(max_length=40, blank=True, default="", db_default="")
    legal_entity = models.ForeignKey("LegalEntity", on_delete=models.PROTECT)
    accounting_date = models.DateField()
    reverses = models.OneToOneField("self", null=True, on_delete=models.PROTECT)
    currency = models.CharField(max_length=3, default="CNY")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "source_type", "source_id"], name="journal_source_unique"
            )
        ]
        indexes = [models.Index(fields=["accounting_date"])]

    def __str__(self) -> str:
        return f"{self.kind} {self.source_id}"


class Posting(models.Model):
    journal = models.ForeignKey(Journal, on_delete=models.PROTECT, related_name="postings")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, db_index=False)  # index below
    branch = models.ForeignKey("Branch", on_delete=models.PROTECT, db_index=False)  # few branches
    loan = models.ForeignKey("Loan", null=True, on_delete=models.PROTECT, related_name="postings")
    accounting_date = models.DateField(help_text="the journal's; the database compares them")
    amount = models.DecimalField(max_digits=16, decimal_places=2)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~models.Q(amount=0), name="posting_amount_not_zero")
        ]
        indexes = [
            # an account's page and the balance it starts from, answered from the index alone
            models.Index(
                fields=["account", "accounting_date", "id"],
                include=["branch", "amount"],
                name="posting_of_account",
            )
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.amount}"
