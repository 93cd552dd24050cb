"""Credit lines (循环额度): what a customer may draw again and again; line ≠ drawdown ≠ loan."""

import uuid

from django.db import models

from lending.domain.credit_lines import (
    ON_ITS_WAY,
    DrawdownState,
    FreezeReason,
    LineState,
    MovementKind,
)

Q = models.Q


class CreditLine(models.Model):
    """What a revolving contract allows. Written by ``lending.services.credit_lines`` only.

    ``used_amount``: principal owed by the line's loans (those of its contract). After a cut it may be
    more than ``limit_amount``: then nothing can be drawn. ``valid_until``: the last day of drawing.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    line_no = models.CharField(max_length=30, unique=True)
    customer = models.ForeignKey("Customer", on_delete=models.PROTECT)
    contract = models.OneToOneField(
        "LoanContract", on_delete=models.PROTECT, related_name="credit_line"
    )
    legal_entity = models.ForeignKey("LegalEntity", on_delete=models.PROTECT)
    branch = models.ForeignKey("Branch", on_delete=models.PROTECT)
    officer = models.ForeignKey("Officer", null=True, on_delete=models.PROTECT)
    product_code = models.CharField(max_length=40)
    limit_amount = models.DecimalField(max_digits=14, decimal_places=2)
    used_amount = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    state = models.CharField(
        max_length=8, choices=[(s.value, s.value) for s in LineState], default=LineState.ACTIVE
    )
    freeze_reason = models.CharField(
        max_length=12, blank=True, choices=[(r.value, r.value) for r in FreezeReason]
    )
    valid_until = models.DateField()
    reviewed_on = models.DateField(null=True, help_text="when a person last set the limit")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[s.value for s in LineState]), name="credit_line_state_known"
            ),
            models.CheckConstraint(
                condition=Q(limit_amount__gte=0) & Q(used_amount__gte=0),
                name="credit_line_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(state="frozen", freeze_reason__in=[r.value for r in FreezeReason])
                | (~Q(state="frozen") & Q(freeze_reason="")),
                name="credit_line_frozen_for_a_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["customer", "-created_at"]),
            models.Index(fields=["branch", "-created_at"]),
            models.Index(fields=["officer", "-created_at"]),
            models.Index(
                fields=["legal_entity", "valid_until"],
                condition=Q(state__in=["active", "frozen"]),
                name="credit_line_live",
            ),
        ]

    def __str__(self) -> str:
        return self.line_no


class LineMovement(models.Model):
    """What happened to a line: append-only (migration 0018).

    ``amount``: drawn or restored yuan, or by how much the limit moved; 0 for a step without money.
    Limit and use after it stand beside it, so that the story reads without adding up.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    line = models.ForeignKey(CreditLine, on_delete=models.PROTECT, related_name="movements")
    kind = models.CharField(max_length=10, choices=[(k.value, k.value) for k in MovementKind])
    amount = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    limit_after = models.DecimalField(max_digits=14, decimal_places=2)
    used_after = models.DecimalField(max_digits=14, decimal_places=2)
    loan = models.ForeignKey("Loan", null=True, on_delete=models.PROTECT, related_name="+")
    transaction = models.ForeignKey(
        "LoanTransaction", null=True, on_delete=models.PROTECT, related_name="line_movements"
    )
    business_date = models.DateField()
    at = models.DateTimeField()
    actor = models.CharField(max_length=60, help_text="customer id, staff number or the job's name")
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=[k.value for k in MovementKind]),
                name="line_movement_kind_known",
            ),
            models.CheckConstraint(
                condition=Q(amount__gte=0), name="line_movement_amount_not_negative"
            ),
        ]
        indexes = [models.Index(fields=["line", "-at"])]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount}"


class Drawdown(models.Model):
    """One drawing of a line (支用). Its payout and its loan point here.

    ``request_key``: hash of the caller's Idempotency-Key, so that a repeat finds this row.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    line = models.ForeignKey(CreditLine, on_delete=models.PROTECT, related_name="drawdowns")
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    term_months = models.PositiveSmallIntegerField()
    annual_rate = models.DecimalField(max_digits=8, decimal_places=6)
    state = models.CharField(
        max_length=9,
        choices=[(s.value, s.value) for s in DrawdownState],
        default=DrawdownState.REQUESTED,
    )
    request_key = models.CharField(max_length=64, null=True)  # noqa: DJ001  (unique needs NULL)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[s.value for s in DrawdownState]),
                name="drawdown_state_known",
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="drawdown_amount_positive"),
            models.UniqueConstraint(
                fields=["line"],
                condition=Q(state__in=[s.value for s in ON_ITS_WAY]),
                name="drawdown_one_on_its_way",
            ),
            models.UniqueConstraint(
                fields=["line", "request_key"], name="drawdown_once_per_request"
            ),
        ]
        indexes = [models.Index(fields=["line", "-created_at"])]

    def __str__(self) -> str:
        return f"{self.amount} {self.state}"
