"""Loans (借据) and their instalments, booked in the transaction that settles the payout."""

import uuid
from decimal import Decimal

from django.db import models

from lending.domain.loan_flow import LoanState


class Loan(models.Model):
    """One loan. An application's payout books its first; further ones are drawdowns of its line."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    note_no = models.CharField(max_length=30, unique=True)
    contract = models.ForeignKey(
        "LoanContract",
        on_delete=models.PROTECT,
        related_name="loans",
        related_query_name="loan",
    )
    application = models.ForeignKey(
        "LoanApplication",
        on_delete=models.PROTECT,
        related_name="loans",
        related_query_name="loan",
    )
    drawdown = models.OneToOneField(
        "Drawdown", null=True, on_delete=models.PROTECT, related_name="loan"
    )
    customer = models.ForeignKey("Customer", on_delete=models.PROTECT)
    legal_entity = models.ForeignKey("LegalEntity", on_delete=models.PROTECT)
    branch = models.ForeignKey("Branch", on_delete=models.PROTECT)
    officer = models.ForeignKey("Officer", null=True, on_delete=models.PROTECT)
    product_code = models.CharField(max_length=40)
    principal = models.DecimalField(max_digits=14, decimal_places=2)
    principal_balance = models.DecimalField(max_digits=14, decimal_places=2)
    annual_rate = models.DecimalField(max_digits=8, decimal_places=6)
    apr = models.DecimalField(max_digits=8, decimal_places=6)
    term_months = models.PositiveSmallIntegerField()
    method = models.CharField(max_length=20)
    decision_track = models.CharField(max_length=10, default="INTERNET")
    state = models.CharField(
        max_length=12, choices=[(s.value, s.value) for s in LoanState], default=LoanState.ACTIVE
    )
    start_date = models.DateField()
    maturity_date = models.DateField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=[s.value for s in LoanState]), name="loan_state_known"
            ),
            models.CheckConstraint(
                condition=models.Q(principal__gt=0)
                & models.Q(principal_balance__gte=0)
                & models.Q(principal_balance__lte=models.F("principal")),
                name="loan_balance_within_principal",
            ),
            models.UniqueConstraint(
                fields=["application"],
                condition=models.Q(drawdown__isnull=True),
                name="loan_one_first_per_application",
            ),
            models.UniqueConstraint(
                fields=["contract"],
                condition=models.Q(drawdown__isnull=True),
                name="loan_one_first_per_contract",
            ),
        ]
        indexes = [
            models.Index(fields=["customer", "-created_at"]),
            models.Index(fields=["officer", "-created_at"]),
            models.Index(fields=["branch", "-created_at"]),
        ]

    def __str__(self) -> str:
        return self.note_no


class Instalment(models.Model):
    """A row of the plan in force. Earlier plans are kept whole in ``PlanVersion``.

    ``payable_on``: the due date moved to a working day where the product says so; unpaid at the close
    of ``late_on`` (``payable_on`` + grace) it is overdue. ``is_billed``: its due date has come.
    ``months``: length of its period. Numbers from 1001 are early repayments, no instalments.
    """

    loan = models.ForeignKey(Loan, on_delete=models.PROTECT, related_name="instalments")
    number = models.PositiveSmallIntegerField()
    due_date = models.DateField()
    payable_on = models.DateField()
    late_on = models.DateField()
    months = models.PositiveSmallIntegerField(default=1)
    principal = models.DecimalField(max_digits=14, decimal_places=2)
    interest = models.DecimalField(max_digits=14, decimal_places=2)
    balance_after = models.DecimalField(max_digits=14, decimal_places=2)
    principal_cleared = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    interest_cleared = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    cleared_on = models.DateField(null=True)
    is_billed = models.BooleanField(default=False)
    is_late = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["loan", "number"], name="instalment_number_unique"),
            models.CheckConstraint(
                condition=models.Q(principal__gte=0) & models.Q(interest__gte=0),
                name="instalment_not_negative",
            ),
            models.CheckConstraint(
                condition=models.Q(principal_cleared__gte=0)
                & models.Q(interest_cleared__gte=0)
                & models.Q(principal_cleared__lte=models.F("principal"))
                & models.Q(interest_cleared__lte=models.F("interest")),
                name="instalment_cleared_within_owed",
            ),
        ]
        indexes = [models.Index(fields=["due_date"])]
        ordering = ["loan_id", "due_date", "number"]

    def __str__(self) -> str:
        return f"{self.loan_id} #{self.number}"

    @property
    def amount(self) -> Decimal:
        return self.principal + self.interest

    @property
    def open_amount(self) -> Decimal:
        return self.amount - self.principal_cleared - self.interest_cleared
