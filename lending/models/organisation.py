"""The bank itself: legal entity, branches, villages in grids, officers."""

from decimal import Decimal

from django.conf import settings
from django.db import models


class LegalEntity(models.Model):
    """The contract party as data: village banks are merged, so a book must be able to move (D19)."""

    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80)

    def __str__(self) -> str:
        return self.name


class Branch(models.Model):
    legal_entity = models.ForeignKey(LegalEntity, on_delete=models.PROTECT)
    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=80)
    county = models.CharField(max_length=6, help_text="six-digit county code")
    latitude = models.DecimalField(max_digits=6, decimal_places=2, null=True, blank=True)
    longitude = models.DecimalField(max_digits=6, decimal_places=2, null=True, blank=True)

    def __str__(self) -> str:
        return self.name


class Village(models.Model):
    """One village of the grid (网格); its officer looks after the households there."""

    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=80)
    grid = models.CharField(max_length=40)
    county = models.CharField(max_length=6)
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT)
    officer = models.ForeignKey("Officer", null=True, on_delete=models.SET_NULL)
    latitude = models.DecimalField(max_digits=6, decimal_places=2, null=True, blank=True)
    longitude = models.DecimalField(max_digits=6, decimal_places=2, null=True, blank=True)

    def __str__(self) -> str:
        return self.name


class Officer(models.Model):
    """A staff member's profile beside ``auth.User`` (D14)."""

    class Role(models.TextChoices):
        OFFICER = "officer"
        MANAGER = "manager"
        HEAD_OFFICE = "head_office"
        RISK = "risk"
        PRODUCT = "product"
        FINANCE = "finance"

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    staff_no = models.CharField(max_length=20, unique=True)
    display_name = models.CharField(max_length=40)
    work_mobile = models.CharField(max_length=20, help_text="a service number, shown to customers")
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT)
    role = models.CharField(max_length=20, choices=Role, default=Role.OFFICER)
    authority_amount = models.DecimalField(
        max_digits=14,
        decimal_places=2,
        default=Decimal("50000.00"),
        help_text="the highest limit this person may approve alone",
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(authority_amount__gte=0), name="officer_authority_not_negative"
            )
        ]

    def __str__(self) -> str:
        return self.display_name
