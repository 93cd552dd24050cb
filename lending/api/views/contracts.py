"""The contract: as JSON with its text and hash, and as the very bytes that are hashed."""

from uuid import UUID

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.request import Request
from rest_framework.response import Response

from lending.api.endpoints import CustomerEndpoint
from lending.api.serializers.contracts import ContractAnswer, contract_answer
from lending.models import LoanContract
from lending.selectors import applications
from lending.selectors import contracts as contract_selectors
from lending.services import contracts


class OneFormat(BaseContentNegotiation):
    """The paper has one format each; errors are JSON whatever the Accept header says."""

    def select_renderer(self, request, renderers, format_suffix=None):  # type: ignore[no-untyped-def]
        return renderers[0], renderers[0].media_type

    def select_parser(self, request, parsers):  # type: ignore[no-untyped-def]
        return parsers[0]


class ContractEndpoint(CustomerEndpoint):
    def contract(self, application_id: UUID) -> LoanContract:
        """The live contract, its reading clock started; 404 for another person's and for none."""
        application = applications.of_customer(application_id, self.customer)
        contract = contract_selectors.of_application(application)
        contracts.note_cost_sheet_shown(contract=contract, now=self.now)
        return contract


class ContractView(ContractEndpoint):
    @extend_schema(operation_id="contract_get", responses=ContractAnswer)
    def get(self, request: Request, application_id: UUID) -> Response:
        return Response(contract_answer(self.contract(application_id), request))


class ContractHtmlView(ContractEndpoint):
    content_negotiation_class = OneFormat

    @extend_schema(operation_id="contract_html", responses={(200, "text/html"): OpenApiTypes.STR})
    def get(self, request: Request, application_id: UUID) -> HttpResponse:
        contract = self.contract(application_id)
        return paper(
            bytes(contract.html), "text/html; charset=utf-8", f"{contract.contract_no}.html"
        )


class ContractPdfView(ContractEndpoint):
    content_negotiation_class = OneFormat

    @extend_schema(
        operation_id="contract_pdf", responses={(200, "application/pdf"): OpenApiTypes.BINARY}
    )
    def get(self, request: Request, application_id: UUID) -> HttpResponse:
        contract = self.contract(application_id)
        return paper(
            contracts.ensure_pdf(contract), "application/pdf", f"{contract.contract_no}.pdf"
        )


def paper(content: bytes, content_type: str, name: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=content_type)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
