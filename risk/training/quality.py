"""How well a model ranks and how true its odds are, on rows it was not trained on."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.metrics import roc_auc_score, roc_curve
from sklearn.model_selection import StratifiedKFold

from risk.training.cuts import Floats, Ints
from risk.training.table import Column, Table, UnusableTable

_SEED = 20261124
_DECILES = 10
_SLOPE_MAX = 50.0


@dataclass(frozen=True)
class Quality:
    """Means over folds with their spread (standard deviation); ``calibration`` of all held-out
    rows together.
    """

    auc: float
    auc_spread: float
    ks: float
    ks_spread: float
    gini: float
    folds: int
    calibration: dict[str, Any]

    def as_dict(self) -> dict[str, Any]:
        figures = ("auc", "auc_spread", "ks", "ks_spread", "gini")
        return {
            **{name: round(getattr(self, name), 6) for name in figures},
            "folds": self.folds,
            "calibration": self.calibration,
        }


def cross_validate(
    table: Table, folds: int, train: Callable[[Sequence[Column], Ints], Any]
) -> Quality:
    """Stratified folds, shuffled by a fixed seed. ``train`` gives something with ``log_odds`` (of
    good). Everything, bins included, is fitted without the fold it is measured on.
    """
    smallest = int(min(table.bad.sum(), len(table.bad) - table.bad.sum()))
    folds = min(folds, smallest)
    if folds < 2:
        raise UnusableTable("each value of the target needs at least 2 rows")
    splitter = StratifiedKFold(folds, shuffle=True, random_state=_SEED)
    aucs, kss = [], []
    held_out = np.empty(len(table.bad))
    for learn, check in splitter.split(np.zeros(len(table.bad)), table.bad):
        model = train([column.rows(learn) for column in table.columns], table.bad[learn])
        risk = -model.log_odds([column.rows(check) for column in table.columns])
        held_out[check] = risk
        aucs.append(float(roc_auc_score(table.bad[check], risk)))
        kss.append(ks(table.bad[check], risk))
    auc = float(np.mean(aucs))
    return Quality(
        auc,
        float(np.std(aucs)),
        float(np.mean(kss)),
        float(np.std(kss)),
        2 * auc - 1,
        folds,
        calibration(table.bad, held_out),
    )


def ks(bad: Ints, risk: Floats) -> float:
    """Kolmogorov–Smirnov: the widest gap between the shares of bads and goods refused."""
    false_positive, true_positive, _ = roc_curve(bad, risk)
    return float(np.max(true_positive - false_positive))


def calibration(bad: Ints, log_odds_of_bad: Floats) -> dict[str, Any]:
    """Brier score beside that of the bare bad rate; intercept and slope of the outcome on the
    predicted log-odds (0 and 1 are perfect); what was foretold and what came, by tenths.
    """
    foretold = 1 / (1 + np.exp(-np.clip(log_odds_of_bad, -700, 700)))
    rate = float(bad.mean())
    intercept, slope = _line(bad, log_odds_of_bad)
    edges = np.unique(np.quantile(foretold, np.linspace(0, 1, _DECILES + 1)[1:-1]))
    at = np.searchsorted(edges, foretold, side="right")
    rows = np.bincount(at, minlength=len(edges) + 1)
    bads = np.bincount(at, weights=bad, minlength=len(edges) + 1)
    sums = np.bincount(at, weights=foretold, minlength=len(edges) + 1)
    return {
        "brier": round(float(np.mean((foretold - bad) ** 2)), 6),
        "brier_of_the_bare_rate": round(rate * (1 - rate), 6),
        "intercept": intercept,
        "slope": slope,
        "tenths": [
            {
                "rows": int(n),
                "bad": int(b),
                "foretold": round(float(s / n), 6),
                "came": round(float(b / n), 6),
            }
            for n, b, s in zip(rows, bads, sums, strict=True)
            if n
        ],
    }


def _line(bad: Ints, x: Floats) -> tuple[float | None, float | None]:
    """Logistic regression on one number by Newton's steps; ``None`` where it has no finite end."""
    a = b = 0.0
    if not np.std(x) > 0:
        return None, None
    for _ in range(100):
        p = 1 / (1 + np.exp(-np.clip(a + b * x, -500, 500)))
        w = np.maximum(p * (1 - p), 1e-12)
        gradient = np.array([np.sum(bad - p), np.sum((bad - p) * x)])
        hessian = np.array([[w.sum(), (w * x).sum()], [(w * x).sum(), (w * x * x).sum()]])
        try:
            step = np.linalg.solve(hessian, gradient)
        except np.linalg.LinAlgError:
            return None, None
        step = np.clip(step, -2.0, 2.0)
        a, b = a + float(step[0]), b + float(step[1])
        if abs(b) > _SLOPE_MAX:
            return None, None
        if np.max(np.abs(step)) < 1e-9:
            return round(a, 4), round(b, 4)
    return None, None
