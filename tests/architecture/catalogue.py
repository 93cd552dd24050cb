"""What the sources ask to have translated, and what the catalogue gives; without gettext's programs."""

import ast
import gettext
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.utils.translation.template import templatize

from deploy.place import PROJECT
from tests.architecture.sources import files, name_of, tree

PO = PROJECT / "locale/zh_Hans/LC_MESSAGES/django.po"
MO = PO.with_suffix(".mo")
#: function → positions of (context, message, plural) among its arguments
FUNCTIONS: dict[str, tuple[int | None, int, int | None]] = {
    "gettext": (None, 0, None),
    "ngettext": (None, 0, 1),
    "pgettext": (0, 1, None),
    "npgettext": (0, 1, 2),
}
_STRING = r"u?'(?:\\.|[^'\\])*'|u?\"(?:\\.|[^\"\\])*\""
_CALL = re.compile(rf"\b(gettext|ngettext|pgettext|npgettext|_)\(((?:{_STRING}|,|\s)+)", re.S)
_PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%%|\{\w*\}|</?\w+>")


@dataclass(frozen=True, order=True)
class Message:
    """What identifies an entry: gettext looks up context and message; the plural rides along."""

    text: str
    context: str = ""
    plural: str = ""

    @property
    def placeholders(self) -> frozenset[str]:
        return placeholders(self.plural or self.text)


@dataclass(frozen=True)
class Entry:
    message: Message
    translation: str
    fuzzy: bool


def placeholders(text: str) -> frozenset[str]:
    """``%(name)s``, ``%%``, ``{name}`` and tags, which a translation must keep."""
    return frozenset(_PLACEHOLDER.findall(text))


# ── what the sources ask for ──
def python_messages(*folders: str) -> Iterator[tuple[Path, int, Message | None]]:
    """Each translated string of the code; None where it is put together at run time."""
    for path in files(*folders):
        aliases = _imported(tree(path))
        for node in ast.walk(tree(path)):
            kind = aliases.get(name_of(node.func)) if isinstance(node, ast.Call) else None
            if kind and isinstance(node, ast.Call):
                yield path, node.lineno, _of_call(node, FUNCTIONS[kind])


def _imported(module: ast.Module) -> dict[str, str]:
    """Name in this module → the function of ``FUNCTIONS`` it stands for."""
    found = {}
    for node in ast.walk(module):
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils":
            found |= {
                f"{a.asname or a.name}.{kind}{tail}": kind
                for a in node.names
                if a.name == "translation"
                for kind in FUNCTIONS
                for tail in ("", "_lazy", "_noop")
            }
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation":
            for name in node.names:
                kind = re.sub("_(lazy|noop)$", "", name.name)
                if kind in FUNCTIONS:
                    found[name.asname or name.name] = kind
    return found


def _of_call(node: ast.Call, places: tuple[int | None, int, int | None]) -> Message | None:
    context, text, plural = (
        "" if place is None else _constant(node.args[place : place + 1]) for place in places
    )
    if context is None or text is None or plural is None:
        return None
    return Message(text, context, plural)


def _constant(nodes: list[ast.expr]) -> str | None:
    value = nodes[0].value if nodes and isinstance(nodes[0], ast.Constant) else None
    return value if isinstance(value, str) else None


def template_messages(*folders: str) -> Iterator[tuple[Path, Message]]:
    """Each translated string of the templates, as Django hands them to gettext."""
    for folder in folders:
        for path in sorted((PROJECT / folder).rglob("*.html")):
            source = path.read_text(encoding="utf-8")
            for message in messages_of(source):
                yield path.relative_to(PROJECT), message


def messages_of(source: str) -> Iterator[Message]:
    """The translated strings of one template's source."""
    for name, arguments in _CALL.findall(templatize(source)):
        context, text, plural = FUNCTIONS["gettext" if name == "_" else name]
        strings = [ast.literal_eval(found) for found in re.findall(_STRING, arguments, re.S)]
        yield Message(
            strings[text],
            "" if context is None else strings[context],
            "" if plural is None else strings[plural],
        )


# ── what the catalogue gives ──
@cache
def entries() -> tuple[Entry, ...]:
    """The entries of the .po, without its header and without what is commented out."""
    blocks = re.split(r"\n\s*\n", PO.read_text(encoding="utf-8"))
    return tuple(entry for block in blocks if (entry := _entry(block)) and entry.message.text)


def _entry(block: str) -> Entry | None:
    fields: dict[str, str] = {}
    flags, key = "", ""
    for line in block.splitlines():
        if line.startswith("#,"):
            flags += line
        elif found := re.match(r'(msgctxt|msgid_plural|msgid|msgstr(?:\[0\])?) (".*")$', line):
            key = found[1].removesuffix("[0]")
            fields[key] = ast.literal_eval(found[2])
        elif line.startswith('"'):
            fields[key] += ast.literal_eval(line)
    if "msgid" not in fields:
        return None
    message = Message(fields["msgid"], fields.get("msgctxt", ""), fields.get("msgid_plural", ""))
    return Entry(message, fields.get("msgstr", ""), "fuzzy" in flags)


def compiled() -> dict[str, str]:
    """The .mo: ``context\\x04message`` or message → translation."""
    with MO.open("rb") as file:
        catalogue = vars(gettext.GNUTranslations(file))["_catalog"]
    return {
        key[0] if isinstance(key, tuple) else key: text for key, text in catalogue.items() if key
    }
