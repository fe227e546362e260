"""Are statements about several quantities at once honest? Expected coverage by random points (TARP [1]).

Of a world of known truth a point is taken, and then the share of the posterior that lies nearer to it than the truth.
If the posteriors are right that share is uniform between 0 and 1 wherever the points lie; where points depend on what
is seen of a world, it is uniform for no others. So intervals that hold one by one, of quantities that are put together
wrongly, are found out.

[1] Lemos, Coogan, Hezaveh, Perreault-Levasseur (2023), Sampling-based accuracy testing of posterior estimators for
    general inference, arXiv:2302.03026
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from scipy import stats
from undercount.experiments.inference.calibration import ranks
from undercount.experiments.inference.honest import GRID
from undercount.experiments.inference.methods import Draws


@dataclass(frozen=True)
class Together:
    """Expected coverage of `quantities` at once on `worlds` of known truth: p-value (Kolmogorov-Smirnov) of what right
    posteriors give, and how far the share of truths inside a region lies from its level at most."""

    quantities: int
    worlds: int
    uniform: float
    farthest: float


def together(made: Iterable[Draws], truths: np.ndarray, points: np.ndarray, own: np.ndarray, seed: int) -> Together:
    """Ask it of draws of (m, q) truths; points (m, q), the levels `own` (GRID, q) at which each quantity's intervals
    hold."""
    spread = np.where(truths.std(axis=0) > 0, truths.std(axis=0), 1.0)
    below, upto = [], []
    for draws, truth, point in zip(made, truths, points):
        away = _away(at_honest_levels(draws, own), point, spread)
        mine = _away(truth[None], point, spread)[0]
        below.append(draws.weights @ (away < mine))
        upto.append(draws.weights @ (away <= mine))
    shares = ranks(np.clip(below, 0, 1), np.clip(upto, 0, 1), seed)
    found = stats.kstest(shares, "uniform")
    return Together(truths.shape[1], len(truths), float(found.pvalue), float(found.statistic))


def at_honest_levels(draws: Draws, own: np.ndarray) -> np.ndarray:
    """The values (k, q) of draws, each quantity moved so that its intervals hold; who is large together stays so."""
    moved = np.empty_like(draws.values)
    for i, (values, levels) in enumerate(zip(draws.values.T, own.T)):
        order = np.argsort(values, kind="stable")
        steps = draws.weights[order]
        reached = np.cumsum(steps) - steps / 2
        stated = np.interp(reached, [0.0, *GRID, 1.0], [0.0, *levels, 1.0])
        moved[order, i] = np.interp(stated, reached, values[order])
    return moved


def _away(values: np.ndarray, point: np.ndarray, spread: np.ndarray) -> np.ndarray:
    return np.sqrt((((values - point) / spread) ** 2).sum(axis=1))
