"""Logistic regression whose weights are never negative: more evidence of good never costs points."""

import numpy as np
from scipy.optimize import minimize

from risk.training.cuts import Floats, Ints

#: Inverse strength of the ridge, as scikit-learn's ``C``: this one leaves the odds true on rows
#: held out (slope near 1 on the German credit data).
STRENGTH = 0.2
_STEPS_MAX = 500


def fit_weights(woe: Floats, good: Ints, strength: float = STRENGTH) -> tuple[Floats, float]:
    """Weights (≥ 0) and intercept of the log-odds of good. Deterministic.

    Least Σ log-loss + ‖weights‖² / 2C by L-BFGS-B; the intercept is not held back.
    """
    sign = np.where(good == 1, 1.0, -1.0)
    share = float(np.clip(good.mean(), 1e-6, 1 - 1e-6))

    def loss(at: Floats) -> tuple[float, Floats]:
        margin = sign * (woe @ at[:-1] + at[-1])
        value = strength * np.logaddexp(0.0, -margin).sum() + 0.5 * at[:-1] @ at[:-1]
        pull = -strength * sign * np.exp(-np.logaddexp(0.0, margin))
        return float(value), np.r_[woe.T @ pull + at[:-1], pull.sum()]

    features = woe.shape[1]
    start = np.r_[np.full(features, 0.5), np.log(share / (1 - share))]
    bounds = [(0.0, None)] * features + [(None, None)]
    options = {"maxiter": _STEPS_MAX, "ftol": 1e-12, "gtol": 1e-7 * len(good)}
    at = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options=options).x
    return at[:-1], float(at[-1])
