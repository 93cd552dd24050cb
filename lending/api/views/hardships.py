"""Hardship of a borrower: told once, looked at by a person, and silent meanwhile."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from lending.api.endpoints import CustomerEndpoint
from lending.api.idempotency import idempotent
from lending.api.serializers.hardships import HardshipAnswer, HardshipRequest, hardship_answer
from lending.selectors import loans
from lending.services import contact_pauses


class HardshipView(CustomerEndpoint):
    """Told again while it runs, the first answer is given again."""

    @extend_schema(
        operation_id="loan_hardship", request=HardshipRequest, responses={202: HardshipAnswer}
    )
    @idempotent
    def post(self, request: Request, loan_id: UUID) -> Response:
        loan = loans.one_of_customer(loan_id, self.customer)
        reason = self.read(HardshipRequest)["reason"]
        pause = contact_pauses.tell_hardship(loan=loan, reason=reason, now=self.now)
        return Response(hardship_answer(pause), status=202)
