"""The bank's business date: a row, never the clock (D6)."""

from django.db import models


class BusinessDay(models.Model):
    legal_entity = models.OneToOneField("LegalEntity", on_delete=models.PROTECT)
    current_date = models.DateField()
    opened_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.current_date)
