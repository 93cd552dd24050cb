"""What happened to a loan after the payout, and how each fact was booked. Append-only (migration 0011)."""

import uuid

from django.conf import settings
from django.db import models

from lending.domain.servicing.facts import TransactionKind


class LoanTransaction(models.Model):
    """One business fact of a loan. A reversal is a row of its own (``reverses``); nothing is edited.

    ``number`` orders a loan's facts; ``value_date`` is when it counts, ``booked_on`` the business date
    of its booking. ``channel`` and ``channel_ref`` name where it came from: the same fact twice is
    refused by the database.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    loan = models.ForeignKey("Loan", on_delete=models.PROTECT, related_name="transactions")
    number = models.PositiveIntegerField()
    kind = models.CharField(
        max_length=16, choices=[(k.value, k.value) for k in TransactionKind] + [("reversal", "reversal")]
    )
    value_date = models.DateField()
    booked_on = models.DateField()
    amount = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    options = models.JSONField(default=dict)
    channel = models.CharField(max_length=16, help_text="auto_debit, applicant, officer, bank, system")
    channel_ref = models.CharField(max_length=80)
    reverses = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="reversal")
    reason = models.CharField(max_length=300, blank=True)
    maker = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    checker = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["loan", "number"], name="loan_transaction_number_unique"),
            models.UniqueConstraint(
                fields=["channel", "channel_ref"], name="loan_transaction_once_a_channel"
            ),
            models.CheckConstraint(
                condition=models.Q(amount__gte=0), name="loan_transaction_amount_not_negative"
            ),
            models.CheckConstraint(
                condition=models.Q(kind="reversal", reverses__isnull=False)
                | (~models.Q(kind="reversal") & models.Q(reverses__isnull=True)),
                name="loan_transaction_reversal_names_one",
            ),
            models.CheckConstraint(
                condition=models.Q(maker__isnull=True)
                | models.Q(checker__isnull=True)
                | ~models.Q(maker=models.F("checker")),
                name="loan_transaction_two_people",
            ),
        ]
        indexes = [models.Index(fields=["booked_on"])]
        ordering = ["loan_id", "number"]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount} {self.value_date}"


class TransactionBooking(models.Model):
    """How a transaction was put to what the loan owed: version 1 at first; a replay that comes to other
    splits reverses the journal and writes the next version. The highest version is in force; a reversed
    transaction ends with a version without splits.

    ``splits``: ``[[component, amount, instalment, is_accruing], …]`` (``servicing.facts.Split``).
    """

    transaction = models.ForeignKey(
        LoanTransaction, on_delete=models.PROTECT, related_name="bookings"
    )
    version = models.PositiveIntegerField()
    splits = models.JSONField(default=list)
    journal = models.OneToOneField(
        "Journal", null=True, on_delete=models.PROTECT, related_name="booking"
    )
    caused_by = models.ForeignKey(
        LoanTransaction, on_delete=models.PROTECT, related_name="caused_bookings"
    )
    booked_on = models.DateField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["transaction", "version"], name="transaction_booking_version_unique"
            )
        ]

    def __str__(self) -> str:
        return f"{self.transaction_id} v{self.version}"


class PlanVersion(models.Model):
    """Every plan a loan ever had. Version 0 is the contract's; replays start from it.

    ``rows``: ``[{"number", "due", "months", "principal", "interest"}, …]``.
    """

    loan = models.ForeignKey("Loan", on_delete=models.PROTECT, related_name="plans")
    version = models.PositiveIntegerField()
    rows = models.JSONField()
    caused_by = models.ForeignKey(LoanTransaction, null=True, on_delete=models.PROTECT)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["loan", "version"], name="plan_version_unique")
        ]

    def __str__(self) -> str:
        return f"{self.loan_id} plan {self.version}"
