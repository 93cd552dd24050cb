"""The desk's tables of words: each name belongs to one file, or the later silently replaces the other."""

import importlib
import pkgutil
from collections import Counter

from lending.views import officer


def test_no_two_files_give_words_under_one_name() -> None:
    names: Counter[str] = Counter()
    for module in pkgutil.iter_modules(officer.__path__):
        if module.name.endswith("_words"):
            words = importlib.import_module(f"{officer.__name__}.{module.name}")
            names.update(list(getattr(words, "TABLES", {})))
    assert names
    assert [name for name, times in names.items() if times > 1] == []
