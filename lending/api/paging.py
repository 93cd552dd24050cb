"""Lists in pages: ``{"results": [...], "next": url|null, "previous": url|null}``."""

from typing import Any

from rest_framework.pagination import PageNumberPagination
from rest_framework.response import Response

PAGE_SIZE = 20
PAGE_SIZE_MAX = 100


class Pages(PageNumberPagination):
    """``?page=``, ``?page_size=`` (1–100, default 20; more is cut to 100)."""

    page_size = PAGE_SIZE
    page_size_query_param = "page_size"
    max_page_size = PAGE_SIZE_MAX

    def get_paginated_response(self, data: Any) -> Response:
        return Response(
            {"results": data, "next": self.get_next_link(), "previous": self.get_previous_link()}
        )

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        link = {"type": "string", "nullable": True, "format": "uri"}
        return {
            "type": "object",
            "required": ["results", "next", "previous"],
            "properties": {"results": schema, "next": link, "previous": link},
        }
