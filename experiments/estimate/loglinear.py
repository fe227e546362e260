"""One Poisson log-linear model of capture histories, by extended maximum likelihood.

log of the mean of a history = intercept + the coefficients of the terms whose lists it holds. The mean of
history 0 is exp(intercept): that no term applies to it is the identifying assumption. [1, 2]

[1] Cormack, R. M. (1989) Log-linear models for capture-recapture. Biometrics 45: 395-413.
[2] Chan, Silverman and Vincent (2021), as in `existence.py`: terms at minus infinity.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq
from scipy.stats import chi2, norm
from undercount.experiments.estimate.existence import CODES, FINE, NO_ESTIMATE, condition
from undercount.experiments.estimate.lists import Term
from undercount.experiments.estimate.newton import FOUND, SINGULAR, maximise

LEVEL = 0.95
LARGEST = 60.0  # of the logarithm of what is hidden


@dataclass(frozen=True)
class Fit:
    """A model of one stratum. `fine`: has an estimate. `means` are by history; `error` of the logarithm of `hidden`."""

    terms: tuple[Term, ...]
    infinite: tuple[Term, ...]
    fine: bool
    counts: np.ndarray
    cases: float
    hidden: float = np.nan
    error: float = np.nan
    deviance: float = np.nan
    means: np.ndarray | None = None

    @property
    def code(self) -> int:
        """FINE, or why there is no estimate, which is asked only when somebody wants to know.

        NO_ESTIMATE also where one exists, but beyond what numbers hold.
        """
        return FINE if self.fine else condition(self.terms, self.counts) or NO_ESTIMATE

    @property
    def why(self) -> str:
        return CODES[self.code]

    @property
    def population(self) -> float:
        return self.cases + self.hidden

    @property
    def bic(self) -> float:
        """Deviance and log(cases) for each parameter, those at minus infinity too."""
        return self.deviance + np.log(max(self.cases, 1)) * (len(self.terms) + 1)

    def wald(self, level: float = LEVEL) -> tuple[float, float]:
        """Interval of the population, normal in the logarithm of what is hidden."""
        far = norm.ppf((1 + level) / 2) * self.error
        return self.cases + self.hidden * np.exp(-far), self.cases + self.hidden * np.exp(far)


def fit(terms: tuple[Term, ...], counts: np.ndarray) -> Fit:
    """The model of these terms, main effects among them; its code says whether it has an estimate.

    A maximum that was found is proof that there is one.
    """
    terms, cases = tuple(terms), float(counts[1:].sum())
    hidden, variance, deviance, means, finite, status = maximise(np.array((0, *terms)), counts, np.nan)
    infinite = tuple(term for term, there in zip(terms, finite[1:]) if not there)
    if status != FOUND:
        return Fit(terms, infinite, False, counts, cases)
    return Fit(terms, infinite, True, counts, cases, float(hidden), float(np.sqrt(variance)), deviance, means)


def profile(found: Fit, counts: np.ndarray) -> tuple[float, float]:
    """Interval of the population: every hidden number whose likelihood is close enough to the largest."""
    allowed = found.deviance + chi2.ppf(LEVEL, 1)
    terms = np.array((0, *found.terms))

    def excess(intercept: float) -> float:
        _, _, deviance, _, _, status = maximise(terms, counts, intercept)
        return np.inf if status == SINGULAR else deviance - allowed

    middle = float(np.log(found.hidden))
    ends = []
    for direction in (-1.0, 1.0):
        step = max(found.error, 0.05)
        while excess(middle + direction * step) < 0 and step < LARGEST:
            step *= 2
        if step >= LARGEST:
            ends.append(0.0 if direction < 0 else np.inf)
            continue
        low, high = sorted((middle, middle + direction * step))
        ends.append(float(np.exp(brentq(excess, low, high, xtol=1e-7))))
    return found.cases + ends[0], found.cases + ends[1]
