"""The servicing account of a loan: where it stands this morning, and one row for every closed day.

Everything here is given again by replaying the loan's plan and transactions
(``lending.domain.servicing.replay``); the nightly close moves it on set-based.
"""

from decimal import Decimal

from django.db import models

from lending.domain.servicing.tiers import Tier


class LoanAccount(models.Model):
    """``closed_through``: the last closed day; all figures are of the morning after.

    Bases are Σ balance × rate × weight, exact (``lending.domain.servicing.days``): ``interest_base`` of
    the running period, ``penalty_base`` and ``compound_base`` of the whole life. ``*_accrued`` and
    ``*_cleared`` (paid, waived, or moved to a claim) count the whole life. ``night_weight`` 0 = act/act.
    """

    id = models.BigAutoField(primary_key=True)
    loan = models.OneToOneField("Loan", on_delete=models.PROTECT, related_name="account")
    legal_entity = models.ForeignKey("LegalEntity", on_delete=models.PROTECT)
    branch = models.ForeignKey("Branch", on_delete=models.PROTECT)
    product_code = models.CharField(max_length=40)
    # frozen terms
    start_date = models.DateField()
    day_count = models.CharField(max_length=8)
    rounding = models.CharField(max_length=10)
    month_end = models.CharField(max_length=8)
    penalty_uplift = models.DecimalField(max_digits=6, decimal_places=4)
    grace_days = models.PositiveSmallIntegerField(default=0)
    due_day_rule = models.CharField(max_length=20, default="as_is")
    allocation = models.CharField(
        max_length=60, default="compound,penalty,interest,principal", help_text="order of components"
    )
    principal_first_after = models.PositiveSmallIntegerField(
        default=0, help_text="days past due beyond which principal is paid first; 0 = never"
    )
    # where it stands
    closed_through = models.DateField()
    is_open = models.BooleanField(default=True)
    annual_rate = models.DecimalField(max_digits=8, decimal_places=6)
    penalty_rate = models.DecimalField(max_digits=12, decimal_places=10)
    period_start = models.DateField()
    next_due = models.DateField(null=True)
    next_late = models.DateField(null=True, help_text="close at which an instalment next turns late")
    oldest_late = models.DateField(null=True, help_text="days past due count from here")
    night_weight = models.PositiveIntegerField()
    year_days = models.PositiveIntegerField()
    penalty_weight = models.PositiveIntegerField()
    penalty_year_days = models.PositiveIntegerField()
    principal_balance = models.DecimalField(max_digits=14, decimal_places=2)
    undue_principal = models.DecimalField(max_digits=14, decimal_places=2)
    late_principal = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    late_interest = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    interest_base = models.DecimalField(max_digits=32, decimal_places=12, default=0)
    penalty_base = models.DecimalField(max_digits=32, decimal_places=12, default=0)
    compound_base = models.DecimalField(max_digits=32, decimal_places=12, default=0)
    interest_accrued = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    penalty_accrued = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    compound_accrued = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    interest_cleared = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    penalty_cleared = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    compound_cleared = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    credit = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    claim = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    days_past_due = models.PositiveIntegerField(default=0)
    worst_days_past_due = models.PositiveIntegerField(default=0)
    tier = models.CharField(
        max_length=16, choices=[(t.value, t.value) for t in Tier], default=Tier.NORMAL.value
    )
    clean_since = models.DateField(null=True)
    observed_to = models.DateField(null=True)
    is_accruing = models.BooleanField(default=True)
    provision = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    reprice_on = models.DateField(null=True)
    # a loan the close could not take on
    parked_at = models.DateTimeField(null=True)
    parked_error = models.CharField(max_length=300, blank=True)
    version = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(principal_balance__gte=0)
                & models.Q(undue_principal__gte=0)
                & models.Q(late_principal__gte=0)
                & models.Q(late_interest__gte=0)
                & models.Q(credit__gte=0)
                & models.Q(claim__gte=0),
                name="loan_account_not_negative",
            ),
            models.CheckConstraint(
                condition=models.Q(interest_cleared__lte=models.F("interest_accrued"))
                & models.Q(penalty_cleared__lte=models.F("penalty_accrued"))
                & models.Q(compound_cleared__lte=models.F("compound_accrued")),
                name="loan_account_cleared_within_accrued",
            ),
            models.CheckConstraint(
                condition=models.Q(tier__in=[t.value for t in Tier]), name="loan_account_tier_known"
            ),
        ]
        indexes = [
            models.Index(
                fields=["parked_at"],
                condition=models.Q(parked_at__isnull=False),
                name="loan_account_parked",
            ),
            models.Index(
                fields=["reprice_on"],
                condition=models.Q(reprice_on__isnull=False, is_open=True),
                name="loan_account_to_reprice",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.loan_id} closed through {self.closed_through}"

    @property
    def interest_open(self) -> Decimal:
        """Accrued and not yet paid, the running period included."""
        return self.interest_accrued - self.interest_cleared

    @property
    def late_charges_open(self) -> Decimal:
        """Penalty and compound interest not yet paid."""
        return (
            self.penalty_accrued
            - self.penalty_cleared
            + self.compound_accrued
            - self.compound_cleared
        )


class LoanDay(models.Model):
    """What one closed day added to one loan: append-only, one row a loan and day (I6).

    It is the loan's own accrual entry: the general ledger takes the sums of a day by branch and product
    (``in_day_journal``), or, for a day caught up later, a journal of its own. ``is_accruing`` false:
    the amounts are kept off balance. ``moved_interest`` and ``moved_charges``: unpaid receivables that
    left the books that night (positive) or came back (negative).
    """

    pk = models.CompositePrimaryKey("account_id", "day")
    account = models.ForeignKey(LoanAccount, on_delete=models.DO_NOTHING, db_index=False, db_constraint=False)
    day = models.DateField()
    principal_balance = models.DecimalField(max_digits=14, decimal_places=2)
    interest = models.DecimalField(max_digits=14, decimal_places=2)
    penalty = models.DecimalField(max_digits=14, decimal_places=2)
    compound = models.DecimalField(max_digits=14, decimal_places=2)
    moved_interest = models.DecimalField(max_digits=14, decimal_places=2)
    moved_charges = models.DecimalField(max_digits=14, decimal_places=2)
    days_past_due = models.PositiveIntegerField()
    tier = models.CharField(max_length=16)
    is_accruing = models.BooleanField()
    in_day_journal = models.BooleanField(default=True)

    class Meta:
        managed = False  # partitioned by month: migration 0011
        db_table = "lending_loanday"

    def __str__(self) -> str:
        return f"{self.account_id} {self.day}"
