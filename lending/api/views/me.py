"""The logged-in person and what they allow."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from lending.api.endpoints import CustomerEndpoint
from lending.api.serializers.me import (
    MeAnswer,
    PreferencesAnswer,
    PreferencesRequest,
    me_answer,
    preferences_answer,
)
from lending.services import consents, preferences


class MeView(CustomerEndpoint):
    @extend_schema(operation_id="me_get", responses=MeAnswer)
    def get(self, request: Request) -> Response:
        return Response(me_answer(self.customer))


class PreferencesView(CustomerEndpoint):
    @extend_schema(
        operation_id="preferences_put", request=PreferencesRequest, responses=PreferencesAnswer
    )
    def put(self, request: Request) -> Response:
        body = self.read(PreferencesRequest)
        consents.set_marketing(customer=self.customer, accepts=body["marketing"], now=self.now)
        preferences.set_contact(
            customer=self.customer, wishes=body.get("contact", {}), now=self.now
        )
        return Response(preferences_answer(self.customer))
