"""Offers: see them, accept one, choose again."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from lending.api.endpoints import CustomerEndpoint
from lending.api.idempotency import idempotent
from lending.api.serializers.applications import ApplicationAnswer, application_answer
from lending.api.serializers.offers import (
    AcceptAnswer,
    AcceptRequest,
    OfferAnswer,
    accept_answer,
    offer_answer,
)
from lending.api.serializers.submissions import EmptyBody
from lending.selectors import applications
from lending.selectors import offers as offer_selectors
from lending.services import offers


class OffersView(CustomerEndpoint):
    @extend_schema(operation_id="offer_list", responses=OfferAnswer(many=True))
    def get(self, request: Request, application_id: UUID) -> Response:
        application = applications.of_customer(application_id, self.customer)
        rows = offer_selectors.open_offers(application, self.now)
        return Response([offer_answer(offer) for offer in rows])


class AcceptView(CustomerEndpoint):
    @extend_schema(
        operation_id="offer_accept",
        request=AcceptRequest,
        responses={200: AcceptAnswer},
    )
    @idempotent
    def post(self, request: Request, application_id: UUID) -> Response:
        body = self.read(AcceptRequest)
        contract = offers.accept(
            application_id=application_id,
            customer=self.customer,
            offer_id=body["offer_id"],
            amount=body["amount"],
            term_months=body["term_months"],
            method=body["method"],
            now=self.now,
        )
        return Response(accept_answer(contract))


class ReopenView(CustomerEndpoint):
    @extend_schema(
        operation_id="offer_reopen",
        request=EmptyBody,
        responses={200: ApplicationAnswer},
    )
    @idempotent
    def post(self, request: Request, application_id: UUID) -> Response:
        self.read(EmptyBody)
        application = offers.reopen(
            application_id=application_id, customer=self.customer, now=self.now
        )
        return Response(application_answer(application))
