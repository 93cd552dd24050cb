"""Rate coupons and interest subsidies: the last layer of a price."""

import uuid

from django.db import models
from django.db.models import F, Q


class RateCoupon(models.Model):
    """A rate coupon of the bank, or a subsidy somebody else pays: the last layer of a price.

    Scope lists are any-of, and empty means everybody. Final once published (0006): only its end may
    come nearer, and ``retired`` is one withdrawn before its first day.
    """

    class State(models.TextChoices):
        DRAFT = "draft"
        IN_REVIEW = "in_review"
        PUBLISHED = "published"
        RETIRED = "retired"

    class Kind(models.TextChoices):
        COUPON = "coupon"
        SUBSIDY = "subsidy"

    class Effect(models.TextChoices):
        BP_OFF = "bp_off"
        FIXED_RATE = "fixed_rate"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    code = models.SlugField(max_length=40, unique=True)
    name_zh = models.CharField(max_length=40)
    name_en = models.CharField(max_length=60)
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.COUPON)
    effect = models.CharField(max_length=10, choices=Effect, default=Effect.BP_OFF)
    bp_off = models.PositiveSmallIntegerField(default=0)
    fixed_rate = models.DecimalField(max_digits=8, decimal_places=6, null=True)
    product_codes = models.JSONField(default=list, help_text="products or what they derive from")
    purposes = models.JSONField(default=list)
    tiers = models.JSONField(default=list)
    lists = models.JSONField(default=list)
    segments = models.JSONField(default=list)
    stack_group = models.SlugField(max_length=40, default="default")
    valid_from = models.DateField()
    valid_to = models.DateField(help_text="first day it no longer holds")
    share_max = models.DecimalField(max_digits=5, decimal_places=4, null=True)
    funder = models.CharField(max_length=60, blank=True)
    legal_basis = models.CharField(max_length=200, blank=True)
    budget_amount = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    budget_count = models.PositiveIntegerField(null=True)
    per_customer = models.PositiveSmallIntegerField(null=True)
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    author = models.CharField(max_length=60)
    checker = models.CharField(max_length=60, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["draft", "in_review", "published", "retired"]),
                name="rate_coupon_state_known",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["coupon", "subsidy"]), name="rate_coupon_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(effect="bp_off", bp_off__range=(1, 1000), fixed_rate__isnull=True)
                | Q(
                    effect="fixed_rate", bp_off=0, fixed_rate__isnull=False, fixed_rate__gt=0,
                    fixed_rate__lt=1,
                ),
                name="rate_coupon_effect_whole",
            ),
            models.CheckConstraint(
                condition=Q(kind="coupon", share_max__isnull=True)
                | Q(
                    kind="subsidy", effect="bp_off", share_max__isnull=False, share_max__gt=0,
                    share_max__lt=1,
                ),
                name="rate_coupon_share_of_subsidies",
            ),
            models.CheckConstraint(
                condition=Q(kind="coupon") | (~Q(funder="") & ~Q(legal_basis="")),
                name="rate_coupon_subsidy_has_basis",
            ),
            models.CheckConstraint(
                condition=Q(valid_to__gt=F("valid_from")), name="rate_coupon_valid_order"
            ),
            models.CheckConstraint(
                condition=(Q(budget_amount__isnull=True) | Q(budget_amount__gt=0))
                & (Q(budget_count__isnull=True) | Q(budget_count__gt=0))
                & (Q(per_customer__isnull=True) | Q(per_customer__gt=0)),
                name="rate_coupon_budgets_positive",
            ),
            models.CheckConstraint(
                condition=~Q(author=F("checker")) & ~Q(author=""), name="rate_coupon_two_people"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["published", "retired"]) | ~Q(checker=""),
                name="rate_coupon_checked_before_publish",
            ),
        ]

    def __str__(self) -> str:
        return self.code
