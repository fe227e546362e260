"""Does the fit cover the data, and does it predict better than naive forecasts?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from undercount.experiments.inference.weighted import quantiles

LEVEL = 0.90


@dataclass(frozen=True)
class Bands:
    """Predictive bands of each cell: ends of the interval and median, and which observed cells are inside.

    Cells that are not observed (NaN) count neither way.
    """

    low: np.ndarray
    median: np.ndarray
    high: np.ndarray
    observed: np.ndarray

    @property
    def inside(self) -> np.ndarray:
        return (self.observed >= self.low) & (self.observed <= self.high)

    @property
    def cells(self) -> int:
        return int(np.isfinite(self.observed).sum())

    @property
    def covered(self) -> float:
        """Share of observed cells inside their band."""
        return float(self.inside.sum() / self.cells)


def bands(
    predicted: np.ndarray, observed: np.ndarray, weights: np.ndarray | None = None, level: float = LEVEL
) -> Bands:
    """Bands of predicted tables (draws, ...) with weights (draws,), against one observed table (...).

    Predict whole tables, with their observation noise, and pass sums of cells for bands of totals.
    """
    predicted, observed = np.asarray(predicted, float), np.asarray(observed, float)
    tail = (1 - level) / 2
    flat = quantiles(predicted.reshape(len(predicted), -1), np.array([tail, 0.5, 1 - tail]), weights)
    return Bands(*(row.reshape(observed.shape) for row in flat), observed)


def averaged_relative_difference(predicted: np.ndarray, observed: np.ndarray) -> float:
    """Sum over rows of |predicted - observed|, relative to the sum observed; rows not observed are left out.

    It is the mean of the rows' relative differences, each row weighing what was observed in it: a plain
    mean is ruled by the rows with the smallest counts.
    """
    predicted, observed = np.asarray(predicted, float), np.asarray(observed, float)
    used = np.isfinite(observed)
    return float(np.abs(predicted[used] - observed[used]).sum() / observed[used].sum())


def last_year_persists(last: np.ndarray) -> np.ndarray:
    """Naive forecast: every row as it was last year."""
    return np.array(last, float)


def last_years_shares(last: np.ndarray, total: float) -> np.ndarray:
    """Naive forecast: the true total, divided as it was last year."""
    last = np.asarray(last, float)
    return last / np.nansum(last) * total
