"""``POST applications/{id}/sign/``; and another payout when the bank refused the card."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from lending.api.addresses import client_ip
from lending.api.endpoints import CustomerEndpoint
from lending.api.idempotency import idempotent
from lending.api.serializers.applications import ApplicationAnswer, application_answer
from lending.api.serializers.signatures import SignRequest
from lending.api.serializers.submissions import EmptyBody
from lending.services import disbursements, signatures


class SignView(CustomerEndpoint):
    @extend_schema(
        operation_id="contract_sign",
        request=SignRequest,
        responses={202: ApplicationAnswer},
    )
    @idempotent
    def post(self, request: Request, application_id: UUID) -> Response:
        body = self.read(SignRequest)
        application = signatures.sign(
            application_id=application_id,
            customer=self.customer,
            otp=body["otp"],
            document_sha256=body["document_sha256"],
            cost_sheet_seconds=body["cost_sheet_seconds"],
            client_ip=client_ip(request),
            user_agent=request.headers.get("User-Agent", ""),
            now=self.now,
        )
        return Response(application_answer(application), status=202)


class PayoutView(CustomerEndpoint):
    """After the bank refused the card and another one was bound."""

    @extend_schema(
        operation_id="payout_retry",
        request=EmptyBody,
        responses={202: ApplicationAnswer},
    )
    @idempotent
    def post(self, request: Request, application_id: UUID) -> Response:
        self.read(EmptyBody)
        application = disbursements.retry_payout(
            application_id=application_id, customer=self.customer, now=self.now
        )
        return Response(application_answer(application), status=202)
