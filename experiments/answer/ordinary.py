"""Is the observed table like the simulated ones? Asked before any number, since beyond them no method can speak.

Distances are Mahalanobis' on logarithms of the cells, whose mean and covariance come from the training worlds; tail
probabilities are ranks among the worlds that are kept for checks, so that no distribution is assumed. A cell is in
conflict if it is far from what the other cells of the same table lead one to expect [1].

[1] Marshall, Spiegelhalter (2007), Identifying outliers in Bayesian hierarchical models, doi:10.1214/07-BA218
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from undercount.experiments.verdict.observed import Observed
from undercount.experiments.verdict.summaries import ADDED
from undercount.model.country.observation import as_published

STRANGE = 0.05  # tail probability of the whole table below which it is called out of the ordinary
CONFLICT = 0.02  # of a cell given the others


@dataclass(frozen=True)
class Cell:
    """One cell given all others: what was observed, the 90 % range to be expected, and the tail probability."""

    iso3: str
    period: str
    observed: float
    low: float
    high: float
    tail: float

    @property
    def conflict(self) -> bool:
        return self.tail < CONFLICT


@dataclass(frozen=True)
class Ordinary:
    """Distance of the observed table and the share of worlds further out; `without`: that share less a country."""

    distance: float
    tail: float
    worlds: int
    cells: tuple[Cell, ...]
    without: dict[str, float]

    @property
    def strange(self) -> bool:
        return self.tail < STRANGE

    @property
    def conflicts(self) -> list[Cell]:
        return sorted((cell for cell in self.cells if cell.conflict), key=lambda cell: cell.tail)


def ordinary(observed: Observed, counts: np.ndarray, train: np.ndarray, others: np.ndarray) -> Ordinary:
    """Ask it of simulated counts (worlds, cells); `train` and `others` are positions of worlds."""
    logs, here = np.log(as_published(observed.rows, counts) + ADDED), np.log(observed.counts + ADDED)
    everything = np.arange(len(here))
    distance, tail = _tail(logs, here, train, others, everything)
    codes = np.array([row.iso3 for row in observed.rows])
    without = {code: _tail(logs, here, train, others, everything[codes != code])[1]
               for code in dict.fromkeys(codes.tolist()) if (codes != code).sum() > 1}
    return Ordinary(distance, tail, len(others), tuple(_cells(observed, logs, here, train, others)), without)


def _tail(logs: np.ndarray, here: np.ndarray, train: np.ndarray, others: np.ndarray,
          cells: np.ndarray) -> tuple[float, float]:
    centre = logs[train][:, cells].mean(axis=0)
    precision = np.linalg.pinv(np.atleast_2d(np.cov(logs[train][:, cells].T)))

    def squared(rows: np.ndarray) -> np.ndarray:
        away = np.atleast_2d(rows) - centre
        return np.einsum("ij,jk,ik->i", away, precision, away)

    mine = float(squared(here[cells])[0])
    return float(np.sqrt(max(mine, 0.0))), _share(squared(logs[others][:, cells]) >= mine)


def _share(further: np.ndarray) -> float:
    """Share of worlds further out, the observed table counted among them: never exactly 0."""
    return float((further.sum() + 1) / (len(further) + 1))


def _cells(observed: Observed, logs: np.ndarray, here: np.ndarray, train: np.ndarray, others: np.ndarray):
    """Each cell given the others, by the linear regression that the covariance implies."""
    centre = logs[train].mean(axis=0)
    covariance = np.cov(logs[train].T)
    for i, row in enumerate(observed.rows):
        rest = np.arange(len(here)) != i
        slopes = np.linalg.lstsq(covariance[np.ix_(rest, rest)], covariance[rest, i], rcond=None)[0]
        expected = centre[i] + (logs[others][:, rest] - centre[rest]) @ slopes
        off = logs[others, i] - expected
        mine = centre[i] + (here[rest] - centre[rest]) @ slopes
        low, high = np.quantile(mine + off, [0.05, 0.95])
        side = min(_share(off >= here[i] - mine), _share(off <= here[i] - mine))
        yield Cell(row.iso3, row.period, float(observed.counts[i]), max(0.0, float(np.exp(low) - ADDED)),
                   max(0.0, float(np.exp(high) - ADDED)), min(1.0, 2 * side))
