"""A number with its interval, and intervals of shares and means."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

LEVEL = 0.90  # of every interval here, unless told


@dataclass(frozen=True)
class Estimate:
    """A value and the ends of its interval (90 % unless the function that made it says otherwise)."""

    value: float
    low: float
    high: float

    def as_dict(self) -> dict[str, float]:
        return {"value": self.value, "low": self.low, "high": self.high}


def share(count: float, total: float, level: float = LEVEL) -> Estimate:
    """`count` of `total` with Jeffreys' interval, which is set to 0 and 1 at the ends (Brown et al. 2001 [1]).

    [1] Brown, Cai, DasGupta (2001), Interval estimation for a binomial proportion, doi:10.1214/ss/1009213286
    """
    if total <= 0:
        return Estimate(float("nan"), 0.0, 1.0)
    tail = (1 - level) / 2
    posterior = stats.beta(count + 0.5, total - count + 0.5)
    low = 0.0 if count == 0 else float(posterior.ppf(tail))
    high = 1.0 if count == total else float(posterior.ppf(1 - tail))
    return Estimate(float(count / total), low, high)


def mean(values: np.ndarray, weights: np.ndarray | None = None, level: float = LEVEL) -> Estimate:
    """Mean of independent values with its normal interval; `weights` are fixed weights of rows."""
    values = np.asarray(values, float)
    weights = np.ones(len(values)) if weights is None else np.asarray(weights, float)
    weights = weights / weights.sum()
    centre = float(weights @ values)
    error = float(np.sqrt((weights**2) @ (values - centre) ** 2))
    z = float(stats.norm.ppf(0.5 + level / 2))
    return Estimate(centre, centre - z * error, centre + z * error)


def spread(value: float, draws: np.ndarray, level: float = LEVEL) -> Estimate:
    """`value` with the quantiles of resampled values as its interval."""
    tail = (1 - level) / 2
    low, high = np.quantile(draws, [tail, 1 - tail])
    return Estimate(float(value), float(low), float(high))
