"""Loans in arrears as cases with an owner, promises to pay, and everything that happened, append-only."""

import uuid

from django.db import models

from lending.domain.collection_rules import SAID_BY, CaseState, Level, PromiseState
from products.encryption import EncryptedTextField


class CollectionCase(models.Model):
    """One run of arrears of one loan, from the first day past due until it is paid (M1 … M7+).

    ``level`` only rises while the case is open; ``owner`` is who at that level looks after it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    loan = models.ForeignKey("Loan", on_delete=models.PROTECT, related_name="cases")
    customer = models.ForeignKey("Customer", on_delete=models.PROTECT)
    legal_entity = models.ForeignKey("LegalEntity", on_delete=models.PROTECT)
    branch = models.ForeignKey("Branch", on_delete=models.PROTECT)
    bucket = models.CharField(max_length=3)
    level = models.CharField(max_length=12, choices=[(v.value, v.value) for v in Level])
    owner = models.ForeignKey("Officer", null=True, on_delete=models.PROTECT, related_name="cases")
    state = models.CharField(max_length=16, choices=[(s.value, s.value) for s in CaseState])
    opened_on = models.DateField()
    closed_on = models.DateField(null=True)
    closed_reason = models.CharField(max_length=20, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["loan"], condition=~models.Q(state="closed"), name="case_one_open_a_loan"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=[s.value for s in CaseState]), name="case_state_known"
            ),
            models.CheckConstraint(
                condition=models.Q(state="closed", closed_on__isnull=False)
                | (~models.Q(state="closed") & models.Q(closed_on__isnull=True)),
                name="case_closed_has_its_day",
            ),
        ]
        indexes = [
            models.Index(
                fields=["owner"], condition=~models.Q(state="closed"), name="case_open_by_owner"
            ),
            models.Index(
                fields=["branch"], condition=~models.Q(state="closed"), name="case_open_by_branch"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.bucket} {self.state} {self.pk}"


class CaseEvent(models.Model):
    """What happened to a case. ``data`` holds codes, ids and amounts only; words of people in ``note``."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(CollectionCase, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=20)
    data = models.JSONField(default=dict)
    note = EncryptedTextField(null=True)
    officer = models.ForeignKey("Officer", null=True, on_delete=models.PROTECT)
    day = models.DateField(help_text="business date")
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["case", "-at"])]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class PromiseToPay(models.Model):
    """A borrower's word: so much by that day. Counted from the loan's transaction after ``after_number``."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(CollectionCase, on_delete=models.PROTECT, related_name="promises")
    loan = models.ForeignKey("Loan", on_delete=models.PROTECT, related_name="promises")
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    promised_on = models.DateField(help_text="the day by which it is paid")
    said_by = models.CharField(max_length=20, choices=[(w, w) for w in SAID_BY])
    state = models.CharField(
        max_length=8, choices=[(s.value, s.value) for s in PromiseState], default=PromiseState.OPEN
    )
    after_number = models.PositiveIntegerField()
    made_on = models.DateField()
    judged_on = models.DateField(null=True)
    officer = models.ForeignKey("Officer", on_delete=models.PROTECT)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="promise_amount_positive"),
            models.CheckConstraint(
                condition=models.Q(promised_on__gte=models.F("made_on")), name="promise_looks_ahead"
            ),
            models.CheckConstraint(
                condition=models.Q(state="open", judged_on__isnull=True)
                | (~models.Q(state="open") & models.Q(judged_on__isnull=False)),
                name="promise_judged_has_its_day",
            ),
            models.UniqueConstraint(
                fields=["loan"], condition=models.Q(state="open"), name="promise_one_open_a_loan"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount} by {self.promised_on}"
