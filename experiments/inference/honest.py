"""Are a method's statements honest? Ranks and scores on worlds of known truth, and levels at which intervals hold.

A method's distribution function is mapped so that a truth lies below the stated 5 % quantile in 5 % of the cases, and
so on (conformal correction [1]). Cases are worlds that were set aside and, as these are few, those that were learnt
from, each left out (`methods.Fitted.left_out`; jackknife+-after-bootstrap [2]).

[1] Romano, Patterson, Candes (2019), Conformalized quantile regression, NeurIPS 32
[2] Kim, Xu, Barber (2020), Predictive inference is free with the jackknife+-after-bootstrap, NeurIPS 33
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from undercount.experiments.inference import calibration
from undercount.experiments.inference.methods import Draws, Fitted

GRID = np.linspace(0.05, 0.95, 19)
BINS = 10  # of equal prior probability, for the log score
LEAST = 0.01  # share of the prior in every statement of the log score: a finite number of worlds proves no zero


@dataclass(frozen=True)
class Assessed:
    """A method's statements on worlds of known truth, (m, targets) each.

    `ranks` of the truths in their posteriors; `means`; `scores` are log probabilities (nats) of the truth's bin of
    equal prior probability; `below` (m, targets, marks) the probabilities of the marks asked for, or less.
    """

    ranks: np.ndarray
    means: np.ndarray
    scores: np.ndarray
    below: np.ndarray


def assess(fitted: Fitted, made: Iterable[Draws], truths: np.ndarray, targets: Sequence[int], seed: int,
           marks: Sequence[float] = ()) -> Assessed:
    """Judge draws of these targets that were made of worlds (m of them) whose truths (m, all targets) are known."""
    targets = list(targets)
    asked = truths[:, targets]
    edges = np.quantile(fitted.truths[:, targets], np.linspace(0, 1, BINS + 1)[1:-1], axis=0)
    low, upto, means, scores, below = [], [], [], [], []
    for draws, truth in zip(made, asked):
        w = draws.weights
        low.append(w @ (draws.values < truth))
        upto.append(w @ (draws.values <= truth))
        means.append(w @ draws.values)
        steps = np.stack([w @ (draws.values <= edge) for edge in edges])  # (BINS - 1, targets)
        chances = np.diff(steps, axis=0, prepend=0.0, append=1.0)
        mine = chances[(truth > edges).sum(axis=0), np.arange(len(targets))]
        scores.append(np.log((1 - LEAST) * np.clip(mine, 0, 1) + LEAST / BINS))
        below.append([[w @ (column <= mark) for mark in marks] for column in draws.values.T])
    low, upto = np.clip(low, 0, 1), np.clip(upto, 0, 1)
    ranks = np.stack([calibration.ranks(a, b, seed) for a, b in zip(low.T, upto.T)], axis=1)
    return Assessed(ranks, np.array(means), np.array(scores), np.clip(np.array(below), 0, 1))


def levels(ranks: np.ndarray) -> np.ndarray:
    """The method's own levels below which shares GRID of the truths lie, (GRID, targets), from ranks (m, targets).

    By order statistics at p (m + 1): a new truth then lies below in a share p of the cases for any m [1]. NumPy's
    default, at p (m - 1) + 1, would make an interval of 90 % cover 88 % with 80 ranks.
    """
    return np.clip(np.quantile(ranks, GRID, axis=0, method="weibull"), 0.0, 1.0)


def honest(stated: np.ndarray, own: np.ndarray) -> np.ndarray:
    """Stated levels of one target, mapped by its `levels` (GRID,)."""
    return np.interp(stated, [0.0, *own, 1.0], [0.0, *GRID, 1.0])
