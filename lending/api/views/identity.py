"""``POST applications/{id}/identity/``: typed as JSON, or two pictures as a form."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from lending.api.endpoints import CustomerEndpoint
from lending.api.idempotency import idempotent
from lending.api.parsers import PicturesParser, StrictJSONParser
from lending.api.serializers.applications import ApplicationAnswer, application_answer
from lending.api.serializers.identity import IdentityRequest, PicturesRequest
from lending.selectors import applications
from lending.services import identity


class IdentityView(CustomerEndpoint):
    parser_classes = (StrictJSONParser, PicturesParser)

    @extend_schema(
        operation_id="identity",
        request={"application/json": IdentityRequest, "multipart/form-data": PicturesRequest},
        responses={200: ApplicationAnswer, 202: ApplicationAnswer},
    )
    @idempotent
    def post(self, request: Request, application_id: UUID) -> Response:
        if str(request.content_type).startswith("multipart/"):
            return self._photographed(application_id)
        body: dict[str, Any] = self.read(IdentityRequest)
        application = identity.confirm(
            application_id=application_id,
            customer=self.customer,
            name=body["name"],
            id_number=body["id_number"],
            address=body["address"],
            valid_until=body["valid_until"] or None,
            now=self.now,
        )
        return Response(application_answer(application))

    def _photographed(self, application_id: UUID) -> Response:
        applications.of_customer(application_id, self.customer)  # 404 before any picture is decoded
        body = self.read(PicturesRequest)
        identity.store_pictures(
            application_id=application_id,
            customer=self.customer,
            front=body["front"],
            back=body.get("back"),
            now=self.now,
        )
        application = applications.of_customer(application_id, self.customer)
        return Response(application_answer(application), status=202)
