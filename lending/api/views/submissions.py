"""``POST applications/{id}/submit/``: the machine may decide."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from lending.api import devices
from lending.api.endpoints import CustomerEndpoint
from lending.api.idempotency import idempotent
from lending.api.serializers.applications import ApplicationAnswer, application_answer
from lending.api.serializers.submissions import EmptyBody
from lending.services import submissions


class SubmissionView(CustomerEndpoint):
    @extend_schema(
        operation_id="application_submit",
        parameters=[devices.PARAMETER],
        request=EmptyBody,
        responses={202: ApplicationAnswer},
    )
    @idempotent
    def post(self, request: Request, application_id: UUID) -> Response:
        self.read(EmptyBody)
        application = submissions.submit(
            application_id=application_id,
            customer=self.customer,
            now=self.now,
            device=devices.device_id(request),
        )
        return Response(application_answer(application), status=202)
