"""Idempotency keys: one key, one effect, one answer (reliability R7).

The claim is a row of its own, committed first, so that parallel repeats see it. The effect and the
stored answer then commit in ONE transaction: after a crash there is either both or neither, and a
claim left behind by a killed process runs out with its lease. An endpoint whose service talks to
the outside (``commits_itself``) stores its answer right after instead. Refusals (4xx) and failures
(5xx) are not stored, so a corrected or later repeat is processed. Leases use the database's clock.
"""

import contextlib
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, Protocol
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db import DatabaseError, transaction
from django.db.models.functions import Now
from django.http import HttpResponse, QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from lending.errors import DomainError
from lending.models import IdempotencyKey
from products.encryption import blind_index

LEASE = timedelta(seconds=60)
KEY_LENGTH_MAX = 200


class InvalidKey(DomainError):
    code = "invalid_idempotency_key"
    status = 400


class KeyReuse(DomainError):
    code = "idempotency_key_reuse"
    status = 422


class InProgress(DomainError):
    code = "request_in_progress"
    status = 409


@dataclass(frozen=True)
class Claim:
    """The right to run a request; ``locked_until`` is the fencing token of a lease taken over."""

    row_id: UUID
    locked_until: datetime


class IdempotentView(Protocol):
    """Who acts, how errors become answers, how long a secret answer replays."""

    replay_for: timedelta | None
    commits_itself: bool

    def idempotency_actor(self, request: Request) -> str: ...

    def handle_exception(self, exc: Exception) -> Response: ...


def fingerprint(data: Any) -> str:
    """64 hex digits for the request's meaning: order of keys and white space do not count.

    Keyed, because bodies hold ID numbers and SMS codes that a plain hash would let one guess.
    """
    if isinstance(data, QueryDict):
        data = {name: [_member(value) for value in data.getlist(name)] for name in data}
    canonical = json.dumps(data, sort_keys=True, ensure_ascii=False, default=str)
    return blind_index(canonical, purpose="idempotency")


def _member(value: Any) -> Any:
    if not isinstance(value, UploadedFile):
        return value
    digest = hashlib.sha256()
    for chunk in value.chunks():
        digest.update(chunk)
    value.seek(0)
    return {"sha256": digest.hexdigest()}


def _checked_key(key: str) -> str:
    if not 0 < len(key) <= KEY_LENGTH_MAX or not key.isascii() or not key.isprintable():
        raise InvalidKey(_("The Idempotency-Key must be 1 to 200 printable ASCII characters."))
    return key


def claim(
    *, actor: str, endpoint: str, key: str, digest: str, replay_for: timedelta | None
) -> Claim | IdempotencyKey:
    """The right to run, or the finished row to replay. Raises ``KeyReuse`` or ``InProgress``."""
    row = IdempotencyKey(
        actor=actor,
        endpoint=endpoint,
        key=key,
        request_sha256=digest,
        created_at=Now(),
        locked_until=Now() + LEASE,
    )
    for _attempt in range(3):  # a refused request deletes its row between our insert and our look
        IdempotencyKey.objects.bulk_create([row], ignore_conflicts=True)
        found = IdempotencyKey.objects.filter(actor=actor, endpoint=endpoint, key=key).first()
        if found is not None:
            break
    else:
        raise _in_progress()
    if found.pk == row.pk:
        return Claim(found.pk, found.locked_until)
    _refuse_reuse(found, digest, replay_for)
    if found.state == IdempotencyKey.State.DONE:
        return found
    return _take_over(found)


def _refuse_reuse(found: IdempotencyKey, digest: str, replay_for: timedelta | None) -> None:
    """Same key, other body → ``KeyReuse``.

    A secret answer (a token) is burnt by a wrong repeat and by age: else a replay would let one try
    SMS codes without the limit on tries.
    """
    is_stale = replay_for is not None and found.created_at < timezone.now() - replay_for
    if found.request_sha256 == digest and not is_stale:
        return
    if replay_for is not None and found.state == IdempotencyKey.State.DONE:
        IdempotencyKey.objects.filter(pk=found.pk).update(request_sha256="", body=None)
    raise KeyReuse(_("This Idempotency-Key was already used for another request."))


def _in_progress() -> InProgress:
    return InProgress(_("The same request is still running."), retry_after_s=1)


def _take_over(found: IdempotencyKey) -> Claim:
    """A lease that ran out belonged to a process that died before its commit: nothing was done."""
    running = IdempotencyKey.objects.filter(pk=found.pk, state=IdempotencyKey.State.RUNNING)
    if not running.filter(locked_until__lt=Now()).update(locked_until=Now() + LEASE):
        raise _in_progress()
    return Claim(found.pk, running.get().locked_until)


def _claimed(taken: Claim) -> Any:
    return IdempotencyKey.objects.filter(
        pk=taken.row_id, state=IdempotencyKey.State.RUNNING, locked_until=taken.locked_until
    )


def _store(taken: Claim, answer: HttpResponse) -> bool:
    """Keep the answer in the effect's transaction; False when the lease went to another."""
    row = _claimed(taken).select_for_update().first()
    if row is None:
        return False
    row.state = IdempotencyKey.State.DONE
    row.status_code = answer.status_code
    row.body = {"text": answer.content.decode()}
    row.save(update_fields=["state", "status_code", "body"])
    return True


def _as_bytes(response: Response) -> HttpResponse:
    """Rendered once, so that the first answer and its replays are the same bytes."""
    content = b"" if response.data is None else JSONRenderer().render(response.data)
    content_type = response.content_type or "application/json"
    answer = HttpResponse(content, status=response.status_code, content_type=content_type)
    for name, value in response.headers.items():
        answer.headers.setdefault(name, value)
    return answer


def _answered(view: IdempotentView, respond: Callable[[], Response]) -> HttpResponse:
    try:
        return _as_bytes(respond())
    except Exception as error:  # whatever it is, the view's handler makes it an answer
        return _as_bytes(view.handle_exception(error))


def _run(taken: Claim, view: IdempotentView, respond: Callable[[], Response]) -> HttpResponse:
    early = _answered(view, respond) if view.commits_itself else None
    try:
        with transaction.atomic():
            answer = early or _answered(view, respond)
            if answer.status_code >= 500 or transaction.get_rollback():
                transaction.set_rollback(True)
            elif answer.status_code >= 400:
                # The refusal's own writes (a counted wrong code) stay; the key is free again.
                _claimed(taken).delete()
            elif not _store(taken, answer):
                transaction.set_rollback(True)
                answer = _as_bytes(view.handle_exception(_in_progress()))
    except Exception as error:  # a deferred constraint at commit, a lost connection
        answer = _as_bytes(view.handle_exception(error))
    if answer.status_code >= 500:
        _release(taken)
    return answer


def _release(taken: Claim) -> None:
    with contextlib.suppress(DatabaseError):  # the lease frees it
        _claimed(taken).delete()


def _replayed(row: IdempotencyKey) -> HttpResponse:
    answer = HttpResponse(
        row.body["text"].encode(), status=row.status_code, content_type="application/json"
    )
    answer.headers["Idempotency-Replayed"] = "true"
    return answer


def idempotent(method: Callable[..., Response]) -> Callable[..., HttpResponse]:
    """For a view's ``post``: honours the Idempotency-Key header when the client sends one."""

    @wraps(method)
    def post(view: IdempotentView, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        key = request.headers.get("Idempotency-Key")
        if key is None:
            return method(view, request, *args, **kwargs)
        taken = claim(
            actor=view.idempotency_actor(request),
            endpoint=f"POST {request.path}"[:120],
            key=_checked_key(key),
            digest=fingerprint(request.data),
            replay_for=view.replay_for,
        )
        if isinstance(taken, IdempotencyKey):
            return _replayed(taken)
        return _run(taken, view, lambda: method(view, request, *args, **kwargs))

    return post
