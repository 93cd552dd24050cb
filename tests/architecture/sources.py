"""The project's own Python files, parsed once."""

import ast
from functools import cache
from pathlib import Path

from deploy.place import PROJECT

APPS = ("products", "risk", "lending", "marketing")


@cache
def files(*folders: str) -> tuple[Path, ...]:
    """Python files under the folders, without generated migrations, as paths from the project's root."""
    found = (path for folder in folders for path in (PROJECT / folder).rglob("*.py"))
    return tuple(sorted(p.relative_to(PROJECT) for p in found if "migrations" not in p.parts))


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse((PROJECT / path).read_text(encoding="utf-8"), filename=str(path))


def name_of(node: ast.AST) -> str:
    """``a.b.c`` of an attribute chain, or the empty string."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{name_of(node.value)}.{node.attr}".lstrip(".")
    return ""
