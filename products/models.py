"""What we sell: products in layers, their versions, and the dated numbers of the law (D7)."""

from django.db import models
from django.db.models import F, Q


class Product(models.Model):
    """A node of 1 + N + N: the base, a sub-product under it, or a campaign product under that.

    Code, kind and parent never change; names not after the first publication (trigger, 0004).
    """

    class Kind(models.TextChoices):
        BASE = "base"
        SUB_PRODUCT = "sub_product"
        CAMPAIGN = "campaign"

    code = models.SlugField(max_length=40, unique=True)
    kind = models.CharField(max_length=12, choices=Kind)
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )
    name_zh = models.CharField(max_length=40)
    name_en = models.CharField(max_length=60)
    tagline_zh = models.CharField(max_length=80)
    tagline_en = models.CharField(max_length=120)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="base", parent__isnull=True)
                | (~Q(kind="base") & Q(parent__isnull=False)),
                name="product_parent_unless_base",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["base", "sub_product", "campaign"]),
                name="product_kind_known",
            ),
        ]

    def __str__(self) -> str:
        return self.name_zh


class ProductVersion(models.Model):
    """What a product states from one day on, on top of one published version of its parent.

    Published versions never overlap (0002) or change (0004): only their end may be set, once, or
    drawn nearer. A version that has been in force ends by ``valid_to`` and stays published for its
    days; ``retired`` is one withdrawn before its first day. A published version lies within its
    ``parent_version``, whose days contain its own.
    """

    class State(models.TextChoices):
        DRAFT = "draft"
        IN_REVIEW = "in_review"
        PUBLISHED = "published"
        RETIRED = "retired"

    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    parent_version = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="derived",
        help_text="what the values stand on; set when published",
    )
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    values = models.JSONField(default=dict, help_text="only what differs from the layer above")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True, help_text="first day it no longer holds")
    author = models.CharField(max_length=60)
    checker = models.CharField(max_length=60, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["product_id", "-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["product", "number"], name="product_version_number_unique"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "in_review", "published", "retired"]),
                name="product_version_state_known",
            ),
            models.CheckConstraint(
                condition=~Q(author=F("checker")), name="product_version_two_people"
            ),
            models.CheckConstraint(condition=~Q(author=""), name="product_version_has_author"),
            models.CheckConstraint(
                condition=~Q(state__in=["published", "retired"]) | ~Q(checker=""),
                name="product_version_checked_before_publish",
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")),
                name="product_version_valid_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product.code} v{self.number}"


class RegulatoryParameter(models.Model):
    """A number of the law or the central bank, with its days and its basis.

    No two of a code overlap (0002); a number never changes, a new one follows it (0004).
    """

    code = models.CharField(max_length=40)
    value = models.DecimalField(max_digits=18, decimal_places=6)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True, help_text="first day it no longer holds")
    basis = models.CharField(max_length=200)

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
