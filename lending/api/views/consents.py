"""``GET``/``POST applications/{id}/consents/``."""

from uuid import UUID

from django.utils.translation import get_language
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from lending.api.addresses import client_ip
from lending.api.endpoints import CustomerEndpoint
from lending.api.idempotency import idempotent
from lending.api.serializers.applications import ApplicationAnswer, application_answer
from lending.api.serializers.consents import ConsentsRequest, ConsentTextsAnswer
from lending.selectors import applications
from lending.selectors import consents as consent_selectors
from lending.services import consents


class ConsentsView(CustomerEndpoint):
    @extend_schema(operation_id="consent_texts", responses=ConsentTextsAnswer)
    def get(self, request: Request, application_id: UUID) -> Response:
        application = applications.of_customer(application_id, self.customer)
        texts = consent_selectors.required_texts(application, get_language() or "zh-hans")
        return Response({"results": texts})

    @extend_schema(
        operation_id="consent_record",
        request=ConsentsRequest,
        responses={200: ApplicationAnswer},
    )
    @idempotent
    def post(self, request: Request, application_id: UUID) -> Response:
        body = self.read(ConsentsRequest)
        application = consents.record(
            application_id=application_id,
            customer=self.customer,
            accept=body["accept"],
            refuse=body["refuse"],
            channel="api",
            client_ip=client_ip(request),
            now=self.now,
        )
        return Response(application_answer(application))
