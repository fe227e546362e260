"""One model for all strata: the same terms in each, coefficients of its own in each, numbers added up."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.stats import norm
from undercount.experiments.estimate.existence import FINE
from undercount.experiments.estimate.lists import Term
from undercount.experiments.estimate.loglinear import LEVEL, Fit, fit, profile


@dataclass(frozen=True)
class Joint:
    """The fits of all strata, in their order."""

    terms: tuple[Term, ...]
    fits: tuple[Fit, ...]

    @property
    def code(self) -> int:
        """FINE, or the code of the first stratum that is not."""
        return next((each.code for each in self.fits if not each.fine), FINE)

    @property
    def fine(self) -> bool:
        return all(each.fine for each in self.fits)

    @cached_property
    def cases(self) -> float:
        return sum(each.cases for each in self.fits)

    @cached_property
    def hidden(self) -> float:
        return sum(each.hidden for each in self.fits)

    @property
    def population(self) -> float:
        return self.cases + self.hidden

    @cached_property
    def deviance(self) -> float:
        return sum(each.deviance for each in self.fits)

    @property
    def bic(self) -> float:
        parameters = len(self.fits) * (len(self.terms) + 1)
        return self.deviance + np.log(max(self.cases, 1)) * parameters

    @property
    def infinite(self) -> tuple[Term, ...]:
        """Terms at minus infinity in any stratum."""
        return tuple(term for term in self.terms if any(term in each.infinite for each in self.fits))

    @property
    def means(self) -> np.ndarray:
        """By history, all strata together."""
        return sum(each.means for each in self.fits)

    def wald(self, level: float = LEVEL) -> tuple[float, float]:
        """Interval of the population, normal in the logarithm of what is hidden; strata are independent."""
        if len(self.fits) == 1:
            return self.fits[0].wald(level)
        error = np.sqrt(sum((each.hidden * each.error) ** 2 for each in self.fits)) / self.hidden
        far = norm.ppf((1 + level) / 2) * error
        return self.cases + self.hidden * np.exp(-far), self.cases + self.hidden * np.exp(far)

    def interval(self, counts: np.ndarray) -> tuple[float, float, str]:
        """By the profile of the likelihood, or by its curvature if there are several strata; and which."""
        if len(self.fits) == 1:
            return *profile(self.fits[0], counts[0]), "profile"
        return *self.wald(), "Wald"


def fit_joint(terms: tuple[Term, ...], counts: np.ndarray) -> Joint:
    """`counts` (strata, histories)."""
    return Joint(tuple(terms), tuple(fit(terms, each) for each in counts))
