"""Personal data at rest: AES-256-GCM per field and a blind index for exact look-up (D13).

Stored bytes: version(1) ‖ key-id length(1) ‖ key-id ‖ nonce(12) ‖ ciphertext+tag. The associated data is
``table|column|row``, so a ciphertext copied to another row does not open. Keys come from ``FIELD_KEYS``
("id:hex64,id2:hex64", newest first; the first encrypts, all decrypt), never from the database.
It lives in ``products`` because every app above may store personal data and imports point this way.
"""

import hmac
import json
import os
from collections.abc import Callable
from functools import lru_cache
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import models

_VERSION = 1
_NONCE_BYTES = 12
#: The index of ID numbers is one for customers and lists, so that they can be joined.
ID_NUMBER_PURPOSE = "id_number"


class Undecryptable(ValueError):
    """The bytes do not open with any key of the ring for this table, column and row."""


@lru_cache(maxsize=8)
def _ring(field_keys: str) -> tuple[tuple[str, bytes], ...]:
    ring = []
    for entry in filter(None, field_keys.split(",")):
        key_id, _, hex_key = entry.partition(":")
        key = bytes.fromhex(hex_key)
        if len(key) != 32 or not key_id:
            raise ImproperlyConfigured("FIELD_KEYS must be id:64 hex digits, separated by commas")
        ring.append((key_id, key))
    if not ring:
        raise ImproperlyConfigured("FIELD_KEYS is empty")
    return tuple(ring)


def encrypt(plain: bytes, *, context: str) -> bytes:
    """Encrypt with the ring's first key, bound to ``context`` (``table|column|row``)."""
    key_id, key = _ring(settings.FIELD_KEYS)[0]
    nonce = os.urandom(_NONCE_BYTES)
    sealed = AESGCM(key).encrypt(nonce, plain, context.encode())
    return bytes([_VERSION, len(key_id)]) + key_id.encode() + nonce + sealed


def decrypt(stored: bytes, *, context: str) -> bytes:
    """Open what ``encrypt`` made for the same context; raises ``Undecryptable`` otherwise."""
    try:
        id_end = 2 + stored[1]
        key = dict(_ring(settings.FIELD_KEYS))[stored[2:id_end].decode()]
        nonce, sealed = stored[id_end : id_end + _NONCE_BYTES], stored[id_end + _NONCE_BYTES :]
        return AESGCM(key).decrypt(nonce, sealed, context.encode())
    except Exception as error:  # one outcome for the caller: it does not open
        raise Undecryptable(context) from error


def opener() -> Callable[[bytes, str], bytes]:
    """``decrypt(stored, context)`` for very many values: each key's cipher is set up once."""
    ciphers = {key_id.encode(): AESGCM(key) for key_id, key in _ring(settings.FIELD_KEYS)}

    def opened(stored: bytes, context: str) -> bytes:
        try:
            start = 2 + stored[1]
            sealed_at = start + _NONCE_BYTES
            return ciphers[stored[2:start]].decrypt(
                stored[start:sealed_at], stored[sealed_at:], context.encode()
            )
        except Exception as error:  # one outcome for the caller: it does not open
            raise Undecryptable(context) from error

    return opened


def blind_index(value: str, *, purpose: str) -> str:
    """HMAC-SHA-256 of ``value`` for exact look-up without decrypting; ``purpose`` keeps indexes apart.

    The index key is derived from the ring's LAST key, which a rotation keeps, so indexes stay stable.
    """
    return blind_indexer(purpose=purpose)(value)


def blind_indexer(*, purpose: str) -> Callable[[str], str]:
    """``blind_index`` for many values of one purpose: the index key is derived once."""
    _, key = _ring(settings.FIELD_KEYS)[-1]
    index_key = hmac.digest(key, b"blind-index|" + purpose.encode(), "sha256")
    return lambda value: hmac.digest(index_key, value.encode(), "sha256").hex()


class _Sealed:
    """Bytes as the database holds them; opened only when somebody reads the attribute."""

    def __init__(self, stored: bytes) -> None:
        self.stored = stored


class _EncryptedAttribute:
    def __init__(self, field: "EncryptedTextField") -> None:
        self.field = field

    def __get__(self, instance: models.Model | None, owner: type) -> Any:
        if instance is None:
            return self
        name = self.field.attname
        if name not in instance.__dict__:  # deferred
            instance.refresh_from_db(fields=[name])
        value = instance.__dict__[name]
        if isinstance(value, _Sealed):
            value = self.field.opened(value.stored, instance)
            instance.__dict__[name] = value
        return value

    def __set__(self, instance: models.Model, value: Any) -> None:
        instance.__dict__[self.field.attname] = value


class EncryptedTextField(models.BinaryField):
    """Text encrypted at rest. The row's primary key must exist before saving (use UUID keys)."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("editable", False)
        super().__init__(*args, **kwargs)

    def contribute_to_class(self, cls: type, name: str, **kwargs: Any) -> None:  # type: ignore[override]
        super().contribute_to_class(cls, name, **kwargs)
        setattr(cls, self.attname, _EncryptedAttribute(self))

    def context(self, instance: models.Model) -> str:
        return f"{instance._meta.db_table}|{self.column}|{instance.pk}"

    def opened(self, stored: bytes, instance: models.Model) -> Any:
        return decrypt(stored, context=self.context(instance)).decode()

    def sealed(self, value: Any, instance: models.Model) -> bytes:
        return encrypt(str(value).encode(), context=self.context(instance))

    def from_db_value(self, value: Any, *_: Any) -> Any:
        return None if value is None else _Sealed(bytes(value))

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        value = model_instance.__dict__.get(self.attname)
        if value is None or isinstance(value, _Sealed):
            return value.stored if value is not None else None
        if model_instance.pk is None:
            raise ValueError("an encrypted field needs the row's key before it is saved")
        return self.sealed(value, model_instance)

    def get_default(self) -> Any:
        return None if self.null else ""


class EncryptedJSONField(EncryptedTextField):
    """A JSON value encrypted at rest."""

    def opened(self, stored: bytes, instance: models.Model) -> Any:
        return json.loads(super().opened(stored, instance))

    def sealed(self, value: Any, instance: models.Model) -> bytes:
        return super().sealed(json.dumps(value, ensure_ascii=False, sort_keys=True), instance)

    def get_default(self) -> Any:
        return None if self.null else {}


class EncryptedBytesField(EncryptedTextField):
    """Bytes (a picture, a PDF) encrypted at rest."""

    def opened(self, stored: bytes, instance: models.Model) -> Any:
        return decrypt(stored, context=self.context(instance))

    def sealed(self, value: Any, instance: models.Model) -> bytes:
        return encrypt(bytes(value), context=self.context(instance))

    def get_default(self) -> Any:
        return None if self.null else b""


def mask_name(name: str) -> str:
    """陈桂英 → 陈**"""
    return name[:1] + "*" * max(len(name) - 1, 1) if name else ""


def mask_id_number(id_number: str) -> str:
    """510812199001010021 → 5108**********0021"""
    return f"{id_number[:4]}{'*' * (len(id_number) - 8)}{id_number[-4:]}" if len(id_number) > 8 else "****"


def mask_mobile(mobile: str) -> str:
    """13812346620 → 138****6620"""
    return f"{mobile[:3]}****{mobile[-4:]}" if len(mobile) >= 8 else "****"


def mask_card(card_number: str) -> str:
    """6230520000001234 → **** 1234"""
    return f"**** {card_number[-4:]}" if len(card_number) >= 8 else "****"


def row_uuid(value: object) -> UUID:
    """A UUID from an address or a task body; raises ``ValueError`` for anything else."""
    return value if isinstance(value, UUID) else UUID(str(value))
