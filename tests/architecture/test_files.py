"""House sizes and house rules that a reader relies on."""

import ast
from pathlib import Path

from deploy.place import PROJECT
from tests.architecture.sources import APPS, files, name_of, tree

OURS = (*APPS, "config", "deploy", "sandbox", "bench")
MAX_FILE_LINES = 300
MAX_FUNCTION_LINES = 50


def test_files_stay_short() -> None:
    long = {
        str(path): lines
        for path in files(*OURS)
        if (lines := len((PROJECT / path).read_text(encoding="utf-8").splitlines()))
        > MAX_FILE_LINES
    }
    assert long == {}


def test_functions_stay_short() -> None:
    long = [
        f"{path}:{node.lineno} {node.name}"
        for path in files(*OURS)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno >= MAX_FUNCTION_LINES
    ]
    assert long == []


def test_no_drawer_for_odds_and_ends() -> None:
    drawers = {"utils.py", "helpers.py", "common.py", "misc.py"}
    assert [str(path) for path in files(*OURS) if path.name in drawers] == []


def test_services_take_keywords_only() -> None:
    """What acts at a moment is called by name of argument, save the one noun it acts on."""
    positional = [
        f"{path}:{node.lineno} {node.name}"
        for path in files(*APPS)
        if path.parent.name == "services" or path.name == "services.py"
        for node in tree(path).body
        if isinstance(node, ast.FunctionDef)
        and not node.name.startswith("_")
        and "now" in {a.arg for a in (*node.args.args, *node.args.kwonlyargs)}
        and len(node.args.args) > 1
    ]
    assert positional == []


def test_domain_and_services_ask_no_clock() -> None:
    """Time is an argument (D6)."""
    clocks = {
        "timezone.now",
        "datetime.now",
        "date.today",
        "dt.datetime.now",
        "dt.date.today",
        "datetime.datetime.now",
        "datetime.date.today",
        "time.time",
    }

    def is_pure(path: Path) -> bool:
        return bool({"domain", "services"} & set(path.parts)) or path.name == "services.py"

    asked = [
        f"{path}:{node.lineno} {name}"
        for path in files(*APPS)
        if is_pure(path)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and (name := name_of(node.func)) in clocks
    ]
    assert asked == []


def test_no_signals_for_flow() -> None:
    """Apps hear of each other by the event feed, never by Django's signals."""
    found = [
        f"{path}:{node.lineno}"
        for path in files(*APPS)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ImportFrom)
        and (node.module or "").startswith("django.db.models.signals")
    ]
    assert found == []
