"""Referral codes (推广码): which officer and product a scan belongs to.

A code is an attribution fact of the application, so the row lives here; marketing prints and measures.
"""

from django.db import models


class ReferralCode(models.Model):
    class State(models.TextChoices):
        ACTIVE = "active"
        RETIRED = "retired"

    code = models.CharField(max_length=40, unique=True)
    product_code = models.CharField(max_length=40)
    officer = models.ForeignKey("Officer", null=True, blank=True, on_delete=models.PROTECT)
    label = models.CharField(max_length=80, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.ACTIVE)
    valid_to = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["officer", "product_code"])]

    def __str__(self) -> str:
        return self.code
