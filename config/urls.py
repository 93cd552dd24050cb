"""Addresses: mounts the apps, nothing else."""

from django.contrib import admin
from django.urls import include, path

from lending.views.webhooks import core_bank_callback

urlpatterns = [
    path("api/v1/", include("lending.api.urls")),
    path("api/", include("lending.api.documentation_urls")),
    path("callbacks/core-bank/", core_bank_callback, name="core-bank-callback"),
    path("admin/", admin.site.urls),
]
