"""The challenger: gradient boosting that may only move one way in each number, with calibrated
odds.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.model_selection import StratifiedKFold

from risk.training.binning import Floats, Ints, fit_binning
from risk.training.table import Column

_SEED = 20261124
_CALIBRATION_FOLDS = 3
_EPSILON = 1e-9


@dataclass(frozen=True)
class Challenger:
    """``codes`` turn words into numbers; unseen words are gaps."""

    model: Any
    codes: dict[str, dict[str, int]]

    def log_odds(self, columns: Sequence[Column]) -> Floats:
        bad = np.clip(
            self.model.predict_proba(matrix(columns, self.codes))[:, 1], _EPSILON, 1 - _EPSILON
        )
        odds: Floats = np.log((1 - bad) / bad)
        return odds


def fit_challenger(columns: Sequence[Column], bad: Ints) -> Challenger:
    """Boosting with the direction of each number's own evidence as constraint. Deterministic."""
    codes = {
        column.name: {
            w: i for i, w in enumerate(sorted({w for w in column.words if w is not None}))
        }
        for column in columns
        if column.words is not None
    }
    directions = [fit_binning(c, bad).direction if c.is_numeric else 0 for c in columns]
    boosting = HistGradientBoostingClassifier(
        learning_rate=0.06,
        max_iter=150,
        max_leaf_nodes=8,
        min_samples_leaf=20,
        l2_regularization=1.0,
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
    return Challenger(model.fit(matrix(columns, codes), bad), codes)


def matrix(columns: Sequence[Column], codes: dict[str, dict[str, int]]) -> Floats:
    """Numbers as they are, words by code, gaps as NaN."""
    parts = []
    for column in columns:
        if column.numbers is not None:
            parts.append(column.numbers)
            continue
        table = codes[column.name]
        assert column.words is not None
        parts.append(
            np.array([np.nan if w is None else table.get(w, np.nan) for w in column.words])
        )
    return np.column_stack(parts)
