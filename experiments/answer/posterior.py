"""Draws to numbers: intervals whose levels hold on worlds of known truth, and a prior balanced between falls and not.

A method's distribution function is mapped so that on worlds set aside for it (`views.Split.setting`) a truth lies below
the stated 5 % quantile in 5 % of the cases, and so on (conformal correction [1]); `checks` then asks worlds that were
not used for this either.

[1] Romano, Patterson, Candes (2019), Conformalized quantile regression, NeurIPS 32
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from undercount.experiments.answer.estimands import FELL, ROSE, WAYS, way
from undercount.experiments.answer.methods import Draws, Fitted
from undercount.experiments.inference import calibration

GRID = np.linspace(0.05, 0.95, 19)
ENDS = (0.05, 0.5, 0.95)
BINS = 10  # of equal prior probability, for the log score
LEAST = 0.01  # share of the prior in every statement of the log score: a finite number of worlds proves no zero


@dataclass(frozen=True)
class Assessed:
    """A method's statements on worlds of known truth, (m, targets) each.

    `ranks` of the truths in their posteriors; `means`; `scores` are log probabilities (nats) of the truth's bin of
    equal prior probability; `below` (m, targets, 2) the probabilities of FELL or less and of ROSE or more.
    """

    ranks: np.ndarray
    means: np.ndarray
    scores: np.ndarray
    below: np.ndarray


def assess(fitted: Fitted, method: str, family: str, summaries: np.ndarray, truths: np.ndarray, targets: Sequence[int],
           seed: int) -> Assessed:
    """Ask one method about the worlds with these summaries (m, p), whose truths (m, all targets) are known."""
    targets = list(targets)
    asked = truths[:, targets]
    edges = np.quantile(fitted.truths[:, targets], np.linspace(0, 1, BINS + 1)[1:-1], axis=0)
    low, upto, means, scores, below = [], [], [], [], []
    for draws, truth in zip(fitted.posteriors(method, family, summaries, targets), asked):
        w = draws.weights
        low.append(w @ (draws.values < truth))
        upto.append(w @ (draws.values <= truth))
        means.append(w @ draws.values)
        steps = np.stack([w @ (draws.values <= edge) for edge in edges])  # (BINS - 1, targets)
        chances = np.diff(steps, axis=0, prepend=0.0, append=1.0)
        mine = chances[(truth > edges).sum(axis=0), np.arange(len(targets))]
        scores.append(np.log((1 - LEAST) * np.clip(mine, 0, 1) + LEAST / BINS))
        below.append(np.stack([w @ (draws.values <= FELL), w @ (draws.values >= ROSE)], axis=1))
    low, upto = np.clip(low, 0, 1), np.clip(upto, 0, 1)
    ranks = np.stack([calibration.ranks(a, b, seed) for a, b in zip(low.T, upto.T)], axis=1)
    return Assessed(ranks, np.array(means), np.array(scores), np.clip(below, 0, 1))


def levels(ranks: np.ndarray) -> np.ndarray:
    """The method's own levels below which shares GRID of the truths lie, (GRID, targets), from ranks (m, targets).

    By order statistics at p (m + 1): a new truth then lies below in a share p of the cases for any m [1]. NumPy's
    default, at p (m - 1) + 1, would make an interval of 90 % cover 88 % with 80 ranks.
    """
    return np.clip(np.quantile(ranks, GRID, axis=0, method="weibull"), 0.0, 1.0)


def honest(stated: np.ndarray, own: np.ndarray) -> np.ndarray:
    """Stated levels of one target, mapped by its `levels` (GRID,)."""
    return np.interp(stated, [0.0, *own, 1.0], [0.0, *GRID, 1.0])


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


def balanced(draws: Draws, change: np.ndarray, factors: dict[str, float]) -> np.ndarray:
    """Weights of draws by the balanced prior; `change` (k,) is the draws' own D."""
    found = draws.weights * np.array([factors[name] for name in WAYS])[way(change)]
    return found / found.sum()


def likelihood_ratios(posterior: dict[str, float], prior: dict[str, float]) -> dict[str, float | None]:
    """How much more probable the data are under each of WAYS than under the one that they speak for most.

    Posterior over prior: no other balance of the prior changes it. None where the prior has no such world.
    """
    found = {name: posterior[name] / prior[name] if prior[name] else None for name in WAYS}
    most = max((value for value in found.values() if value is not None), default=0.0)
    return {name: None if value is None or not most else float(value / most) for name, value in found.items()}
