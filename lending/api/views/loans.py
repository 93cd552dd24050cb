"""One's own loans and their schedules."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from lending.api.endpoints import CustomerEndpoint
from lending.api.paging import Pages
from lending.api.serializers.loans import (
    InstalmentAnswer,
    LoanAnswer,
    LoanDetail,
    instalment_answer,
    loan_answer,
    loan_detail,
)
from lending.selectors import loans


class LoansView(CustomerEndpoint):
    pagination_class = Pages

    @extend_schema(operation_id="loan_list", responses=LoanAnswer(many=True))
    def get(self, request: Request) -> Response:
        return self.paged(loans.of_customer(self.customer).select_related("contract"), loan_answer)


class LoanView(CustomerEndpoint):
    @extend_schema(operation_id="loan_get", responses=LoanDetail)
    def get(self, request: Request, loan_id: UUID) -> Response:
        return Response(loan_detail(loans.one_of_customer(loan_id, self.customer)))


class ScheduleView(CustomerEndpoint):
    pagination_class = Pages

    @extend_schema(operation_id="loan_schedule", responses=InstalmentAnswer(many=True))
    def get(self, request: Request, loan_id: UUID) -> Response:
        loan = loans.one_of_customer(loan_id, self.customer)
        return self.paged(loans.schedule(loan), instalment_answer)
