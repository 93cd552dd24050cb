"""Uses of rate coupons and subsidies: what each costs, reserved with an offer, used at signing."""

import uuid

from django.db import models

Q = models.Q


class CouponUse(models.Model):
    """One coupon on one application. Written by ``lending.services.coupons`` only.

    ``reserved`` becomes ``used`` or ``released``; both are final (0007). ``benefit_max`` is the
    interest saved on the offer's largest amount, ``benefit`` that of the signed schedule, in yuan.
    """

    class State(models.TextChoices):
        RESERVED = "reserved"
        USED = "used"
        RELEASED = "released"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    application = models.ForeignKey(
        "LoanApplication", on_delete=models.PROTECT, related_name="coupon_uses"
    )
    customer = models.ForeignKey("Customer", on_delete=models.PROTECT, related_name="coupon_uses")
    coupon_code = models.CharField(max_length=40)
    kind = models.CharField(max_length=8)
    funder = models.CharField(max_length=60, blank=True)
    round = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=8, choices=State, default=State.RESERVED)
    rate_before = models.DecimalField(max_digits=8, decimal_places=6)
    rate_after = models.DecimalField(max_digits=8, decimal_places=6)
    benefit_max = models.DecimalField(max_digits=14, decimal_places=2)
    benefit = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    created_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    released_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["application", "coupon_code"],
                condition=~Q(state="released"),
                name="coupon_use_one_live",
            ),
            models.CheckConstraint(
                condition=Q(
                    state="reserved",
                    used_at__isnull=True,
                    benefit__isnull=True,
                    released_at__isnull=True,
                )
                | Q(
                    state="used",
                    used_at__isnull=False,
                    benefit__isnull=False,
                    released_at__isnull=True,
                )
                | Q(
                    state="released",
                    used_at__isnull=True,
                    benefit__isnull=True,
                    released_at__isnull=False,
                ),
                name="coupon_use_state_whole",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["coupon", "subsidy"]), name="coupon_use_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(rate_after__gte=0) & Q(rate_after__lt=models.F("rate_before")),
                name="coupon_use_lowers_the_rate",
            ),
            models.CheckConstraint(
                condition=Q(benefit_max__gte=0)
                & (Q(benefit__isnull=True) | Q(benefit__gte=0)),
                name="coupon_use_benefit_not_negative",
            ),
        ]
        indexes = [
            models.Index(
                fields=["coupon_code"],
                include=["state", "customer", "kind", "benefit", "benefit_max"],
                condition=~Q(state="released"),
                name="coupon_use_budget",
            ),
            models.Index(
                fields=["created_at"], condition=Q(state="reserved"), name="coupon_use_reserved"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.coupon_code} {self.state}"
