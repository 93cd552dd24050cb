"""Loans (借据) and their instalments, booked in the transaction that settles the payout."""

import uuid

from django.db import models

from lending.domain.loan_flow import LoanState


class Loan(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    note_no = models.CharField(max_length=30, unique=True)
    contract = models.OneToOneField("LoanContract", on_delete=models.PROTECT)
    application = models.OneToOneField("LoanApplication", on_delete=models.PROTECT)
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
        ]
        indexes = [
            models.Index(fields=["customer", "-created_at"]),
            models.Index(fields=["officer", "-created_at"]),
            models.Index(fields=["branch", "-created_at"]),
        ]

    def __str__(self) -> str:
        return self.note_no


class Instalment(models.Model):
    loan = models.ForeignKey(Loan, on_delete=models.PROTECT, related_name="instalments")
    number = models.PositiveSmallIntegerField()
    due_date = models.DateField()
    principal = models.DecimalField(max_digits=14, decimal_places=2)
    interest = models.DecimalField(max_digits=14, decimal_places=2)
    balance_after = models.DecimalField(max_digits=14, decimal_places=2)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["loan", "number"], name="instalment_number_unique"),
            models.CheckConstraint(
                condition=models.Q(principal__gte=0) & models.Q(interest__gte=0),
                name="instalment_not_negative",
            ),
        ]
        indexes = [models.Index(fields=["due_date"])]
        ordering = ["loan_id", "number"]

    def __str__(self) -> str:
        return f"{self.loan_id} #{self.number}"

    @property
    def amount(self):  # type: ignore[no-untyped-def]
        return self.principal + self.interest
