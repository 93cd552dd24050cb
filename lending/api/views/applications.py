"""Applications: start, list, look (with long poll), withdraw."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from lending.api import devices
from lending.api.endpoints import CustomerEndpoint
from lending.api.idempotency import idempotent
from lending.api.paging import Pages
from lending.api.serializers.applications import (
    ApplicationAnswer,
    ApplicationRow,
    StartRequest,
    WithdrawalRequest,
    application_answer,
    application_row,
)
from lending.api.waiting import wait_for_result
from lending.selectors import applications as application_selectors
from lending.services import applications

WAIT_MAX_S = 10


class ApplicationsView(CustomerEndpoint):
    pagination_class = Pages

    @extend_schema(operation_id="application_list", responses=ApplicationRow(many=True))
    def get(self, request: Request) -> Response:
        rows = self.customer.loanapplication_set.order_by("-created_at", "pk")
        return self.paged(rows, application_row)

    @extend_schema(
        operation_id="application_start",
        parameters=[devices.PARAMETER],
        request=StartRequest,
        responses={201: ApplicationAnswer},
    )
    @idempotent
    def post(self, request: Request) -> Response:
        body = self.read(StartRequest)
        application = applications.start(
            customer=self.customer,
            qr_code=body["qr_code"],
            purpose=body["purpose"],
            requested_amount=body.get("requested_amount"),
            source_token="",
            channel="api",
            now=self.now,
            device=devices.device_id(request),
            location=body.get("location"),
        )
        return Response(application_answer(application), status=201)


class ApplicationView(CustomerEndpoint):
    @extend_schema(
        operation_id="application_get",
        parameters=[
            OpenApiParameter(
                "wait",
                {"type": "integer", "minimum": 0, "maximum": WAIT_MAX_S},
                description="Seconds (0–10) to wait for the machine's result before answering.",
            )
        ],
        responses=ApplicationAnswer,
    )
    def get(self, request: Request, application_id: UUID) -> Response:
        seconds = _wait_seconds(request.query_params.get("wait"))
        application = application_selectors.of_customer(application_id, self.customer)
        if seconds and wait_for_result(application, seconds):
            application = application_selectors.of_customer(application_id, self.customer)
        return Response(application_answer(application))


class WithdrawalView(CustomerEndpoint):
    @extend_schema(
        operation_id="application_withdraw",
        request=WithdrawalRequest,
        responses={200: ApplicationAnswer},
    )
    @idempotent
    def post(self, request: Request, application_id: UUID) -> Response:
        body = self.read(WithdrawalRequest)
        application = applications.withdraw(
            application_id=application_id,
            customer=self.customer,
            reason=body["reason"],
            now=self.now,
        )
        return Response(application_answer(application))


def _wait_seconds(text: str | None) -> int:
    """Whole seconds, more than 10 cut to 10; 400 for anything else."""
    if text is None:
        return 0
    if not text.isascii() or not text.isdigit() or len(text) > 10:
        raise ValidationError({"wait": [_("Send a whole number of seconds from 0 to 10.")]})
    return min(int(text), WAIT_MAX_S)
