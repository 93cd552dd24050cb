"""Changes of a loan that need two people: one asks, another decides. Decided rows are final (0019)."""

import uuid

from django.conf import settings
from django.db import models

from lending.domain.loan_changes import ChangeKind, ChangeState
from products.encryption import EncryptedBytesField

Q = models.Q


class LoanChange(models.Model):
    """What the first person asked for, and what became of it. Its words never change.

    ``options`` by kind: partial_early ``{"choice"}``, waiver ``{"component"}``, extension ``{"months"}``,
    restructuring ``{"months", "annual_rate"?}``. ``target``: the transaction a reversal takes back.
    ``result``: what it was booked as (a refund's comes with its transfer). ``error``: why it failed.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    loan = models.ForeignKey("Loan", on_delete=models.PROTECT, related_name="changes")
    kind = models.CharField(max_length=16, choices=[(k.value, k.value) for k in ChangeKind])
    state = models.CharField(
        max_length=10,
        choices=[(s.value, s.value) for s in ChangeState],
        default=ChangeState.PROPOSED.value,
    )
    amount = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    value_date = models.DateField()
    options = models.JSONField(default=dict)
    target = models.ForeignKey(
        "LoanTransaction", null=True, on_delete=models.PROTECT, related_name="changes"
    )
    voucher_no = models.CharField(max_length=40, blank=True)
    voucher = EncryptedBytesField(null=True)
    voucher_type = models.CharField(max_length=20, blank=True)
    reason = models.CharField(max_length=300)
    maker = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    checker = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    checked_at = models.DateTimeField(null=True)
    checker_note = models.CharField(max_length=300, blank=True)
    result = models.OneToOneField(
        "LoanTransaction", null=True, on_delete=models.PROTECT, related_name="change"
    )
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(checker__isnull=True) | ~Q(checker=models.F("maker")),
                name="loan_change_two_people",
            ),
            models.CheckConstraint(
                condition=Q(state="proposed", checker__isnull=True, checked_at__isnull=True)
                | Q(state="withdrawn", checker__isnull=True, checked_at__isnull=False)
                | Q(
                    state__in=["approved", "sent_back", "failed"],
                    checker__isnull=False,
                    checked_at__isnull=False,
                ),
                name="loan_change_state_whole",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=[k.value for k in ChangeKind]), name="loan_change_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(kind="reversal", target__isnull=False)
                | (~Q(kind="reversal") & Q(target__isnull=True)),
                name="loan_change_reversal_names_one",
            ),
            models.CheckConstraint(
                condition=Q(state="approved", result__isnull=False)
                | Q(state="approved", kind="refund")
                | (~Q(state="approved") & Q(result__isnull=True)),
                name="loan_change_result_when_approved",
            ),
            models.CheckConstraint(
                condition=Q(amount__gte=0), name="loan_change_amount_not_negative"
            ),
            models.UniqueConstraint(
                fields=["target"], condition=Q(state="proposed"), name="loan_change_one_open_reversal"
            ),
            models.UniqueConstraint(
                fields=["voucher_no"],
                condition=Q(state="proposed") & ~Q(voucher_no=""),
                name="loan_change_one_open_voucher",
            ),
        ]
        indexes = [
            models.Index(fields=["loan", "-proposed_at"]),
            models.Index(fields=["maker", "-proposed_at"]),
            models.Index(fields=["-proposed_at"], condition=Q(state="proposed"), name="loan_change_open"),
            models.Index(fields=["voucher_no"], condition=~Q(voucher_no=""), name="loan_change_voucher"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.state} {self.pk}"
