"""Reading request bodies strictly: what cannot be meant is refused before a service sees it."""

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import IO, Any

from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import BaseParser, MultiPartParser

BODY_LIMIT = 1_000_000
PICTURE_LIMIT = 5_000_000
#: Two pictures and the form around them.
MULTIPART_LIMIT = 2 * PICTURE_LIMIT + 100_000
DEPTH_LIMIT = 20


class BodyTooLarge(APIException):
    status_code = 413
    default_code = "body_too_large"
    default_detail = _("The request is too large.")


def _refuse_constant(name: str) -> Any:
    raise ValueError(name)


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("repeated key")
    return members


def _refuse_unstorable(value: Any, depth: int = 0) -> None:
    """No NUL, no lone surrogate, no tower of brackets: none can be stored, none is meant."""
    if depth > DEPTH_LIMIT:
        raise ValueError("too deep")
    if isinstance(value, str):
        if "\x00" in value:
            raise ValueError("NUL")
        value.encode()  # a lone surrogate raises UnicodeEncodeError, a ValueError
    elif isinstance(value, dict):
        for name, member in value.items():
            _refuse_unstorable(name, depth + 1)
            _refuse_unstorable(member, depth + 1)
    elif isinstance(value, list):
        for member in value:
            _refuse_unstorable(member, depth + 1)


def parse_object(raw: bytes) -> dict[str, Any]:
    """One JSON object; numbers with a point become ``Decimal``. Raises ``ValueError``."""
    try:
        value = json.loads(
            raw.decode("utf-8"),
            parse_float=Decimal,
            parse_constant=_refuse_constant,
            object_pairs_hook=_unique_keys,
        )
        _refuse_unstorable(value)
    except RecursionError as error:
        raise ValueError("too deep") from error
    if not isinstance(value, dict):
        raise ValueError("not an object")
    return value


def _declared_length(parser_context: Mapping[str, Any] | None) -> int:
    request = (parser_context or {}).get("request")
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0) if request is not None else 0
    except ValueError:
        return 0


class StrictJSONParser(BaseParser):
    """A JSON object in UTF-8, at most 1 MB; no NaN, Infinity, repeated keys or NUL bytes."""

    media_type = "application/json"

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        if _declared_length(parser_context) > BODY_LIMIT:
            raise BodyTooLarge
        raw = stream.read(BODY_LIMIT + 1)
        if len(raw) > BODY_LIMIT:
            raise BodyTooLarge
        try:
            return parse_object(raw)
        except ValueError as error:
            raise ParseError(_("The body must be one JSON object in UTF-8.")) from error


class PicturesParser(MultiPartParser):
    """A form with pictures; refused by its declared length before a byte of it is kept."""

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        if _declared_length(parser_context) > MULTIPART_LIMIT:
            raise BodyTooLarge
        return super().parse(stream, media_type, parser_context)
