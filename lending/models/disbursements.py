"""Money out: the request row with its key, every call made for it, callbacks accepted."""

import uuid

from django.conf import settings
from django.db import models

from lending.domain.disbursement_flow import DisbursementState


class Disbursement(models.Model):
    """One payout. ``core_key`` is made once and never remade; amount, payee and key are frozen by trigger."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    application = models.ForeignKey(
        "LoanApplication", on_delete=models.PROTECT, related_name="disbursements"
    )
    contract = models.ForeignKey("LoanContract", on_delete=models.PROTECT)
    drawdown = models.OneToOneField(
        "Drawdown", null=True, on_delete=models.PROTECT, related_name="disbursement"
    )
    bank_card = models.ForeignKey("BankCard", on_delete=models.PROTECT)
    core_key = models.CharField(max_length=40, unique=True)
    amount = models.DecimalField(max_digits=14, decimal_places=2)
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
    problem = models.CharField(max_length=60, blank=True, help_text="why a person must look")
    created_at = models.DateTimeField()
    first_sent_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    manual_verdict = models.CharField(max_length=10, blank=True, help_text="succeeded or rejected")
    manual_reference = models.CharField(
        max_length=60, blank=True, help_text="the core bank's number, or its rejection code"
    )
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
                name="disbursement_state_known",
            ),
            models.CheckConstraint(
                condition=(models.Q(state="succeeded") & models.Q(core_txn_id__isnull=False))
                | (~models.Q(state="succeeded") & models.Q(core_txn_id__isnull=True)),
                name="disbursement_txn_iff_succeeded",
            ),
            models.CheckConstraint(
                condition=models.Q(amount__gt=0), name="disbursement_amount_positive"
            ),
            models.UniqueConstraint(
                fields=["application"],
                condition=~models.Q(state="rejected") & models.Q(drawdown__isnull=True),
                name="disbursement_one_live_per_application",
            ),
            models.CheckConstraint(
                condition=models.Q(manual_maker__isnull=True)
                | models.Q(manual_checker__isnull=True)
                | ~models.Q(manual_maker=models.F("manual_checker")),
                name="disbursement_two_people",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "next_check_at"]),
            models.Index(fields=["settled_at"]),
        ]

    def __str__(self) -> str:
        return self.core_key


class ExternalCall(models.Model):
    """Every request made to the core bank, written before it is sent."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    disbursement = models.ForeignKey(Disbursement, on_delete=models.PROTECT, related_name="calls")
    kind = models.CharField(max_length=10, help_text="send, query or callback")
    request_sha256 = models.CharField(max_length=64)
    started_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=20, blank=True)
    detail = models.CharField(max_length=120, blank=True)

    class Meta:
        indexes = [models.Index(fields=["started_at"])]

    def __str__(self) -> str:
        return f"{self.kind} {self.outcome}"


class InboundEvent(models.Model):
    """A signed callback, accepted once."""

    provider = models.CharField(max_length=20)
    event_id = models.CharField(max_length=80)
    body_sha256 = models.CharField(max_length=64)
    received_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["provider", "event_id"], name="inbound_event_once")
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.event_id}"
