"""Train a points scorecard: binning → WoE → logistic regression → points; measured by
cross-validation.

Every fold bins and fits for itself, so the figures are of data the model has not seen. Points
follow the trade's usage: ``PDO`` points double the odds of being good, ``BASE_SCORE`` stands at
``BASE_ODDS``.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score, roc_curve
from sklearn.model_selection import StratifiedKFold

from risk.training.binning import Binning, Floats, Ints, fit_binning
from risk.training.table import Column, Table, UnusableTable

PDO, BASE_SCORE, BASE_ODDS = 20, 600, 50
IV_MIN = 0.02
_SEED = 20261124
_STRENGTH = 1.0


@dataclass(frozen=True)
class Model:
    """Log-odds of good = ``intercept`` + Σ weight × WoE; weights are never negative."""

    binnings: tuple[Binning, ...]
    weights: tuple[float, ...]
    intercept: float
    left_out: dict[str, str]

    def log_odds(self, columns: Sequence[Column]) -> Floats:
        by_name = {column.name: column for column in columns}
        total = np.full(_length(columns[0]), self.intercept)
        for binning, weight in zip(self.binnings, self.weights, strict=True):
            total += weight * binning.woe(by_name[binning.name])
        return total


@dataclass(frozen=True)
class Quality:
    """Means over folds and the spread (standard deviation) of the AUC."""

    auc: float
    auc_spread: float
    ks: float
    gini: float
    folds: int


def fit(columns: Sequence[Column], bad: Ints) -> Model:
    """Fit on all rows given. Raises ``UnusableTable`` if no feature tells goods from bads."""
    binnings = [fit_binning(column, bad) for column in columns]
    left_out = {b.name: f"IV {b.iv:.4f} below {IV_MIN}" for b in binnings if b.iv < IV_MIN}
    kept = [b for b in binnings if b.iv >= IV_MIN] or sorted(binnings, key=lambda b: -b.iv)[:1]
    by_name = {column.name: column for column in columns}
    while kept:
        woe = np.column_stack([b.woe(by_name[b.name]) for b in kept])
        regression = LogisticRegression(C=_STRENGTH, max_iter=1000).fit(woe, 1 - bad)
        weights = regression.coef_[0]
        worst = int(np.argmin(weights))
        if weights[worst] >= 0:
            return Model(
                tuple(kept), tuple(map(float, weights)), float(regression.intercept_[0]), left_out
            )
        # more evidence of good may not cost points: collinear features are dropped one by one
        left_out[kept[worst].name] = "sign against its own evidence"
        kept.pop(worst)
    raise UnusableTable("no feature tells good from bad")


def cross_validate(
    table: Table, folds: int, train: Callable[[Sequence[Column], Ints], Any]
) -> Quality:
    """Stratified folds, shuffled by a fixed seed. ``train`` gives something with ``log_odds``."""
    smallest = int(min(table.bad.sum(), len(table.bad) - table.bad.sum()))
    folds = min(folds, smallest)
    if folds < 2:
        raise UnusableTable("each value of the target needs at least 2 rows")
    splitter = StratifiedKFold(folds, shuffle=True, random_state=_SEED)
    aucs, kss = [], []
    for learn, check in splitter.split(np.zeros(len(table.bad)), table.bad):
        model = train([column.rows(learn) for column in table.columns], table.bad[learn])
        risk = -model.log_odds([column.rows(check) for column in table.columns])
        aucs.append(float(roc_auc_score(table.bad[check], risk)))
        kss.append(ks(table.bad[check], risk))
    auc = float(np.mean(aucs))
    return Quality(auc, float(np.std(aucs)), float(np.mean(kss)), 2 * auc - 1, folds)


def ks(bad: Ints, risk: Floats) -> float:
    """Kolmogorov–Smirnov: the widest gap between the shares of bads and goods refused."""
    false_positive, true_positive, _ = roc_curve(bad, risk)
    return float(np.max(true_positive - false_positive))


def as_points(model: Model) -> dict[str, Any]:
    """The points table as JSON: base and, per feature, points by bin (whole numbers)."""
    factor = PDO / math.log(2)
    offset = BASE_SCORE - factor * math.log(BASE_ODDS)
    features = [
        {
            "name": binning.name,
            "type": "number" if binning.is_numeric else "word",
            "iv": round(binning.iv, 6),
            "weight": round(weight, 6),
            "edges": list(binning.edges),
            "groups": [list(group) for group in binning.groups],
            "other": binning.other,
            "bins": [
                {
                    "label": row.label,
                    "rows": row.rows,
                    "bad": row.bad,
                    "woe": round(row.woe, 6),
                    "points": round(factor * weight * row.woe),
                }
                for row in binning.bins
            ],
        }
        for binning, weight in zip(model.binnings, model.weights, strict=True)
    ]
    base = round(offset + factor * model.intercept)
    return {
        "kind": "scorecard",
        "pdo": PDO,
        "base_score": BASE_SCORE,
        "base_odds": BASE_ODDS,
        "base_points": base,
        "features": features,
        "left_out": model.left_out,
    }


def _length(column: Column) -> int:
    return len(column.numbers if column.numbers is not None else column.words)  # type: ignore[arg-type]
