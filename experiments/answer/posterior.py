"""Draws to numbers: quantiles at honest levels, and a prior balanced between falls and not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from undercount.experiments.answer.estimands import WAYS, way
from undercount.experiments.inference.honest import honest

ENDS = (0.05, 0.5, 0.95)


@dataclass(frozen=True)
class Marginal:
    """The posterior of one estimand: values in ascending order, and weights that sum to 1."""

    values: np.ndarray
    weights: np.ndarray

    def quantiles(self, probs: Sequence[float] = ENDS) -> list[float]:
        return [float(x) for x in np.interp(probs, np.cumsum(self.weights) - self.weights / 2, self.values)]

    @property
    def mean(self) -> float:
        return float(self.weights @ self.values)

    def reweighed(self, factors: dict[str, float]) -> Marginal:
        """The same by another prior, of D: each of WAYS times its factor."""
        return Marginal(self.values, balanced(self.weights, self.values, factors))

    def ways(self) -> dict[str, float]:
        """Probability of each of WAYS."""
        found = np.bincount(way(self.values), self.weights, minlength=len(WAYS))
        return {name: float(p) for name, p in zip(WAYS, found)}


def marginal(values: np.ndarray, weights: np.ndarray, own: np.ndarray | None = None) -> Marginal:
    """The posterior of draws (k,), its levels made `honest` by a target's `levels` (GRID,)."""
    order = np.argsort(values, kind="stable")
    steps = weights[order] / weights.sum()
    if own is not None:
        steps = np.diff(honest(np.minimum(np.cumsum(steps), 1.0), own), prepend=0.0)
        steps = steps / steps.sum()
    return Marginal(values[order], steps)


def priors(change: np.ndarray) -> dict[str, float]:
    """Shares of WAYS among simulated changes of ln(newly exploited)."""
    found = np.bincount(way(change), minlength=len(WAYS)) / len(change)
    return {name: float(p) for name, p in zip(WAYS, found)}


def balance(shares: dict[str, float]) -> dict[str, float]:
    """Factor for worlds of each of WAYS that makes "fell" one half before the data, and all else the other."""
    fell = shares["fell"]
    if not 0 < fell < 1:
        return dict.fromkeys(WAYS, 1.0)
    return {"fell": 0.5 / fell, "stayed": 0.5 / (1 - fell), "rose": 0.5 / (1 - fell)}


def balanced(weights: np.ndarray, change: np.ndarray, factors: dict[str, float]) -> np.ndarray:
    """Weights (k,) of draws by the balanced prior; `change` (k,) is the draws' own D."""
    found = weights * np.array([factors[name] for name in WAYS])[way(change)]
    return found / found.sum()


def likelihood_ratios(posterior: dict[str, float], prior: dict[str, float]) -> dict[str, float | None]:
    """How much more probable the data are under each of WAYS than under the one that they speak for most.

    Posterior over prior: no other balance of the prior changes it. None where the prior has no such world.
    """
    found = {name: posterior[name] / prior[name] if prior[name] else None for name in WAYS}
    most = max((value for value in found.values() if value is not None), default=0.0)
    return {name: None if value is None or not most else float(value / most) for name, value in found.items()}
