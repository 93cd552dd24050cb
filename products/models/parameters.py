"""The dated numbers of the law, and the counties of the licence (D7)."""

from django.db import models
from django.db.models import F, Q


class RegulatoryParameter(models.Model):
    """A number of the law or the central bank, with its days and its basis.

    No two of a code overlap (0002); a number never changes, a new one follows it (0004).
    """

    code = models.CharField(max_length=40)
    value = models.DecimalField(max_digits=18, decimal_places=6)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True, help_text="first day it no longer holds")
    basis = models.CharField(max_length=200)
    author = models.CharField(
        max_length=150, blank=True, default="", help_text="who entered it; empty: seeds"
    )

    class Meta:
        ordering = ["code", "-valid_from"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")),
                name="regulatory_parameter_valid_order",
            )
        ]

    def __str__(self) -> str:
        return f"{self.code} = {self.value}"


class OperatingArea(models.Model):
    """A county the bank's licence lets it serve, with its days and their basis (0004)."""

    county = models.CharField(max_length=6, help_text="six-digit county code")
    name_zh = models.CharField(max_length=40)
    name_en = models.CharField(max_length=60)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True, help_text="first day it no longer holds")
    basis = models.CharField(max_length=200)
    author = models.CharField(
        max_length=150, blank=True, default="", help_text="who entered it; empty: seeds"
    )

    class Meta:
        ordering = ["county", "-valid_from"]
        constraints = [
            models.CheckConstraint(
                condition=Q(county__regex=r"^[1-9][0-9]{5}$"), name="operating_area_county_code"
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")),
                name="operating_area_valid_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.county} {self.name_zh}"
