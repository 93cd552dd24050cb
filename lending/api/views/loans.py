"""One's own loans and their schedules."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from lending.api.endpoints import CustomerEndpoint
from lending.api.serializers.loans import InstalmentAnswer, LoanAnswer, instalment_answer, loan_answer
from lending.selectors import loans


class LoansView(CustomerEndpoint):
    @extend_schema(operation_id="loan_list", responses=LoanAnswer(many=True))
    def get(self, request: Request) -> Response:
        return self.paged(loans.list_of_customer(self.customer), loan_answer)


class LoanView(CustomerEndpoint):
    @extend_schema(operation_id="loan_get", responses=LoanAnswer)
    def get(self, request: Request, loan_id: UUID) -> Response:
        return Response(loan_answer(loans.of_customer(loan_id, self.customer)))


class ScheduleView(CustomerEndpoint):
    @extend_schema(operation_id="loan_schedule", responses=InstalmentAnswer(many=True))
    def get(self, request: Request, loan_id: UUID) -> Response:
        loan = loans.of_customer(loan_id, self.customer)
        return self.paged(loans.schedule(loan), instalment_answer)
