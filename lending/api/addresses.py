"""The client's address for limits: never what the client itself claims (ASVS 4.1.3)."""

from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest

_LENGTH_MAX = 45


def client_ip(request: HttpRequest) -> str:
    """What the outermost of ``TRUSTED_PROXY_COUNT`` proxies saw; with none, the socket's."""
    trusted = settings.TRUSTED_PROXY_COUNT
    forwarded = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
    if 0 < trusted <= len(forwarded) and _is_address(forwarded[-trusted]):
        return forwarded[-trusted][:_LENGTH_MAX]
    return str(request.META.get("REMOTE_ADDR", ""))[:_LENGTH_MAX]


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
