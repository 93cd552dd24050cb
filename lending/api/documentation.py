"""OpenAPI 3 and its page. The page's script and style are files: the CSP needs no hole."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter
from drf_spectacular.views import SpectacularJSONAPIView

from lending.api.permissions import Anyone
from lending.api.serializers.problems import Problem

_IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    description=(
        "Same key and body → the stored answer; same key, other body → 422; still running → 409."
    ),
)
_ALWAYS = ("400", "401", "403", "404", "405", "406", "413", "415", "429", "500", "503")


class CustomerTokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "lending.api.authentication.CustomerToken"
    match_subclasses = True
    name = "customerToken"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer"}


class StaffSessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "lending.api.authentication.StaffSession"
    name = "staffSession"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "apiKey", "in": "cookie", "name": settings.SESSION_COOKIE_NAME}


class ProblemSchema(AutoSchema):
    """Adds to every operation what every operation does: problem documents and idempotency keys."""

    def get_override_parameters(self) -> list[Any]:
        return [_IDEMPOTENCY_KEY] if self.method == "POST" else []

    def get_tags(self) -> list[str]:
        return ["desk" if "/desk/" in self.path else "applicant"]

    def _get_response_bodies(self, direction: str = "response") -> dict[str, Any]:
        bodies = super()._get_response_bodies(direction)
        refused = [*_ALWAYS]
        if self.method in ("POST", "PUT"):
            refused += ["409", "422"]
        document = self._get_response_for_code(
            Problem, "400", ["application/problem+json"], direction
        )
        for status in sorted(refused):
            bodies.setdefault(status, document)
        return bodies


class SchemaView(SpectacularJSONAPIView):
    """``GET /api/schema/``: the OpenAPI 3 document as JSON."""

    authentication_classes = ()
    permission_classes = (Anyone,)


def docs_page(request: HttpRequest) -> HttpResponse:
    """``GET /api/docs/``: Swagger UI from our own files."""
    return render(request, "lending/api_docs.html")
