"""A points scorecard: binning → WoE → logistic regression → points.

Points follow the trade's usage: ``PDO`` points double the odds of being good, ``BASE_SCORE`` stands
at ``BASE_ODDS``.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from risk.training.binning import Binning, Floats, Ints, fit_binning
from risk.training.quality import cross_validate
from risk.training.table import Column, UnusableTable
from risk.training.weights import fit_weights

__all__ = ["Model", "as_points", "cross_validate", "fit"]

PDO, BASE_SCORE, BASE_ODDS = 20, 600, 50
IV_MIN = 0.02
IV_SUSPICIOUS = 1.0
FEATURES_MAX = 60
_WEIGHT_MIN = 1e-4


@dataclass(frozen=True)
class Model:
    """Log-odds of good = ``intercept`` + Σ weight × WoE; weights are positive. ``iv`` is of every
    column looked at, the strongest first.
    """

    binnings: tuple[Binning, ...]
    weights: tuple[float, ...]
    intercept: float
    left_out: dict[str, str]
    iv: dict[str, float]

    def log_odds(self, columns: Sequence[Column]) -> Floats:
        by_name = {column.name: column for column in columns}
        total = np.full(len(columns[0]), self.intercept)
        for binning, weight in zip(self.binnings, self.weights, strict=True):
            total += weight * binning.woe(by_name[binning.name])
        return total

    @property
    def notes(self) -> dict[str, str]:
        """Columns so strong that they may have been written after the outcome was known."""
        return {
            name: f"suspiciously strong (IV {iv:.2f}): was it known before the outcome?"
            for name, iv in self.iv.items()
            if iv > IV_SUSPICIOUS
        }


def fit(columns: Sequence[Column], bad: Ints) -> Model:
    """Fit on all rows given. Raises ``UnusableTable`` if no feature tells goods from bads."""
    binnings = sorted((fit_binning(c, bad) for c in columns), key=lambda b: (-b.iv, b.name))
    iv = {b.name: b.iv for b in binnings}
    left_out = {b.name: f"IV {b.iv:.4f} below {IV_MIN}" for b in binnings if b.iv < IV_MIN}
    strong = [b for b in binnings if b.iv >= IV_MIN] or binnings[:1]
    for binning in strong[FEATURES_MAX:]:
        left_out[binning.name] = f"weaker than the {FEATURES_MAX} that are used"
    kept = strong[:FEATURES_MAX]
    by_name = {column.name: column for column in columns}
    woe = np.column_stack([b.woe(by_name[b.name]) for b in kept])
    weights, intercept = fit_weights(woe, 1 - bad)
    used = [i for i, weight in enumerate(weights) if weight > _WEIGHT_MIN]
    if not used:
        raise UnusableTable("no feature tells good from bad")
    for i, binning in enumerate(kept):
        if i in used:
            left_out.pop(binning.name, None)
        else:
            left_out[binning.name] = "tells nothing that the other features do not tell"
    return Model(
        tuple(kept[i] for i in used),
        tuple(float(weights[i]) for i in used),
        intercept,
        left_out,
        iv,
    )


def as_points(model: Model) -> dict[str, Any]:
    """The points table as JSON: base and, per feature, points by bin (whole numbers)."""
    factor = PDO / math.log(2)
    offset = BASE_SCORE - factor * math.log(BASE_ODDS)
    return {
        "kind": "scorecard",
        "pdo": PDO,
        "base_score": BASE_SCORE,
        "base_odds": BASE_ODDS,
        "base_points": round(offset + factor * model.intercept),
        "features": [
            _feature(binning, weight, factor)
            for binning, weight in zip(model.binnings, model.weights, strict=True)
        ],
        "left_out": model.left_out,
    }


def _feature(binning: Binning, weight: float, factor: float) -> dict[str, Any]:
    return {
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
