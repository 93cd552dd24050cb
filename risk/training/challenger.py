"""The challenger: gradient boosting that may only move one way in each number, with calibrated
odds.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.model_selection import StratifiedKFold
from threadpoolctl import threadpool_limits

from risk.training.binning import Floats, Ints, fit_binning
from risk.training.table import Column

_SEED = 20261124
_CALIBRATION_FOLDS = 3
_EPSILON = 1e-9
_LEAF_MIN = 20
#: Below this many rows the threads wait for each other longer than they work.
_THREADED_ROWS = 50_000


@dataclass(frozen=True)
class Challenger:
    """``codes`` turn words into numbers, column by column in the order learnt; unseen words are
    gaps.
    """

    model: Any
    columns: tuple[str, ...]
    codes: Mapping[str, Mapping[str, int]]

    def log_odds(self, columns: Sequence[Column]) -> Floats:
        """Of good, whatever the order of ``columns``."""
        by_name = {column.name: column for column in columns}
        ordered = [by_name[name] for name in self.columns]
        with threadpool_limits(1 if len(columns[0]) < _THREADED_ROWS else None):
            foretold = self.model.predict_proba(matrix(ordered, self.codes))[:, 1]
        bad = np.clip(foretold, _EPSILON, 1 - _EPSILON)
        odds: Floats = np.log((1 - bad) / bad)
        return odds


def fit_challenger(columns: Sequence[Column], bad: Ints) -> Challenger:
    """Boosting with the direction of each number's own evidence as constraint. Deterministic."""
    codes = {
        column.name: {word: i for i, word in enumerate(column.vocabulary)}
        for column in columns
        if not column.is_numeric
    }
    directions = [fit_binning(c, bad).direction if c.is_numeric else 0 for c in columns]
    boosting = HistGradientBoostingClassifier(
        learning_rate=0.08,
        max_iter=100,
        max_leaf_nodes=6,
        min_samples_leaf=max(min(_LEAF_MIN, len(bad) // 10), 1),
        l2_regularization=5.0,
        max_features=0.5,
        monotonic_cst=directions,
        random_state=_SEED,
        early_stopping=False,
    )
    smallest = int(min(bad.sum(), len(bad) - bad.sum()))
    if smallest >= _CALIBRATION_FOLDS:
        folds = StratifiedKFold(_CALIBRATION_FOLDS, shuffle=True, random_state=_SEED)
        model: Any = CalibratedClassifierCV(boosting, method="sigmoid", cv=folds)
    else:
        model = boosting
    names = tuple(column.name for column in columns)
    with threadpool_limits(1 if len(bad) < _THREADED_ROWS else None):
        model.fit(matrix(columns, codes), bad)
    return Challenger(model, names, codes)


def matrix(columns: Sequence[Column], codes: Mapping[str, Mapping[str, int]]) -> Floats:
    """Numbers as they are, words by code, gaps as NaN."""
    parts = []
    for column in columns:
        if column.numbers is not None:
            parts.append(column.numbers)
            continue
        table = codes[column.name]
        values = np.array([*(table.get(word, np.nan) for word in column.vocabulary), np.nan])
        parts.append(values[column.codes])
    return np.column_stack(parts)
