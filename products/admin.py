"""Products in the admin: to look at. Versions change through ``products.services`` alone."""

from django.contrib import admin

from products.models import OperatingArea, Product, ProductVersion, RegulatoryParameter
from products.read_only_admin import ReadOnlyAdmin


@admin.register(Product)
class ProductAdmin(ReadOnlyAdmin):
    list_display = ("code", "name_zh", "name_en", "kind", "parent", "position")
    list_filter = ("kind",)
    search_fields = ("code", "name_zh", "name_en")
    list_select_related = ("parent",)


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


@admin.register(RegulatoryParameter)
class RegulatoryParameterAdmin(ReadOnlyAdmin):
    list_display = ("code", "value", "valid_from", "valid_to", "basis")
    search_fields = ("code", "basis")


@admin.register(OperatingArea)
class OperatingAreaAdmin(ReadOnlyAdmin):
    list_display = ("county", "name_zh", "name_en", "valid_from", "valid_to", "basis")
    search_fields = ("county", "name_zh", "basis")
