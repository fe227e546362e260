"""Quantiles, distribution functions and moments of weighted draws."""

from __future__ import annotations

import numpy as np


def normalised(weights: np.ndarray | None, rows: int) -> np.ndarray:
    """Weights that sum to 1; equal ones for None. Raises ValueError if they are negative or all zero."""
    if weights is None:
        return np.full(rows, 1 / rows)
    weights = np.asarray(weights, float)
    total = weights.sum()
    if weights.shape != (rows,) or not np.isfinite(total) or total <= 0 or (weights < 0).any():
        raise ValueError(f"weights must be {rows} numbers, not negative, not all zero")
    return weights / total


def effective_size(weights: np.ndarray) -> float:
    """Number of equally weighted draws that are worth as much: (sum w)^2 / sum w^2 (Kish)."""
    weights = np.asarray(weights, float)
    return float(weights.sum() ** 2 / (weights**2).sum())


def quantiles(values: np.ndarray, probs: np.ndarray, weights: np.ndarray | None = None) -> np.ndarray:
    """Weighted quantiles of each column: values (n,) or (n, q) -> (probs,) or (probs, q).

    The smallest value at which the weighted distribution function reaches the probability, moved to
    the middle of steps and interpolated, so that equal weights give NumPy's `hazen` quantiles.
    """
    values = np.asarray(values, float)
    if values.ndim == 2:
        return np.stack([quantiles(column, probs, weights) for column in values.T], axis=-1)
    weights = normalised(weights, len(values))
    order = np.argsort(values, kind="stable")
    steps = weights[order]
    return np.interp(probs, np.cumsum(steps) - steps / 2, values[order])


def mean_and_variance(values: np.ndarray, weights: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Weighted mean and variance of each column; the variance is corrected for the effective size."""
    values = np.asarray(values, float)
    weights = normalised(weights, len(values))
    centre = weights @ values
    variance = weights @ (values - centre) ** 2
    size = effective_size(weights)
    return centre, variance * (size / (size - 1)) if size > 1 else variance * np.nan
