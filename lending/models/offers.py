"""Offers: what the bank would lend, until when, and why at this price."""

import uuid

from django.db import models


class Offer(models.Model):
    class State(models.TextChoices):
        OPEN = "open"
        ACCEPTED = "accepted"
        VOID = "void"
        EXPIRED = "expired"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    application = models.ForeignKey(
        "LoanApplication", on_delete=models.PROTECT, related_name="offers"
    )
    round = models.PositiveSmallIntegerField()
    position = models.PositiveSmallIntegerField()
    label_zh = models.CharField(max_length=40)
    label_en = models.CharField(max_length=60)
    amount_min = models.DecimalField(max_digits=14, decimal_places=2)
    amount_max = models.DecimalField(max_digits=14, decimal_places=2)
    amount_step = models.DecimalField(max_digits=14, decimal_places=2)
    annual_rate = models.DecimalField(max_digits=8, decimal_places=6)
    apr = models.DecimalField(max_digits=8, decimal_places=6)
    term_months = models.PositiveSmallIntegerField()
    method = models.CharField(max_length=20)
    seasonal_months = models.JSONField(default=list)
    seasonal_shares = models.JSONField(
        default=dict, help_text='month → percent of the year\'s income, as in {"1": 60}'
    )
    coupons = models.JSONField(default=list, help_text="codes of the coupons in the rate")
    rate_before = models.DecimalField(
        max_digits=8, decimal_places=6, null=True, help_text="without the coupons"
    )
    provenance = models.JSONField(default=list)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["application", "round", "position"], name="offer_position_unique"
            ),
            models.UniqueConstraint(
                fields=["application"],
                condition=models.Q(state="accepted"),
                name="offer_one_accepted",
            ),
            models.CheckConstraint(
                condition=models.Q(amount_min__gt=0)
                & models.Q(amount_max__gte=models.F("amount_min")),
                name="offer_amount_band",
            ),
        ]
        ordering = ["round", "position"]

    def __str__(self) -> str:
        return f"offer {self.pk}"
