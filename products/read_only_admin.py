"""What the admin may only look at: money, states, decisions. Services change them, or nobody."""

from typing import Any

from django.db import models
from django.http import HttpRequest
from unfold.admin import ModelAdmin


class ReadOnlyAdmin(ModelAdmin):
    """List and look; no add, change, delete or actions. Encrypted fields are never in the form."""

    list_per_page = 50
    list_max_show_all = 50
    show_full_result_count = False
    list_filter_submit = True
    compressed_fields = True

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        return {}
