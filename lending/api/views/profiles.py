"""``POST applications/{id}/profile/``: the few questions."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from lending.api.endpoints import CustomerEndpoint
from lending.api.idempotency import idempotent
from lending.api.serializers.applications import ApplicationAnswer, application_answer
from lending.api.serializers.profiles import ProfileRequest
from lending.services import profiles


class ProfileView(CustomerEndpoint):
    @extend_schema(
        operation_id="profile_save",
        request=ProfileRequest,
        responses={200: ApplicationAnswer},
    )
    @idempotent
    def post(self, request: Request, application_id: UUID) -> Response:
        application = profiles.save(
            application_id=application_id,
            customer=self.customer,
            answers=self.read(ProfileRequest),
            now=self.now,
        )
        return Response(application_answer(application))
