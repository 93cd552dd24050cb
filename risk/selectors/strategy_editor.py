"""Strategies for reading and writing at the desk: sheets, problems, differences, words.

The apps above see strategies through here; what the sheets mean is decided in ``risk.domain``.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from risk.domain import condition_words
from risk.domain.condition_text import TERMS
from risk.domain.features import FEATURES
from risk.domain.sheets import CELL_MAX as CELL_MAX
from risk.domain.sheets import ROWS_MAX as ROWS_MAX
from risk.domain.sheets import Column as Column
from risk.domain.sheets import Row as Row
from risk.domain.sheets import Sheet as Sheet
from risk.domain.sheets import SheetRefused as SheetRefused
from risk.domain.sheets import condition, typed_value
from risk.domain.strategy import GROUPS as GROUPS
from risk.domain.strategy_checks import score_range as score_range
from risk.domain.strategy_diff import CellChange as CellChange
from risk.domain.strategy_diff import RowChange as RowChange
from risk.domain.strategy_diff import SheetDiff as SheetDiff
from risk.domain.strategy_diff import diff as diff
from risk.domain.strategy_problems import ERROR as ERROR
from risk.domain.strategy_problems import Problem as Problem
from risk.domain.strategy_problems import problems as problems
from risk.domain.strategy_sheets import TABLE as TABLE
from risk.domain.strategy_sheets import apply as apply
from risk.domain.strategy_sheets import part_names as part_names
from risk.domain.strategy_sheets import sheets_of as sheets_of
from risk.domain.strategy_sheets_limits import SOLD_METHODS as SOLD_METHODS
from risk.domain.strategy_sheets_rules import known_types
from risk.domain.values import NotOfType


def vocabulary(definition: Mapping[str, Any]) -> list[tuple[str, str, str, str]]:
    """(name, type, Chinese, English) of everything a condition may name, and the product's terms."""
    named = condition_words.names(definition)
    rows = [
        (name, kind, *named.get(name, (name, name))) for name, kind in known_types(definition).items()
    ]
    return rows + [(f"terms.{name}", "terms", *condition_words.term_name(name)) for name in TERMS]


def names(definition: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    """Name → (Chinese, English) of values, formulas, what is decided, and what tables answer with."""
    return condition_words.names(definition)


def table_vocabulary() -> list[tuple[str, str, str, str]]:
    """What only the columns of a decision table may name, as ``vocabulary``."""
    decided = ("grade", "score", "limit_amount", "requested_amount")
    found = {name: condition_words.DERIVED_NAMES[name] for name in decided} | condition_words.OUTPUT_NAMES
    return [(name, "table", *words) for name, words in found.items()]


def sentence(condition: Any, definition: Mapping[str, Any], *, english: bool, say: Any = str) -> str:
    """A condition's JSON in words."""
    return condition_words.sentence(condition, condition_words.names(definition), english=english, say=say)


def condition_sentence(text: str, definition: Mapping[str, Any], *, english: bool, say: Any = str) -> str:
    """A condition's text in words; what cannot be read stays as it is."""
    return sentence(condition(text, known_types(definition)), definition, english=english, say=say)


@lru_cache(maxsize=1)
def feature_types() -> dict[str, str]:
    """Feature → type, of what a source or the person says (nothing derived)."""
    return {name: feature.type for name, feature in FEATURES.items()}


def read_value(name: str, text: str) -> Any:
    """A feature's value from what was typed, as JSON keeps it. Raises ``ValueError``."""
    feature = FEATURES[name]
    value = typed_value(text.strip(), feature.type)
    try:
        feature.read(value)
    except NotOfType as problem:
        raise ValueError(name) from problem
    return value
