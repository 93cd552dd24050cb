"""``POST applications/{id}/bank-card/``: where the money goes."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from lending.api.endpoints import CustomerEndpoint
from lending.api.idempotency import idempotent
from lending.api.serializers.applications import ApplicationAnswer, application_answer
from lending.api.serializers.cards import CardRequest
from lending.services import cards


class CardView(CustomerEndpoint):
    @extend_schema(
        operation_id="bank_card_bind",
        request=CardRequest,
        responses={200: ApplicationAnswer},
    )
    @idempotent
    def post(self, request: Request, application_id: UUID) -> Response:
        body = self.read(CardRequest)
        application = cards.bind(
            application_id=application_id,
            customer=self.customer,
            card_number=body["card_number"],
            mobile=body["mobile"],
            now=self.now,
        )
        return Response(application_answer(application))
