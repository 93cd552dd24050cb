"""Repaying from the card: due instalments, a part early, everything; and what each would mean."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from lending.api.endpoints import CustomerEndpoint
from lending.api.idempotency import idempotent
from lending.api.paging import Pages
from lending.api.serializers.repayments import (
    EarlyPreviewAnswer,
    EarlyPreviewRequest,
    PayoffQuoteAnswer,
    RepaymentAnswer,
    RepaymentRequest,
    RepaymentRow,
    early_choice,
    payoff_quote_answer,
    repayment_answer,
    repayment_row,
)
from lending.api.waiting import wait_for_repayment
from lending.selectors import card_transfers, loans
from lending.services import customer_repayments


class RepaymentsView(CustomerEndpoint):
    pagination_class = Pages
    #: The request commits before the bank is called; a repeat of its key finds it again.
    commits_itself = True
    wait_s = 4.0

    @extend_schema(operation_id="repayment_list", responses=RepaymentRow(many=True))
    def get(self, request: Request, loan_id: UUID) -> Response:
        loan = loans.one_of_customer(loan_id, self.customer)
        return self.paged(card_transfers.of_customer(self.customer, loan.pk), repayment_row)

    @extend_schema(
        operation_id="repayment_make",
        description="201: collected and booked. 202: on its way, rejected, or not yet booked; ask again.",
        request=RepaymentRequest,
        responses={201: RepaymentAnswer, 202: RepaymentAnswer},
    )
    @idempotent
    def post(self, request: Request, loan_id: UUID) -> Response:
        body = self.read(RepaymentRequest)
        requested = customer_repayments.request(
            loan_id=loan_id,
            customer=self.customer,
            kind=body["kind"],
            amount=body["amount"],
            choice=body.get("choice"),
            request_key=request.headers.get("Idempotency-Key", ""),
            now=self.now,
        )
        wait_for_repayment(requested.pk, self.wait_s)
        transfer = card_transfers.one_of_customer(requested.pk, self.customer)
        status = 201 if transfer.transaction is not None else 202
        return Response(repayment_answer(transfer), status=status)


class RepaymentView(CustomerEndpoint):
    @extend_schema(operation_id="repayment_get", responses=RepaymentAnswer)
    def get(self, request: Request, repayment_id: UUID) -> Response:
        transfer = card_transfers.one_of_customer(repayment_id, self.customer)
        return Response(repayment_answer(transfer))


class PayoffQuoteView(CustomerEndpoint):
    @extend_schema(operation_id="payoff_quote", responses=PayoffQuoteAnswer)
    def get(self, request: Request, loan_id: UUID) -> Response:
        quote = customer_repayments.quote(loan_id=loan_id, customer=self.customer)
        return Response(payoff_quote_answer(quote))


class EarlyPreviewView(CustomerEndpoint):
    @extend_schema(
        operation_id="early_preview",
        description="Nothing is changed; each choice of the contract is tried out.",
        request=EarlyPreviewRequest,
        responses={200: EarlyPreviewAnswer},
    )
    def post(self, request: Request, loan_id: UUID) -> Response:
        body = self.read(EarlyPreviewRequest)
        tried = customer_repayments.preview(
            loan_id=loan_id, customer=self.customer, amount=body["amount"]
        )
        return Response({"previews": [early_choice(one) for one in tried]})
