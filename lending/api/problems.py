"""Every refusal as RFC 9457 problem document: type, title, status, detail, code, errors.

``detail`` and ``errors`` are for people (translated), ``code`` is for programs (stable). Nothing
here ever carries a stack trace or a value the person sent.
"""

import traceback
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

import structlog
from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import Http404
from django.utils.translation import gettext as _
from redis.exceptions import RedisError
from rest_framework import exceptions
from rest_framework.response import Response

from lending.errors import DomainError
from lending.selectors import parameters
from products.selectors import MissingParameter

CONTENT_TYPE = "application/problem+json"
_TYPE = "urn:problem-type:shandai:{code}"
#: What programs read for the framework's own refusals.
_CODES = {
    "parse_error": "malformed_body",
    "invalid": "invalid_request",
    "authentication_failed": "not_authenticated",
    "permission_denied": "not_permitted",
    "throttled": "too_many_requests",
}

log = structlog.get_logger()


def problem(
    status: int,
    code: str,
    detail: Any,
    *,
    errors: Mapping[str, Sequence[Any]] | None = None,
    retry_after_s: int | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """One refusal. ``retry_after_s`` becomes the Retry-After header."""
    body = {
        "type": _TYPE.format(code=code.replace("_", "-")),
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": str(detail),
        "code": code,
        "errors": {field: [str(m) for m in messages] for field, messages in (errors or {}).items()},
    }
    response = Response(body, status=status, content_type=CONTENT_TYPE, headers=dict(headers or {}))
    if retry_after_s is not None:
        response.headers["Retry-After"] = str(max(1, retry_after_s))
    return response


def _flat_errors(detail: Any, prefix: str = "") -> dict[str, list[str]]:
    """DRF's nested error detail as ``{"field": [...], "list.0": [...]}``."""
    if isinstance(detail, Mapping):
        members = [(str(name), value) for name, value in detail.items()]
    elif isinstance(detail, list) and any(isinstance(item, list | Mapping) for item in detail):
        members = [(str(index), value) for index, value in enumerate(detail)]
    else:
        return {
            prefix or "body": [str(m) for m in (detail if isinstance(detail, list) else [detail])]
        }
    flat: dict[str, list[str]] = {}
    for name, value in members:
        name = "body" if name == "non_field_errors" else name
        flat.update(_flat_errors(value, f"{prefix}.{name}" if prefix else name) if value else {})
    return flat


def _of_framework(error: exceptions.APIException) -> Response:
    headers = {}
    if getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = str(error.auth_header)  # type: ignore[attr-defined]
    wait = getattr(error, "wait", None)
    if isinstance(error, exceptions.ValidationError):
        return problem(
            400,
            "invalid_request",
            _("Some values are missing or wrong."),
            errors=_flat_errors(error.detail),
        )
    if isinstance(error, exceptions.UnsupportedMediaType):  # its own text quotes the request
        return problem(415, "unsupported_media_type", _("We cannot read this kind of content."))
    code = str(getattr(error.detail, "code", error.default_code))
    detail = error.detail
    if isinstance(error, exceptions.NotAuthenticated):
        detail = _("Please log in again.")
    return problem(
        error.status_code,
        _CODES.get(code, code),
        detail,
        headers=headers,
        retry_after_s=None if wait is None else int(wait) + 1,
    )


def _unexpected(error: Exception, context: Mapping[str, Any]) -> Response:
    """Log where it happened, never what it said: messages of libraries may quote personal data."""
    frames = traceback.extract_tb(error.__traceback__)[-8:]
    log.error(
        "api.unexpected_error",
        error=type(error).__name__,
        view=type(context.get("view")).__name__,
        frames=[
            f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno}:{frame.name}" for frame in frames
        ],
    )
    return problem(500, "internal_error", _("Something went wrong on our side. Please try again."))


def problem_response(error: Exception, context: Mapping[str, Any]) -> Response:
    """DRF's exception handler: whatever a view raises becomes one problem document."""
    match error:
        case DomainError():
            return problem(
                error.status,
                error.code,
                error.message,
                errors=error.errors,
                retry_after_s=error.retry_after_s
                if error.status != 429
                else error.retry_after_s or 60,
            )
        case MissingParameter():
            return problem_response(parameters.refused(error), context)
        case exceptions.APIException():
            return _of_framework(error)
        case Http404():
            return problem(404, "not_found", _("We cannot find this."))
        case PermissionDenied():
            return problem(403, "not_permitted", _("You are not permitted to do this."))
        case RequestDataTooBig():
            return problem(413, "body_too_large", _("The request is too large."))
        case SuspiciousOperation() | UnicodeError():
            return problem(400, "malformed_body", _("We cannot read this request."))
        case OperationalError() | InterfaceError() | RedisError():
            log.warning("api.dependency_unavailable", error=type(error).__name__)
            return problem(
                503,
                "temporarily_unavailable",
                _("We are busy for a moment. Please try again."),
                retry_after_s=3,
            )
        case _:
            return _unexpected(error, context)
