"""Customers and applications, to look at; personal data is masked."""

from django.contrib import admin

from lending import models as rows
from products.encryption import mask_id_number, mask_mobile, mask_name
from products.read_only_admin import ReadOnlyAdmin


@admin.register(rows.Customer)
class CustomerAdmin(ReadOnlyAdmin):
    list_display = (
        "customer_no",
        "masked_name",
        "masked_mobile",
        "officer",
        "village",
        "created_at",
    )
    fields = (
        "customer_no",
        "masked_name",
        "masked_id_number",
        "masked_mobile",
        "officer",
        "village",
        "language",
        "accepts_marketing",
        "created_at",
    )
    search_fields = ("=customer_no",)
    list_select_related = ("officer", "village")
    ordering = ("-created_at",)

    @admin.display(description="name")
    def masked_name(self, customer: rows.Customer) -> str:
        return mask_name(customer.name or "")

    @admin.display(description="mobile")
    def masked_mobile(self, customer: rows.Customer) -> str:
        return mask_mobile(customer.mobile or "")

    @admin.display(description="ID number")
    def masked_id_number(self, customer: rows.Customer) -> str:
        return mask_id_number(customer.id_number) if customer.id_number else ""


@admin.register(rows.LoanApplication)
class LoanApplicationAdmin(ReadOnlyAdmin):
    list_display = (
        "id",
        "customer",
        "product_code",
        "state",
        "requested_amount",
        "officer",
        "branch",
        "channel",
        "created_at",
        "state_since",
    )
    list_filter = ("state", "product_code", "channel")
    search_fields = ("=id", "=customer__customer_no")
    list_select_related = ("customer", "officer", "branch")
    exclude = ("id_number_index",)
    ordering = ("-created_at",)
