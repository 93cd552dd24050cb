"""Risk in the admin: decisions, sources and strategies, to look at. Raw replies and inputs stay encrypted."""

from django.contrib import admin

from products.read_only_admin import ReadOnlyAdmin
from risk.models import (
    CustomerList,
    DecisionRecord,
    ListImport,
    SourceDay,
    SourceReport,
    SourceSetting,
    Strategy,
    StrategyVersion,
    WhatIfRun,
)


@admin.register(DecisionRecord)
class DecisionRecordAdmin(ReadOnlyAdmin):
    list_display = (
        "as_of",
        "application_id",
        "round",
        "product_code",
        "outcome",
        "score",
        "grade",
        "limit_amount",
        "strategy_version",
        "took_ms",
    )
    list_filter = ("outcome", "product_code")
    search_fields = ("=application_id",)
    list_select_related = ("strategy_version__strategy",)
    ordering = ("-as_of",)


@admin.register(SourceReport)
class SourceReportAdmin(ReadOnlyAdmin):
    list_display = (
        "requested_at",
        "source",
        "operation",
        "state",
        "result",
        "problem",
        "latency_ms",
        "cost_fen",
        "application_id",
    )
    list_filter = ("source", "result")
    search_fields = ("=application_id",)
    ordering = ("-requested_at",)


@admin.register(SourceSetting)
class SourceSettingAdmin(ReadOnlyAdmin):
    list_display = (
        "source",
        "is_enabled",
        "daily_budget_fen",
        "daily_calls_max",
        "changed_by",
        "changed_at",
    )


@admin.register(SourceDay)
class SourceDayAdmin(ReadOnlyAdmin):
    list_display = ("day", "source", "calls", "cost_fen")
    list_filter = ("source",)
    ordering = ("-day", "source")


@admin.register(Strategy)
class StrategyAdmin(ReadOnlyAdmin):
    list_display = ("code", "name_zh", "name_en")


@admin.register(StrategyVersion)
class StrategyVersionAdmin(ReadOnlyAdmin):
    list_display = ("strategy", "number", "state", "author", "published_at", "retired_at", "sha256")
    list_filter = ("state",)
    list_select_related = ("strategy",)


@admin.register(WhatIfRun)
class WhatIfRunAdmin(ReadOnlyAdmin):
    list_display = ("created_at", "product_code", "state", "done", "total", "author")
    list_filter = ("state",)


@admin.register(CustomerList)
class CustomerListAdmin(ReadOnlyAdmin):
    list_display = ("code", "name_zh", "kind", "state", "source", "valid_from", "valid_to")
    list_filter = ("kind", "state")


@admin.register(ListImport)
class ListImportAdmin(ReadOnlyAdmin):
    list_display = (
        "created_at",
        "list",
        "format",
        "mode",
        "state",
        "rows_good",
        "rows_bad",
        "rows_duplicate",
        "author",
    )
    list_filter = ("state", "format")
    list_select_related = ("list",)
    ordering = ("-created_at",)
