"""Why the answer is what it is, and asking for a person."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from lending.api.endpoints import CustomerEndpoint
from lending.api.idempotency import idempotent
from lending.api.serializers.applications import (
    ApplicationAnswer,
    application_answer,
    reasons_answer,
)
from lending.api.serializers.explanations import ExplanationAnswer, ReviewRequestBody
from lending.selectors import applications
from lending.services import reviews


class ExplanationView(CustomerEndpoint):
    @extend_schema(operation_id="explanation_get", responses=ExplanationAnswer)
    def get(self, request: Request, application_id: UUID) -> Response:
        application = applications.of_customer(application_id, self.customer)
        return Response(
            {
                "state": str(application.state),
                "next": applications.next_steps(application),
                "reasons": reasons_answer(application),
            }
        )


class ReviewRequestView(CustomerEndpoint):
    @extend_schema(
        operation_id="review_request",
        request=ReviewRequestBody,
        responses={202: ApplicationAnswer},
    )
    @idempotent
    def post(self, request: Request, application_id: UUID) -> Response:
        body = self.read(ReviewRequestBody)
        application = reviews.request_review(
            application_id=application_id,
            customer=self.customer,
            reason=body["reason"],
            now=self.now,
        )
        return Response(application_answer(application), status=202)
