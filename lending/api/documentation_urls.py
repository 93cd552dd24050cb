"""``/api/schema/`` and ``/api/docs/``: mount at ``/api/``."""

from django.urls import path

from lending.api.documentation import SchemaView, docs_page

urlpatterns = [
    path("schema/", SchemaView.as_view(), name="api-schema"),
    path("docs/", docs_page, name="api-docs"),
]
