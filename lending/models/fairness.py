"""Counts of decisions by group, for the fairness page: no person can be found in them.

The groups are made by a nightly job and live nowhere else: no decision, application or customer
carries a sex or an age band.
"""

from django.db import models


class FairnessCell(models.Model):
    """Decisions of one business date, product, group and outcome; sums for means."""

    day = models.DateField()
    product_code = models.CharField(max_length=40)
    dimension = models.CharField(max_length=12)
    group = models.CharField(max_length=60)
    outcome = models.CharField(max_length=10)
    n = models.PositiveIntegerField()
    n_good = models.PositiveIntegerField(help_text="graded A to C: who would likely repay")
    n_priced = models.PositiveIntegerField(help_text="approvals that carry a limit and a rate")
    sum_limit = models.DecimalField(max_digits=18, decimal_places=2)
    sum_rate = models.DecimalField(max_digits=14, decimal_places=6)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["day", "product_code", "dimension", "group", "outcome"],
                name="fairness_cell_once",
            ),
            models.CheckConstraint(
                condition=models.Q(n_good__lte=models.F("n"), n_priced__lte=models.F("n")),
                name="fairness_cell_parts_within",
            ),
            models.CheckConstraint(
                condition=models.Q(dimension__in=["sex", "age", "county", "place"]),
                name="fairness_cell_dimension_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.dimension}={self.group}"


class FairnessDay(models.Model):
    """A business date that has been counted, and how many decisions it had then."""

    day = models.DateField(unique=True)
    decisions = models.PositiveIntegerField()
    counted_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.day)
