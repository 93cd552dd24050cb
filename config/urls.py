"""Addresses: mounts the apps, nothing else."""

from django.contrib import admin
from django.urls import include, path

from config.health import healthz, readyz
from config.metrics import metrics
from lending.selectors import business_day, organisation

# Public pages name the lender and price by the bank's day; both stand in the app above them.
THE_BANK = {"main_branch": organisation.main_branch, "today": business_day.of_bank}

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("metrics", metrics, name="metrics"),
    path("", include("products.urls"), THE_BANK),
    path("", include("marketing.urls")),
    path("", include("lending.urls_customer")),
    path("desk/", include("lending.urls_officer")),
    path("api/v1/", include("lending.api.urls")),
    path("api/", include("lending.api.documentation_urls")),
    path("callbacks/", include("lending.urls_callbacks")),
    path("admin/", admin.site.urls),
]
