"""``POST session/``: log in with the code. ``DELETE session/``: log out."""

from datetime import timedelta

from drf_spectacular.utils import extend_schema
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response

from lending.api.addresses import client_ip
from lending.api.authentication import CustomerTokenIfAny
from lending.api.endpoints import CustomerEndpoint
from lending.api.idempotency import idempotent
from lending.api.permissions import Anyone, IsCustomer
from lending.api.serializers.fields import time_text
from lending.api.serializers.sessions import SessionAnswer, SessionRequest
from lending.services import sessions
from products.encryption import blind_index


class SessionView(CustomerEndpoint):
    """The token is shown once; we keep its hash and, for repeats, 5 minutes the sealed answer."""

    authentication_classes = (CustomerTokenIfAny,)
    replay_for = timedelta(minutes=5)

    def get_permissions(self) -> list[BasePermission]:
        return [IsCustomer() if self.request.method == "DELETE" else Anyone()]

    def idempotency_actor(self, request: Request) -> str:
        mobile = self.read(SessionRequest)["mobile"]
        return f"mobile:{blind_index(mobile, purpose='idempotency-actor')}"

    @extend_schema(
        operation_id="session_open", request=SessionRequest, responses={201: SessionAnswer}, auth=[]
    )
    @idempotent
    def post(self, request: Request) -> Response:
        body = self.read(SessionRequest)
        opened = sessions.open_session(
            mobile=body["mobile"], otp=body["otp"], client_ip=client_ip(request), now=self.now
        )
        answer = {
            "token": opened.token,
            "customer_id": str(opened.customer.pk),
            "expires_at": time_text(opened.expires_at),
        }
        return Response(answer, status=201)

    @extend_schema(
        operation_id="session_close", responses={204: None}, auth=[{"customerToken": []}]
    )
    def delete(self, request: Request) -> Response:
        sessions.close_session(token=str(request.auth), now=self.now)
        return Response(status=204)
