"""Two identities, never mixed (D14): applicants by bearer token, staff by session and TOTP."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework.authentication import (
    BaseAuthentication,
    SessionAuthentication,
    get_authorization_header,
)
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from lending.models import Customer
from lending.selectors import customers

_TOKEN_LENGTH_MAX = 200


class CustomerToken(BaseAuthentication):
    """``Authorization: Bearer <token>`` of a customer's session; no cookie, so no CSRF."""

    def authenticate(self, request: Request) -> tuple[Customer, str] | None:
        header = get_authorization_header(request).split()
        if not header:
            return None
        if len(header) != 2 or header[0].lower() != b"bearer" or len(header[1]) > _TOKEN_LENGTH_MAX:
            raise AuthenticationFailed(_("Please log in again."))
        token = header[1].decode("ascii", errors="replace")
        customer = customers.by_token(token, timezone.now())
        if customer is None:
            raise AuthenticationFailed(_("Please log in again."))
        return customer, token

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="shandai"'


class StaffSession(SessionAuthentication):
    """The staff cookie with CSRF. Nobody logged in → 401, not DRF's 403."""

    def authenticate_header(self, request: Any) -> str:
        return 'Session realm="desk"'


class CustomerTokenIfAny(CustomerToken):
    """For endpoints before log-in: an old token is no reason to refuse a new code."""

    def authenticate(self, request: Request) -> tuple[Customer, str] | None:
        try:
            return super().authenticate(request)
        except AuthenticationFailed:
            return None
