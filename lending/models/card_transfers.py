"""Money between a customer's card and the bank after the payout: collected repayments, refunds (D4).

The same life as a payout's (``lending.domain.disbursement_flow``): one key made once, claim with a lease,
call outside any transaction, settle; a timeout is ``unknown`` and asked again with the same key.
"""

import uuid

from django.conf import settings
from django.db import models

from lending.domain.disbursement_flow import DisbursementState


class CardTransfer(models.Model):
    """One request to the core bank. ``direction`` in: collected from the card; out: refunded to it.

    ``kind``: the ``TransactionKind`` it becomes when it succeeds (repayment, partial_early, payoff,
    refund, recovery). ``channel``: auto_debit, applicant or officer. ``transaction``: what it was booked
    as; empty while the money is on its way, or moved but not booked yet.
    """

    class Direction(models.TextChoices):
        IN = "in"
        OUT = "out"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    loan = models.ForeignKey("Loan", on_delete=models.PROTECT, related_name="card_transfers")
    bank_card = models.ForeignKey("BankCard", on_delete=models.PROTECT)
    direction = models.CharField(max_length=3, choices=Direction)
    kind = models.CharField(max_length=16)
    channel = models.CharField(max_length=16)
    options = models.JSONField(default=dict)
    core_key = models.CharField(max_length=40, unique=True)
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    business_date = models.DateField(help_text="of the request; the day the repayment counts")
    state = models.CharField(
        max_length=10,
        choices=[(s.value, s.value) for s in DisbursementState],
        default=DisbursementState.CREATED,
    )
    core_txn_id = models.CharField(max_length=60, null=True, unique=True)  # noqa: DJ001  (unique needs NULL)
    rejection_code = models.CharField(max_length=20, blank=True)
    lease_token = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)
    attempt = models.PositiveSmallIntegerField(default=0)
    queries_made = models.PositiveSmallIntegerField(default=0)
    not_found_count = models.PositiveSmallIntegerField(default=0)
    next_check_at = models.DateTimeField(null=True)
    problem = models.CharField(max_length=60, blank=True)
    transaction = models.OneToOneField(
        "LoanTransaction", null=True, on_delete=models.PROTECT, related_name="card_transfer"
    )
    booking_error = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()
    first_sent_at = models.DateTimeField(null=True)
    last_sent_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    manual_verdict = models.CharField(max_length=10, blank=True)
    manual_reference = models.CharField(max_length=60, blank=True)
    manual_note = models.CharField(max_length=500, blank=True)
    manual_maker = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    manual_checker = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=[s.value for s in DisbursementState]),
                name="card_transfer_state_known",
            ),
            models.CheckConstraint(
                condition=(models.Q(state="succeeded") & models.Q(core_txn_id__isnull=False))
                | (~models.Q(state="succeeded") & models.Q(core_txn_id__isnull=True)),
                name="card_transfer_txn_iff_succeeded",
            ),
            models.CheckConstraint(
                condition=models.Q(amount__gt=0), name="card_transfer_amount_positive"
            ),
            models.CheckConstraint(
                condition=models.Q(direction__in=["in", "out"]), name="card_transfer_direction_known"
            ),
            models.UniqueConstraint(
                fields=["loan", "business_date"],
                condition=models.Q(channel="auto_debit") & ~models.Q(state="rejected"),
                name="card_transfer_one_auto_debit_a_day",
            ),
            models.UniqueConstraint(
                fields=["loan"],
                condition=models.Q(state__in=["created", "sending", "unknown", "manual"]),
                name="card_transfer_one_on_its_way",
            ),
            models.CheckConstraint(
                condition=models.Q(manual_maker__isnull=True)
                | models.Q(manual_checker__isnull=True)
                | ~models.Q(manual_maker=models.F("manual_checker")),
                name="card_transfer_two_people",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "next_check_at"]),
            models.Index(fields=["business_date"]),
            models.Index(fields=["settled_at"]),  # a day's reconciliation
            models.Index(
                fields=["settled_at"],
                condition=models.Q(state="succeeded", transaction__isnull=True),
                name="card_transfer_unbooked",
            ),
        ]

    def __str__(self) -> str:
        return self.core_key
