"""A state is written by its state machine alone: elsewhere nobody assigns ``.state``."""

import ast
from pathlib import Path

from tests.architecture.sources import APPS, files, tree

# One writer per state machine; each asks the domain's table before it writes.
WRITERS = {
    Path("lending/services/moves.py"),
}


def assignments(path: Path) -> list[int]:
    """Lines that assign ``<something>.state`` of an application or a loan."""
    lines = []
    for node in ast.walk(tree(path)):
        targets = node.targets if isinstance(node, ast.Assign) else []
        for target in targets:
            if (
                isinstance(target, ast.Attribute)
                and target.attr == "state"
                and isinstance(target.value, ast.Name)
                and target.value.id in {"application", "app", "loan"}
            ):
                lines.append(node.lineno)
    return lines


def test_only_the_state_machine_writes_an_applications_state() -> None:
    offenders = {
        str(path): lines
        for path in files(*APPS)
        if path not in WRITERS and (lines := assignments(path))
    }
    assert offenders == {}
