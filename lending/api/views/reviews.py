"""Staff: the referred applications one may see, their evidence, and the verdict."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from lending.api.endpoints import StaffEndpoint
from lending.api.idempotency import idempotent
from lending.api.paging import Pages
from lending.api.serializers.reviews import (
    EvidenceAnswer,
    ReferredRow,
    VerdictAnswer,
    VerdictRequest,
    evidence_answer,
    referred_row,
    verdict_answer,
)
from lending.errors import NotFound
from lending.models import LoanApplication
from lending.selectors import reviews as review_selectors
from lending.selectors import worklists
from lending.services import reviews


class ReferredView(StaffEndpoint):
    pagination_class = Pages

    @extend_schema(operation_id="desk_referred", responses=ReferredRow(many=True))
    def get(self, request: Request) -> Response:
        return self.paged(worklists.referred(request.user), referred_row)


class EvidenceView(StaffEndpoint):
    @extend_schema(operation_id="desk_evidence", responses=EvidenceAnswer)
    def get(self, request: Request, application_id: UUID) -> Response:
        application = _visible(request, application_id)
        return Response(evidence_answer(application, review_selectors.evidence(application)))


class VerdictView(StaffEndpoint):
    @extend_schema(
        operation_id="desk_review",
        request=VerdictRequest,
        responses={200: VerdictAnswer},
    )
    @idempotent
    def post(self, request: Request, application_id: UUID) -> Response:
        body = self.read(VerdictRequest)
        _visible(request, application_id)
        common = {
            "application_id": application_id,
            "reviewer": request.user,
            "reason_code": body["reason_code"],
            "note": body["note"],
            "expected_version": body["version"],
            "now": self.now,
        }
        if body["action"] == "decline":
            review = reviews.decline(**common)
        else:
            review = reviews.approve(limit=body["limit"], **common)
        return Response(verdict_answer(review, _visible(request, application_id)))


def _visible(request: Request, application_id: UUID) -> LoanApplication:
    """Within the caller's scope (own, branch, all); anything else does not exist for them."""
    application = (
        worklists.visible_applications(request.user)  # type: ignore[arg-type]
        .select_related("customer", "officer", "branch", "bank_card")
        .filter(pk=application_id)
        .first()
    )
    if application is None:
        raise NotFound
    return application
