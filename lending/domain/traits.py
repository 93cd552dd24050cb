"""Traits: what an application shows that another may show too, in one written form each. Pure."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from enum import StrEnum


class Kind(StrEnum):
    """What a trait is of. ``ASSISTED`` is a device while an officer lends it to applicants."""

    DEVICE = "device"
    ASSISTED = "assisted"
    ADDRESS = "address"
    MOBILE = "mobile"
    CARD = "card"
    TEXT = "text"
    IDENTITY = "identity"


#: How much sharing a trait says about two people; kinds that are not here are no edge of the graph.
#: A home or a number is shared by every family, a phone often; a card or an identity by nobody.
WEIGHTS: Mapping[Kind, int] = {
    Kind.ADDRESS: 1,
    Kind.MOBILE: 1,
    Kind.DEVICE: 2,
    Kind.CARD: 3,
    Kind.IDENTITY: 3,
}
#: Two people are strongly joined by a card or an identity, or by a phone and a home together: a
#: shared phone alone is not a crime.
STRONG_WEIGHT = 3
TEXT_MIN = 8
DEVICE_FORM = r"[A-Za-z0-9_\-]{16,64}"
_DEVICE = re.compile(DEVICE_FORM, re.ASCII)
_NOT_WRITING = re.compile(r"[\W_]+")
_CODE_WORD = re.compile(r"[a-z0-9_]{1,40}", re.ASCII)
_DOOR = re.compile(r"[0-9一二三四五六七八九十百〇零]+(号|室|户|幢|栋|单元)|[0-9]+$")


def edge_kinds() -> list[str]:
    return [kind.value for kind in WEIGHTS]


def is_strong(kinds: Iterable[str]) -> bool:
    """Whether sharing these kinds joins two people strongly; each kind counts once."""
    return sum(WEIGHTS[Kind(kind)] for kind in set(kinds)) >= STRONG_WEIGHT


def normalised(text: str) -> str:
    """Letters and digits only, full-width as half-width, small letters: what copying leaves alike."""
    return _NOT_WRITING.sub("", unicodedata.normalize("NFKC", text)).lower()


def household(address: str) -> str | None:
    """The address in one form if it names a door; ``None`` for a hamlet or nothing.

    A village group (村民小组) is the address of dozens: sharing it says nothing about two people.
    """
    form = normalised(address)
    return form if len(form) >= 6 and _DOOR.search(form) else None


def own_words(text: object, *, address: str = "") -> str | None:
    """A text a person wrote themselves, in one form; ``None`` for choices, short words, the address."""
    if not isinstance(text, str) or _CODE_WORD.fullmatch(text):
        return None
    form, home = normalised(text), normalised(address)
    if len(form) < TEXT_MIN or form.isdigit() or (home and (form in home or home in form)):
        return None
    return form


def is_device(text: str) -> bool:
    """Whether this may be a device's random id: 16–64 letters, digits, ``_`` or ``-``."""
    return bool(_DEVICE.fullmatch(text))
