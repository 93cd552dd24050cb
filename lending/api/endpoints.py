"""What every endpoint has in common, for each kind of caller."""

from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.utils import timezone
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.views import APIView

from lending.api.authentication import CustomerToken, StaffSession
from lending.api.documentation import ProblemSchema
from lending.api.paging import Pages
from lending.api.parsers import StrictJSONParser
from lending.api.permissions import Anyone, DenyAll, IsCustomer, IsVerifiedOfficer
from lending.api.problems import problem_response
from lending.errors import NotFound
from lending.models import Customer

Body = dict[str, Any]
S = TypeVar("S", bound=Serializer)


class Endpoint(APIView):
    """JSON in, JSON or a problem document out; nobody may call it until a subclass says who."""

    authentication_classes: Any = ()
    permission_classes: Any = (DenyAll,)
    parser_classes: Any = (StrictJSONParser,)
    renderer_classes: Any = (JSONRenderer,)
    schema = ProblemSchema()
    #: How long an answer that is itself a secret may be replayed; None = as long as keys are kept.
    replay_for: timedelta | None = None
    #: The service commits by itself because it talks to the outside in between.
    commits_itself = False

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        self.now: datetime = timezone.now()

    def get_exception_handler(self) -> Any:
        return problem_response

    def read(self, serializer_class: type[S]) -> Body:
        """The body as ``serializer_class`` understands it; 400 names every wrong field."""
        serializer = serializer_class(data=self.request.data)
        serializer.is_valid(raise_exception=True)
        return serializer.validated_data

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().finalize_response(request, response, *args, **kwargs)
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    def paged(self, rows: Any, present: Any) -> Response:
        """One page of ``rows``, each through ``present``."""
        pages = Pages()
        page = pages.paginate_queryset(rows, self.request, view=self)
        return pages.get_paginated_response([present(row) for row in page or []])


class OpenEndpoint(Endpoint):
    """Before log-in."""

    permission_classes = (Anyone,)


class CustomerEndpoint(Endpoint):
    """For the logged-in applicant; selectors see only this person's rows."""

    authentication_classes = (CustomerToken,)
    permission_classes = (IsCustomer,)

    @property
    def customer(self) -> Customer:
        return self.request.user  # type: ignore[return-value]

    def idempotency_actor(self, request: Request) -> str:
        return f"customer:{self.customer.pk}"


class StaffEndpoint(Endpoint):
    """For staff with session, second factor and CSRF token."""

    authentication_classes = (StaffSession,)
    permission_classes = (IsVerifiedOfficer,)

    def idempotency_actor(self, request: Request) -> str:
        return f"staff:{request.user.pk}"


class NoSuchEndpoint(Endpoint):
    """Any other address under the API: 404 as a problem document, whatever the method."""

    permission_classes = (Anyone,)
    schema = None  # type: ignore[assignment]

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        self.args, self.kwargs = args, kwargs
        self.headers = self.default_response_headers
        self.request = wrapped = self.initialize_request(request, *args, **kwargs)
        self.format_kwarg = None
        response = self.handle_exception(NotFound())
        self.response = self.finalize_response(wrapped, response, *args, **kwargs)
        return self.response
