"""What the methods are shown: summaries of simulated worlds and of the observed one, side by side."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from undercount.experiments.reference.statistics import Statistic, as_published, published
from undercount.experiments.reference.table import Reference
from undercount.experiments.verdict.criteria import FEWEST_HELD_OUT, HELD_OUT_SHARE, MOST_HELD_OUT
from undercount.experiments.verdict.observed import Observed
from undercount.experiments.verdict.summaries import summaries


@dataclass(frozen=True)
class Evidence:
    """An observed table, and statistics beyond it, as one question put to a reference table.

    `table` (worlds, p) and `here` (p,) are the summaries of the simulated worlds and of the observed one.
    """

    reference: Reference
    observed: Observed
    statistics: tuple[Statistic, ...]
    which: str
    table: np.ndarray
    here: np.ndarray

    @classmethod
    def of(cls, reference: Reference, observed: Observed, statistics: Sequence[Statistic] = (),
           which: str = "profile") -> Evidence:
        """Summaries of set `which`, and each statistic as it would have been published of each world."""
        counts = reference.quantities(observed.columns)
        more, known = beyond(reference, statistics)
        return cls(reference, observed, tuple(statistics), which,
                   np.hstack([summaries(observed.rows, counts, which), more]),
                   np.concatenate([summaries(observed.rows, observed.counts, which)[0], known]))

    @property
    def labels(self) -> np.ndarray:
        return self.reference.labels

    @property
    def explanations(self) -> list[str]:
        return self.reference.explanations

    @cached_property
    def held_out(self) -> np.ndarray:
        """The worlds that no method is trained on: the last tenth of each explanation, at least 100."""
        return held_out(self.reference)

    @property
    def training(self) -> np.ndarray:
        return ~self.held_out


def held_out(reference: Reference) -> np.ndarray:
    """Which worlds are kept out of all training, as a mask (worlds,)."""
    mask = np.zeros(len(reference.labels), bool)
    for label in range(len(reference.explanations)):
        mine = np.flatnonzero(reference.labels == label)
        size = min(MOST_HELD_OUT, max(FEWEST_HELD_OUT, len(mine) // HELD_OUT_SHARE))
        mask[mine[-size:]] = True
    return mask


def beyond(reference: Reference, statistics: Sequence[Statistic]) -> tuple[np.ndarray, np.ndarray]:
    """Each statistic as it would have been published of each world, (worlds, statistics), and as it was."""
    worlds = np.empty((len(reference.labels), len(statistics)))
    for i, statistic in enumerate(statistics):
        figures = reference.quantities([f"statistic:{statistic.name}"])[:, 0]
        worlds[:, i] = published(statistic, figures, noise(reference.seed, statistic.name, len(figures)))
    return worlds, np.array([as_published(statistic) for statistic in statistics])


def noise(seed: int, name: str, size: int) -> np.ndarray:
    """Standard normal errors of a statistic for every world, the same in every question to the table."""
    word = int.from_bytes(hashlib.sha256(f"{seed} {name} error".encode()).digest()[:8], "big")
    return np.random.default_rng(word).standard_normal(size)
