"""Products in the admin: to look at. Versions change through the desk's product factory alone.

Numbers of the law and counties have their own file, for they are entered here: ``dated_admin``.
"""

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from products import dated_admin
from products.models import IncomeCalendar, Product, ProductVersion, RateCoupon
from products.read_only_admin import ReadOnlyAdmin

__all__ = ["ProductAdmin", "ProductVersionAdmin", "dated_admin"]


@admin.register(Product)
class ProductAdmin(ReadOnlyAdmin):
    list_display = ("code", "name_zh", "name_en", "kind", "parent", "factory")
    list_filter = ("kind",)
    search_fields = ("code", "name_zh", "name_en")
    list_select_related = ("parent",)

    @admin.display(description=_("Product factory"))
    def factory(self, product: Product) -> str:
        """Where products are made: by two people at the desk, also for administrators."""
        opened = format_html(
            '<a href="{}">{}</a>', reverse("desk:product", args=[product.code]), _("Open")
        )
        if product.kind == Product.Kind.CAMPAIGN:
            return opened
        address = f"{reverse('desk:product-derive')}?parent={product.code}"
        return format_html('{} · <a href="{}">{}</a>', opened, address, _("Derive"))


@admin.register(ProductVersion)
class ProductVersionAdmin(ReadOnlyAdmin):
    list_display = (
        "product",
        "number",
        "state",
        "parent_version",
        "valid_from",
        "valid_to",
        "author",
        "checker",
    )
    list_filter = ("state",)
    search_fields = ("product__code",)
    list_select_related = ("product", "parent_version__product")


@admin.register(IncomeCalendar)
class IncomeCalendarAdmin(ReadOnlyAdmin):
    list_display = ("crop", "county", "number", "name_zh", "valid_from", "valid_to", "author")
    list_filter = ("kind",)
    search_fields = ("crop", "county", "name_zh", "name_en")


@admin.register(RateCoupon)
class RateCouponAdmin(ReadOnlyAdmin):
    list_display = (
        "code",
        "name_zh",
        "kind",
        "effect",
        "state",
        "valid_from",
        "valid_to",
        "author",
        "checker",
    )
    list_filter = ("state", "kind")
    search_fields = ("code", "name_zh", "funder")
