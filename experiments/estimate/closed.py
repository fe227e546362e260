"""Estimators with a closed form: two lists, and a lower bound for any number of them. [1-4]

[1] Chapman, D. G. (1951) Some properties of the hypergeometric distribution with applications to zoological
    sample censuses. University of California Publications in Statistics 1: 131-160.
[2] Seber, G. A. F. (1970) The effects of trap response on tag recapture estimates. Biometrics 26: 13-22.
[3] Chao, A. (1987) Estimating the population size for capture-recapture data with unequal catchability.
    Biometrics 43: 783-791. doi:10.2307/2531532 (also the interval)
[4] Chao, A. and Colwell, R. K. (2017) Thirty years of progeny from Chao's inequality. SORT 41: 3-54.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.stats import norm
from undercount.experiments.estimate.loglinear import LEVEL


@dataclass(frozen=True)
class Closed:
    """A population and the variance of what is hidden; `cases` of it are known."""

    cases: float
    population: float
    variance: float

    def interval(self, level: float = LEVEL) -> tuple[float, float]:
        """Normal in the logarithm of what is hidden [3]; never below the cases that are known."""
        hidden = self.population - self.cases
        if hidden <= 0:
            return self.cases, self.cases
        spread = np.exp(norm.ppf((1 + level) / 2) * np.sqrt(np.log1p(self.variance / hidden ** 2)))
        return self.cases + hidden / spread, self.cases + hidden * spread


def chapman(first: float, second: float, both: float) -> Closed:
    """Lincoln and Petersen with Chapman's correction for small numbers [1], and Seber's variance [2]."""
    population = (first + 1) * (second + 1) / (both + 1) - 1
    variance = (first + 1) * (second + 1) * (first - both) * (second - both) / ((both + 1) ** 2 * (both + 2))
    return Closed(first + second - both, population, variance)


def chao(counts: np.ndarray) -> Closed:
    """Chao's lower bound, bias-corrected, from the persons on exactly one and exactly two lists [3, 4].

    `counts` by history. A bound where persons differ in how easily they are listed; it is none where lists
    avoid each other.
    """
    k = len(counts).bit_length() - 1
    on = np.array([history.bit_count() for history in range(len(counts))])
    once, twice = float(counts[on == 1].sum()), float(counts[on == 2].sum())
    share, cases = (k - 1) / k, float(counts[1:].sum())
    hidden = share * once * (once - 1) / (2 * (twice + 1))
    variance = (hidden + share ** 2 * once * (2 * once - 1) ** 2 / (4 * (twice + 1) ** 2)
                + share ** 2 * once ** 2 * twice * (once - 1) ** 2 / (4 * (twice + 1) ** 4))
    return Closed(cases, cases + hidden, variance)
