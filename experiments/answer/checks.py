"""Is the answer to be believed? Every estimand on worlds of known truth that nothing was trained or set on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats
from undercount.experiments.answer.estimands import FELL, WAYS, way
from undercount.experiments.inference import calibration
from undercount.experiments.inference.estimate import Estimate, spread
from undercount.experiments.inference.honest import Assessed, honest

LEVEL = 0.90
COVERED = 0.0375  # a share of LEVEL may lie so far from it: 345 to 375 of 400
RANKS = 0.05  # chance that a test of uniform ranks fails where all are uniform; divided by the number of tests
MOST_BIAS = 0.1  # of the prior's spread
SAYS = 0.1  # share of the variance explained below which the table says nothing of an estimand
HONEST = 0.05  # largest mean error of a stated P(fell), over BINS
# Of 400 worlds, honest probabilities have a mean error of 0.04 in five bins; in ten it would be 0.06 by luck alone.
BINS = 5
# Goals that were set before any table was made; more worlds bring a table no nearer to them (docs/learners.md).
CORRELATION = {1: 0.78, 2: 0.85}  # of D over so many years, or over more
AUC, AUC_INFORMED = 0.90, 0.94  # from the table alone, and with the statistics beyond it
DRAWS = 500


def correlation_goal(window: str) -> float:
    """The goal for D of a window, BEFORE:AFTER."""
    before, after = map(int, window.split(":"))
    return CORRELATION.get(after - before, CORRELATION[max(CORRELATION)])


@dataclass(frozen=True)
class Check:
    """One estimand on `worlds` of known truth: `inside` of them have the truth in the 90 % interval.

    `bias` is in standard deviations of the prior, `explained` the share of the prior's variance that the posterior
    mean explains, with a 90 % bootstrap interval.
    """

    worlds: int
    inside: int
    uniform: float
    bias: float
    correlation: float
    explained: Estimate

    @property
    def covers(self) -> bool:
        return abs(self.inside / self.worlds - LEVEL) <= COVERED

    @property
    def says(self) -> bool:
        """Does the table say anything of it? The whole interval must lie above SAYS."""
        return self.explained.low > SAYS


def check(ranks: np.ndarray, means: np.ndarray, truths: np.ndarray, seed: int) -> Check:
    """From honest ranks, posterior means and truths, (worlds,) each."""
    inside = int(((ranks >= 0.05) & (ranks <= 0.95)).sum())
    deviation = truths.std()
    bias = float((means - truths).mean() / deviation) if deviation > 0 else 0.0
    together = float(np.corrcoef(means, truths)[0, 1]) if deviation > 0 and means.std() > 0 else 0.0
    picks = np.random.default_rng(seed).integers(0, len(truths), (DRAWS, len(truths)))
    draws = np.array([_explained(means[rows], truths[rows]) for rows in picks])
    return Check(len(truths), inside, float(stats.kstest(ranks, "uniform").pvalue), bias, together,
                 spread(_explained(means, truths), draws))


def _explained(means: np.ndarray, truths: np.ndarray) -> float:
    variance = truths.var()
    return float(1 - ((means - truths) ** 2).mean() / variance) if variance > 0 else 0.0


def checks(found: Assessed, truths: np.ndarray, own: np.ndarray, seed: int) -> list[Check]:
    """A check of every target: truths (m, targets), the levels `own` (GRID, targets)."""
    return [check(honest(found.ranks[:, i], own[:, i]), found.means[:, i], truths[:, i], seed)
            for i in range(truths.shape[1])]


@dataclass(frozen=True)
class Direction:
    """Stated probabilities that D fell, on worlds of known truth: can they rank, and do they come true?"""

    auc: Estimate
    calibration: calibration.Calibration


def direction(stated: np.ndarray, truths: np.ndarray, seed: int) -> Direction | None:
    """Of stated P(fell) and D, (worlds,) each; None if all worlds fell or none did."""
    fell = truths <= FELL
    if fell.all() or not fell.any():
        return None
    picks = np.random.default_rng(seed).integers(0, len(fell), (DRAWS, len(fell)))
    draws = [area(stated[rows], fell[rows]) for rows in picks if 0 < fell[rows].sum() < len(rows)]
    return Direction(spread(area(stated, fell), np.array(draws)), calibration.calibration(stated, fell, seed, BINS))


def area(stated: np.ndarray, happened: np.ndarray) -> float:
    """Area under the ROC curve: how often one that happened was stated more probable than one that did not."""
    ranks = stats.rankdata(stated)
    yes, no = int(happened.sum()), int((~happened).sum())
    return float((ranks[happened].sum() - yes * (yes + 1) / 2) / (yes * no))


def recognised(chances: np.ndarray, truths: np.ndarray) -> dict[str, float]:
    """Share of worlds of each of WAYS in which it was stated as most probable; chances (m, WAYS)."""
    chosen, true = chances.argmax(axis=1), way(truths)
    return {name: float((chosen[true == k] == k).mean()) for k, name in enumerate(WAYS) if (true == k).any()}
