"""Marketing in the admin: attempts to look at."""

from django.contrib import admin

from marketing.models import EventCursor, JourneyAttempt
from products.read_only_admin import ReadOnlyAdmin


@admin.register(JourneyAttempt)
class JourneyAttemptAdmin(ReadOnlyAdmin):
    list_display = (
        "id",
        "entered_at",
        "code",
        "officer",
        "product_code",
        "device_class",
        "furthest_step",
        "ended_as",
        "drop_reason",
    )
    list_filter = ("ended_as", "device_class")
    search_fields = ("=id", "=code")
    list_select_related = ("officer",)
    ordering = ("-entered_at",)


@admin.register(EventCursor)
class EventCursorAdmin(ReadOnlyAdmin):
    list_display = ("name", "last_id", "looked_back_at")
