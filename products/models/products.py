"""Products in layers and their versions (1 + N + N)."""

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

    class InFlight(models.TextChoices):
        """What happens to applications begun under the version before, not yet handed in."""

        KEEP = "keep"
        MOVE = "move"

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
    in_flight = models.CharField(max_length=4, choices=InFlight, default=InFlight.KEEP)
    note = models.CharField(max_length=300, blank=True, help_text="why: for the second person")
    answer = models.CharField(max_length=300, blank=True, help_text="the second person's, if sent back")
    cloned_from = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="clones",
        help_text="the version whose values were taken over, e.g. to roll back",
    )
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
                condition=Q(in_flight__in=["keep", "move"]), name="product_version_in_flight_known"
            ),
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
