"""``POST /callbacks/core-bank/``: what the core bank tells us by itself, signed."""

from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from lending.errors import DomainError
from lending.services import callbacks

_BODY_LIMIT = 64_000
_HEADER_LIMIT = 200


@csrf_exempt
@require_POST
def core_bank_callback(request: HttpRequest) -> JsonResponse:
    """The signature over time stamp and raw body replaces cookie and CSRF; each event counts once.

    200 ``{"result": "settled" | "repeated" | "unknown_key"}``; 403 for a bad or old signature,
    400 for an unreadable body.
    """
    timestamp = request.headers.get("X-Timestamp", "")
    signature = request.headers.get("X-Signature", "")
    if not _is_plain(timestamp) or not _is_plain(signature):
        return JsonResponse({"code": "not_permitted"}, status=403)
    raw_body = request.read(_BODY_LIMIT + 1)
    if len(raw_body) > _BODY_LIMIT:
        return JsonResponse({"code": "body_too_large"}, status=413)
    try:
        result = callbacks.receive_core_bank(
            raw_body=raw_body, timestamp=timestamp, signature=signature, now=timezone.now()
        )
    except DomainError as error:
        return JsonResponse({"code": error.code}, status=error.status)
    except (ValueError, RecursionError):  # signed, but not storable: NUL bytes, a tower of brackets
        return JsonResponse({"code": "invalid_input"}, status=400)
    return JsonResponse({"result": result})


def _is_plain(text: str) -> bool:
    return 0 < len(text) <= _HEADER_LIMIT and text.isascii()
