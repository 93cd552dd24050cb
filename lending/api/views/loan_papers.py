"""Statement, payoff letter, settlement letter, interest certificate: asked for, and as PDF."""

from datetime import date
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from lending.api.endpoints import CustomerEndpoint
from lending.api.serializers.loan_papers import (
    LetterAnswer,
    StatementAnswer,
    paper_answer,
    statement_answer,
)
from lending.api.views.contracts import OneFormat, paper
from lending.errors import InvalidInput
from lending.models import LoanPaper
from lending.selectors import business_day, loans
from lending.selectors import loan_papers as paper_selectors
from lending.services import loan_papers

_PERIOD = [
    OpenApiParameter("from", OpenApiTypes.DATE, description="default: the day of the payout"),
    OpenApiParameter("to", OpenApiTypes.DATE, description="default: the bank's business date"),
]


class PaperEndpoint(CustomerEndpoint):
    kind = LoanPaper.Kind.STATEMENT

    def paper(self, loan_id: UUID) -> LoanPaper:
        loan = loans.one_of_customer(loan_id, self.customer)
        period = None
        if "from" in self.request.query_params or "to" in self.request.query_params:
            period = (
                self._day("from", loan.start_date),
                self._day("to", business_day.current(loan.legal_entity)),
            )
        return loan_papers.request(
            loan=loan, kind=self.kind, asked_by="customer", period=period, now=self.now
        )

    def _day(self, name: str, default: date) -> date:
        text = self.request.query_params.get(name, "")
        if not text:
            return default
        try:
            return date.fromisoformat(text)
        except ValueError:
            raise InvalidInput.field(name, _("Enter a day as YYYY-MM-DD.")) from None


class StatementView(PaperEndpoint):
    @extend_schema(operation_id="loan_statement", parameters=_PERIOD, responses=StatementAnswer)
    def get(self, request: Request, loan_id: UUID) -> Response:
        return Response(statement_answer(self.paper(loan_id), request))


class InterestCertificateView(PaperEndpoint):
    kind = LoanPaper.Kind.INTEREST_CERTIFICATE

    @extend_schema(
        operation_id="loan_interest_certificate", parameters=_PERIOD, responses=LetterAnswer
    )
    def get(self, request: Request, loan_id: UUID) -> Response:
        return Response({"paper": paper_answer(self.paper(loan_id), request)})


class SettlementLetterView(PaperEndpoint):
    """409 ``not_settled`` while something is owed."""

    kind = LoanPaper.Kind.SETTLEMENT_LETTER

    @extend_schema(operation_id="loan_settlement_letter", responses=LetterAnswer)
    def get(self, request: Request, loan_id: UUID) -> Response:
        return Response({"paper": paper_answer(self.paper(loan_id), request)})


class PayoffLetterView(PaperEndpoint):
    kind = LoanPaper.Kind.PAYOFF_LETTER

    @extend_schema(operation_id="loan_payoff_letter", responses=LetterAnswer)
    def get(self, request: Request, loan_id: UUID) -> Response:
        return Response({"paper": paper_answer(self.paper(loan_id), request)})


class PaperPdfView(CustomerEndpoint):
    content_negotiation_class = OneFormat

    @extend_schema(
        operation_id="loan_paper_pdf", responses={(200, "application/pdf"): OpenApiTypes.BINARY}
    )
    def get(self, request: Request, loan_id: UUID, paper_id: UUID) -> HttpResponse:
        loan = loans.one_of_customer(loan_id, self.customer)
        found = paper_selectors.of_loan(loan, paper_id)
        return paper(loan_papers.ensure_pdf(found), "application/pdf", f"{found.paper_no}.pdf")
