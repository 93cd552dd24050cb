"""``POST otp/``: a code by SMS."""

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from lending.api.addresses import client_ip
from lending.api.authentication import CustomerTokenIfAny
from lending.api.endpoints import OpenEndpoint
from lending.api.idempotency import idempotent
from lending.api.serializers.otp import OtpRequest
from lending.errors import InvalidInput, NotAuthenticated
from lending.models import Customer
from lending.services import otp as otp_service
from products.encryption import blind_index


class OtpView(OpenEndpoint):
    """The answer is always the same, so that nobody learns which numbers are customers."""

    authentication_classes = (CustomerTokenIfAny,)
    commits_itself = True  # the text message leaves before the answer

    def idempotency_actor(self, request: Request) -> str:
        if isinstance(request.user, Customer):
            return f"customer:{request.user.pk}"
        mobile = self.read(OtpRequest).get("mobile", "")
        return f"mobile:{blind_index(mobile, purpose='idempotency-actor')}"

    @extend_schema(
        operation_id="otp_send",
        request=OtpRequest,
        responses={204: None},
        auth=[{}, {"customerToken": []}],
    )
    @idempotent
    def post(self, request: Request) -> Response:
        body = self.read(OtpRequest)
        customer = request.user if isinstance(request.user, Customer) else None
        signing = body["purpose"] == "sign"
        if signing and customer is None:
            raise NotAuthenticated(_("Please log in again."))
        mobile = body.get("mobile") or (customer.mobile if signing and customer else "")
        if not mobile:
            raise InvalidInput.field("mobile", _("This field is required."))
        otp_service.send_code(
            mobile=mobile,
            purpose=body["purpose"],
            client_ip=client_ip(request),
            now=self.now,
            application_id=body.get("application") if signing else None,
            customer=customer if signing else None,
        )
        return Response(status=204)
