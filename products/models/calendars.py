"""When crops and herds bring their money."""

from django.db import models
from django.db.models import F, Q


class IncomeCalendar(models.Model):
    """When a crop or herd brings its money, in one county or in all (``county`` "").

    ``shares`` maps months ("1"–"12") to whole percents that sum to 100 (0007). No two of a crop and
    county overlap; one in force never changes, a new one follows it.
    """

    crop = models.CharField(max_length=30)
    county = models.CharField(max_length=6, blank=True, help_text="six digits; blank: every county")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=4)
    name_zh = models.CharField(max_length=40)
    name_en = models.CharField(max_length=60)
    shares = models.JSONField(help_text='month → percent, as in {"1": 60, "7": 40}')
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True, help_text="first day it no longer holds")
    author = models.CharField(max_length=60)
    checker = models.CharField(max_length=60, blank=True)
    source = models.CharField(max_length=300)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["crop", "county", "-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["crop", "county", "number"], name="income_calendar_number_unique"
            ),
            models.CheckConstraint(
                condition=Q(crop__regex=r"^[a-z][a-z0-9_]*$"), name="income_calendar_crop_code"
            ),
            models.CheckConstraint(
                condition=Q(county__regex=r"^([1-9][0-9]{5})?$"),
                name="income_calendar_county_code",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["crop", "herd"]), name="income_calendar_kind_known"
            ),
            models.CheckConstraint(
                condition=~Q(author="") & ~Q(source="") & ~Q(name_zh="") & ~Q(name_en=""),
                name="income_calendar_words_given",
            ),
            models.CheckConstraint(
                condition=~Q(author=F("checker")), name="income_calendar_two_people"
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")),
                name="income_calendar_valid_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.crop} {self.county or '–'} v{self.number}"
