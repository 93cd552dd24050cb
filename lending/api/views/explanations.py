"""Why the answer is what it is, and asking for a person."""

from uuid import UUID

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
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
from lending.api.serializers.fields import time_text
from lending.api.views.contracts import OneFormat, paper
from lending.domain.application_flow import State
from lending.selectors import applications, explanations, human_reviews
from lending.services import letters, reviews


class ExplanationView(CustomerEndpoint):
    @extend_schema(operation_id="explanation_get", responses=ExplanationAnswer)
    def get(self, request: Request, application_id: UUID) -> Response:
        application = applications.of_customer(application_id, self.customer)
        request_for_person = human_reviews.of_application(application)
        again = explanations.try_again_after(application)
        due_at = (
            request_for_person.due_at
            if request_for_person and application.state == State.IN_REVIEW
            else None
        )
        return Response(
            {
                "state": str(application.state),
                "next": applications.next_steps(application),
                "reasons": reasons_answer(application),
                "what_helps": explanations.what_helps(application),
                "try_again_after": again.isoformat() if again else None,
                "wants_person": application.wants_person,
                "review_due_at": time_text(due_at),
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


class DecisionLetterView(CustomerEndpoint):
    """The letter of a refusal as PDF; 404 while nothing was refused."""

    content_negotiation_class = OneFormat

    @extend_schema(
        operation_id="decision_letter",
        responses={(200, "application/pdf"): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, application_id: UUID) -> HttpResponse:
        application = applications.of_customer(application_id, self.customer)
        letter = letters.of_application(application=application, now=self.now)
        return paper(letters.ensure_pdf(letter), "application/pdf", f"{letter.letter_no}.pdf")
