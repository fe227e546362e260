"""Which parameters did the data inform? Contraction is 1 - variance(posterior) / variance(prior) [1].

[1] Schad, Betancourt, Vasishth (2021), Toward a principled Bayesian workflow, doi:10.1037/met0000275
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from undercount.experiments.inference.estimate import Estimate, spread
from undercount.experiments.inference.weighted import effective_size, mean_and_variance, normalised

DRAWS = 200


@dataclass(frozen=True)
class Contraction:
    """Contraction of one parameter, with a bootstrap interval; `rows` is the effective size of the posterior."""

    name: str
    contraction: Estimate
    rows: float


def contraction(
    prior: np.ndarray, posterior: np.ndarray, names: Sequence[str], seed: int, weights: np.ndarray | None = None
) -> list[Contraction]:
    """Contraction of each column of posterior draws (m, d) with weights (m,) against prior draws (n, d).

    The prior may be given as its variances (d,). The interval resamples as many posterior draws as
    the weights are worth. Raises ValueError where the prior has no spread.
    """
    prior, posterior = np.asarray(prior, float), np.asarray(posterior, float)
    variance = prior if prior.ndim == 1 else prior.var(axis=0, ddof=1)
    if not (variance > 0).all():
        raise ValueError(f"no spread in the prior of {', '.join(np.array(names)[~(variance > 0)])}")
    weights = normalised(weights, len(posterior))
    found = 1 - mean_and_variance(posterior, weights)[1] / variance
    rows = effective_size(weights)
    size = max(2, round(rows))
    picks = np.random.default_rng(seed).choice(len(posterior), (DRAWS, size), p=weights)
    draws = 1 - np.stack([posterior[pick].var(axis=0, ddof=1) for pick in picks]) / variance
    return [Contraction(name, spread(value, column), rows) for name, value, column in zip(names, found, draws.T)]
