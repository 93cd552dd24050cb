"""Staff: the customers and loans one looks after."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from lending.api.endpoints import StaffEndpoint
from lending.api.paging import Pages
from lending.api.serializers.portfolio import DeskCustomer, DeskLoan, desk_customer, desk_loan
from lending.selectors import worklists


class DeskCustomersView(StaffEndpoint):
    pagination_class = Pages

    @extend_schema(operation_id="desk_customers", responses=DeskCustomer(many=True))
    def get(self, request: Request) -> Response:
        return self.paged(worklists.customers(request.user), desk_customer)


class DeskLoansView(StaffEndpoint):
    pagination_class = Pages

    @extend_schema(operation_id="desk_loans", responses=DeskLoan(many=True))
    def get(self, request: Request) -> Response:
        return self.paged(worklists.loans(request.user), desk_loan)
