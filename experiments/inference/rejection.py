"""Model choice and parameters from the nearest rows of a table, with regression adjustment.

The second opinion beside the forests: nothing is learnt but a scale, and what remains between the
nearest rows and the observed one is corrected by regression.

[1] Beaumont, Zhang, Balding (2002), Approximate Bayesian computation in population genetics,
    doi:10.1093/genetics/162.4.2025
[2] Fagundes et al. (2007), Statistical evaluation of alternative models of human evolution, doi:10.1073/pnas.0708280104
[3] Beaumont (2008), Joint determination of topology, divergence time, and immigration, in: Simulations, Genetics
    and Human Prehistory, 135-154
[4] Blum, François (2010), Non-linear regression models for ABC, doi:10.1007/s11222-009-9116-0
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import special, stats
from undercount.experiments.inference.forest_choice import balanced
from undercount.experiments.inference.weighted import normalised

PENALTIES = np.logspace(-4, 4, 17)  # of ridge regression, times the rows kept; chosen by cross-validation
LEAST_RESIDUAL = 1e-6  # share of the residual variance that stands for a residual of zero
INSIDE = 1e-6  # parameters on a bound are moved inside by this share of the range


@dataclass(frozen=True)
class Neighbours:
    """The nearest rows of a table: positions, Epanechnikov weights (sum 1), summaries scaled and centred on
    the observed ones, and the largest distance accepted (in median absolute deviations)."""

    rows: np.ndarray
    weights: np.ndarray
    summaries: np.ndarray
    tolerance: float


@dataclass(frozen=True)
class RejectionChoice:
    """Probabilities of the classes, in their order: by weighted counts, and adjusted by regression.

    `adjusted` equals `counts` when all rows kept are of one class.
    """

    classes: tuple[str, ...]
    counts: np.ndarray
    adjusted: np.ndarray
    tolerance: float


@dataclass(frozen=True)
class AdjustedDraws:
    """Draws (kept, q) from an approximate posterior with weights (kept,) that sum to 1, and their rows of the table."""

    values: np.ndarray
    weights: np.ndarray
    rows: np.ndarray
    tolerance: float


def nearest(X: np.ndarray, observed: np.ndarray, share: float = 0.01, weights: np.ndarray | None = None) -> Neighbours:
    """The share of rows of X (n, p) nearest to `observed` (p,), by Euclidean distance of scaled summaries.

    Summaries are scaled by their median absolute deviation, or the standard deviation where that is
    zero; those without any spread are left out. `weights` (n,) weigh rows (say, classes of different size).
    """
    X, observed = np.asarray(X, float), np.asarray(observed, float)
    if not (np.isfinite(X).all() and np.isfinite(observed).all()):
        raise ValueError("summaries must be finite: leave out missing cells")
    scale = scales(X)
    used = scale > 0
    summaries = (X[:, used] - observed[used]) / scale[used]
    distance = np.sqrt((summaries**2).sum(axis=1))
    keep = min(len(X), max(2, int(np.ceil(share * len(X)))))
    tolerance = float(np.partition(distance, keep - 1)[keep - 1])
    # All rows that tie are kept: a table in the order of its classes would else favour the first.
    rows = np.flatnonzero(distance <= tolerance)
    # Rows at the tolerance itself keep some weight: discrete summaries have many of them.
    near = (distance[rows] / tolerance) ** 2 * (1 - 1 / keep) if tolerance > 0 else np.zeros(len(rows))
    kernel = (1 - near) * (1 if weights is None else np.asarray(weights, float)[rows])
    return Neighbours(rows, normalised(kernel, len(rows)), summaries[rows], tolerance)


def scales(X: np.ndarray) -> np.ndarray:
    """Median absolute deviation of each column (as of a normal), or its standard deviation where that is zero."""
    robust = stats.median_abs_deviation(X, axis=0, scale="normal")
    return np.where(robust > 0, robust, np.std(X, axis=0))


def choose(
    X: np.ndarray, labels: np.ndarray, classes: Sequence[str], observed: np.ndarray, share: float = 0.01,
    ridge: float = 1.0,
) -> RejectionChoice:
    """Probability of each class at `observed` (p,) from rows X (n, p) made by classes[labels], equal priors.

    Multinomial logistic regression on the rows kept, at the observed summaries [2, 3]. `ridge` is the
    penalty on slopes, as prior precision of slopes per median absolute deviation.
    """
    from sklearn.linear_model import LogisticRegression

    labels = np.asarray(labels, int)
    near = nearest(X, observed, share, balanced(labels, len(classes)))
    found, size = labels[near.rows], len(classes)
    counts = np.bincount(found, near.weights, minlength=size)
    adjusted = counts
    if len(np.unique(found)) > 1:
        # Weights sum to the rows kept, so that data and penalty are on the scale of one row each.
        model = LogisticRegression(C=1 / ridge, max_iter=5000)
        model.fit(near.summaries, found, sample_weight=near.weights * len(found))
        adjusted = np.zeros(size)
        adjusted[model.classes_] = model.predict_proba(np.zeros((1, near.summaries.shape[1])))[0]
    return RejectionChoice(tuple(classes), counts, adjusted, near.tolerance)


def adjust(
    X: np.ndarray, Y: np.ndarray, observed: np.ndarray, share: float = 0.05,
    bounds: Sequence[tuple[float, float] | None] | None = None,
) -> AdjustedDraws:
    """Draws of Y (n,) or (n, q) at `observed` by local-linear regression [1], with a regression of the spread [4].

    `bounds` for each column of Y: (low, high) for the logit scale, (low, inf) for the logarithm of what
    is above low, None for no transformation. Slopes are ridge estimates, penalty by generalised
    cross-validation, so that sixty summaries and a few hundred rows will do.
    """
    from sklearn.linear_model import RidgeCV

    Y = np.asarray(Y, float).reshape(len(X), -1)
    bounds = [None] * Y.shape[1] if bounds is None else list(bounds)
    near = nearest(X, observed, share)
    size, here = len(near.rows), np.zeros((1, near.summaries.shape[1]))

    def regression(target: np.ndarray) -> tuple[np.ndarray, float]:
        model = RidgeCV(PENALTIES * size).fit(near.summaries, target, sample_weight=near.weights * size)
        return model.predict(near.summaries), float(model.predict(here)[0])

    columns = []
    for column, limits in zip(Y[near.rows].T, bounds):
        free = to_line(column, limits)
        fitted, centre = regression(free)
        residual, factor = free - fitted, 1.0
        if residual.any():
            floor = LEAST_RESIDUAL * (near.weights @ residual**2)
            spread, spread_here = regression(np.log(residual**2 + floor))
            factor = np.exp((spread_here - spread) / 2)
        columns.append(from_line(centre + factor * residual, limits))
    return AdjustedDraws(np.stack(columns, axis=1), near.weights, near.rows, near.tolerance)


def to_line(values: np.ndarray, limits: tuple[float, float] | None) -> np.ndarray:
    """Values between limits on the whole line: logit, logarithm (high is infinite) or as they are (None)."""
    if limits is None:
        return np.asarray(values, float)
    low, high = limits
    if np.isinf(high):
        return np.log(np.maximum(values - low, np.finfo(float).tiny))
    return special.logit(np.clip((values - low) / (high - low), INSIDE, 1 - INSIDE))


def from_line(values: np.ndarray, limits: tuple[float, float] | None) -> np.ndarray:
    """The inverse of `to_line`."""
    if limits is None:
        return values
    low, high = limits
    return low + np.exp(values) if np.isinf(high) else low + (high - low) * special.expit(values)
