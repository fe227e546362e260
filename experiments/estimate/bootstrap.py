"""BCa intervals that repeat the choice of the model in every resample. [1, 2]

[1] DiCiccio, T. J. and Efron, B. (1996) Bootstrap confidence intervals. Statistical Science 11: 189-228.
[2] Chan, Silverman and Vincent (2021), as in `existence.py`, section 3.3.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.stats import norm
from undercount.experiments.estimate.loglinear import LEVEL

Estimator = Callable[[np.ndarray], float]  # counts (strata, histories) -> population, nan if there is none


@dataclass(frozen=True)
class Bootstrap:
    """`failed` resamples had no estimate; they count as endless, at the upper end."""

    low: float
    high: float
    resamples: int
    failed: int


def bca(counts: np.ndarray, estimate: Estimator, found: float, resamples: int, seed: int) -> Bootstrap:
    """Interval of the population. Persons are drawn again within each stratum."""
    rng = np.random.default_rng(seed)
    values = np.array([estimate(_resampled(counts, rng)) for _ in range(resamples)])
    failed = int(np.isnan(values).sum())
    values = np.sort(np.where(np.isnan(values), np.inf, values))
    below = (np.sum(values < found) + np.sum(values == found) / 2) / resamples
    shift = norm.ppf(np.clip(below, 0.5 / resamples, 1 - 0.5 / resamples))
    bend = _acceleration(counts, estimate)
    ends = []
    for tail in ((1 - LEVEL) / 2, (1 + LEVEL) / 2):
        far = shift + norm.ppf(tail)
        share = norm.cdf(shift + far / (1 - bend * far)) if bend * far < 1 else float(tail > 0.5)
        ends.append(_quantile(values, share))
    return Bootstrap(*ends, resamples, failed)


def _resampled(counts: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    return np.array([rng.multinomial(int(each.sum()), each / each.sum()) if each.sum() else each for each in counts],
                    float)


def _acceleration(counts: np.ndarray, estimate: Estimator) -> float:
    """From leaving out one person at a time; persons with the same history count as one that is repeated."""
    weights, without = [], []
    for stratum, history in np.argwhere(counts > 0):
        fewer = counts.copy()
        fewer[stratum, history] -= 1
        value = estimate(fewer)
        if np.isfinite(value):
            weights.append(counts[stratum, history])
            without.append(value)
    if not weights:
        return 0.0
    apart = np.average(without, weights=weights) - np.array(without)
    spread = np.dot(weights, apart ** 2)
    return float(np.dot(weights, apart ** 3) / (6 * spread ** 1.5)) if spread > 0 else 0.0


def _quantile(ordered: np.ndarray, share: float) -> float:
    """Between the two nearest values; endless if the upper of them is."""
    place = share * (len(ordered) - 1)
    low, high = ordered[int(np.floor(place))], ordered[int(np.ceil(place))]
    return float(low) if low == high else float(low + (high - low) * (place % 1))
