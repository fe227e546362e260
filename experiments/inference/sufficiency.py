"""The warning of the second kind: do the summaries lose what tells the classes apart?

Probabilities from summaries that are not sufficient across classes need not approach the true ones,
however many rows are simulated [1]. No table of simulations shows this by itself; a richer set of
summaries does: if it predicts the class better, the chosen set has lost something.

[1] Robert et al. (2011), Lack of confidence in ABC model choice, doi:10.1073/pnas.1102900108
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from undercount.experiments.inference.calibration import log_scores
from undercount.experiments.inference.estimate import Estimate, mean
from undercount.experiments.inference.forest_choice import ForestChoice

TOLERANCE = 0.01  # nats a row: below this the loss could not move a verdict


@dataclass(frozen=True)
class SecondKind:
    """What is lost: mean log score (nats a row) of the richer set minus that of the chosen set, on rows out of bag,
    classes equally likely.

    `warn` is True if the whole interval of the loss lies above the tolerance.
    """

    loss: Estimate
    tolerance: float

    @property
    def warn(self) -> bool:
        return self.loss.low > self.tolerance

    @property
    def words(self) -> str:
        found = f"{self.loss.value:.3f} ({self.loss.low:.3f} to {self.loss.high:.3f}) nats a row"
        if self.warn:
            return f"Warning of the second kind: these summaries lose {found} of what a richer set tells."
        return f"No warning of the second kind: a richer set of summaries tells {found} more, within the tolerance."


def second_kind(
    chosen: np.ndarray, more: np.ndarray, labels: np.ndarray, classes: Sequence[str], seed: int,
    tolerance: float = TOLERANCE, **forest,
) -> SecondKind:
    """Compare summaries `chosen` (n, p) with `chosen` and `more` (n, q) together; `forest` goes to ForestChoice.fit.

    The answer holds for the summaries in `more`: what neither set holds is not seen.
    """
    fits = [ForestChoice.fit(X, labels, classes, seed, **forest) for X in (chosen, np.hstack([chosen, more]))]
    return compare(*fits, tolerance=tolerance)


def compare(chosen: ForestChoice, richer: ForestChoice, tolerance: float = TOLERANCE) -> SecondKind:
    """Compare two forests fitted to the same rows."""
    poor, rich = chosen.oob_probabilities, richer.oob_probabilities
    gain = log_scores(rich, chosen.labels) - log_scores(poor, chosen.labels)
    return SecondKind(mean(gain, chosen.weights), tolerance)
