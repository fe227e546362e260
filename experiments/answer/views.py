"""What the methods see of each world, and which worlds they may learn from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from undercount.experiments.reference.statistics import Statistic
from undercount.experiments.reference.table import Reference
from undercount.experiments.verdict.evidence import beyond
from undercount.experiments.verdict.observed import Observed
from undercount.experiments.verdict.summaries import ADDED, summaries
from undercount.model.country.observation import as_published
from undercount.model.files.problems import BadInput, Problem
from undercount.model.known.region import Referral
from undercount.model.known.series import pairs

CHECKED = 400  # worlds that no method sees before it is checked
MOST_SETTING, SETTING_SHARE = 1000, 10  # worlds that choose the methods: a tenth, at most
FEWEST_CHECKED, FEWEST_SETTING, FEWEST_TRAINED = 80, 80, 240


@dataclass(frozen=True)
class Split:
    """Positions of the worlds: to train on, to choose the methods by, to check on. The first two set the levels."""

    train: np.ndarray
    setting: np.ndarray
    checked: np.ndarray


def split(reference: Reference, seed: int) -> Split:
    """The last worlds are checked on, those before them choose the methods; shuffled where there are several
    explanations, as a table holds one after the other. Raises BadInput if there are too few."""
    worlds = len(reference.labels)
    least = FEWEST_CHECKED + FEWEST_SETTING + FEWEST_TRAINED
    if worlds < least:
        raise BadInput(Problem(str(reference.folder), "--worlds", f"{worlds} worlds", f"at least {least}: "
                               f"{FEWEST_TRAINED} to learn from, {FEWEST_SETTING} to set intervals by and "
                               f"{FEWEST_CHECKED} to check them on"))
    checked = min(CHECKED, max(FEWEST_CHECKED, worlds // 5))
    setting = min(MOST_SETTING, max(FEWEST_SETTING, worlds // SETTING_SHARE))
    at = np.random.default_rng([seed, 0x5117]).permutation(worlds) if len(reference.explanations) > 1 else \
        np.arange(worlds)
    return Split(at[:worlds - checked - setting], at[worlds - checked - setting:worlds - checked],
                 at[worlds - checked:])


@dataclass(frozen=True)
class View:
    """What the methods see: of every world (worlds, p), and of the observed table (p,)."""

    worlds: np.ndarray
    here: np.ndarray

    @classmethod
    def of(cls, observed: Observed, counts: np.ndarray) -> View:
        """The table alone; `counts` (worlds, cells) are the simulated ones."""
        return cls(seen(observed.rows, counts), seen(observed.rows, observed.counts)[0])

    def with_statistics(self, reference: Reference) -> View:
        """And each of the region's statistics that is used, as it would have been published of each world."""
        more, known = beyond(reference, used(reference))
        return View(np.hstack([self.worlds, more]), np.concatenate([self.here, known]))


def used(reference: Reference) -> list[Statistic]:
    """The statistics beyond the table that something is learnt from."""
    return [statistic for statistic in reference.statistics if statistic.use]


def seen(rows: Sequence[Referral], counts: np.ndarray) -> np.ndarray:
    """Summaries (worlds, p) of tables `counts` (worlds, cells): levels, changes over one year and over two, shares."""
    counts = as_published(rows, np.atleast_2d(np.asarray(counts, float)))
    return np.column_stack([summaries(rows, counts), *_over_two(rows, counts)])


def _over_two(rows: Sequence[Referral], counts: np.ndarray) -> list[np.ndarray]:
    """Changes over two periods: of each country, and of the sum over those known in both."""
    periods = sorted({row.period for row in rows if row.period.isdigit()})
    found = []
    for before, after in zip(periods, periods[2:]):
        both = pairs(rows, before, after)
        if not both:
            continue
        sides = [[pair[i] for pair in both] for i in (0, 1)]
        first, last = (counts[:, side] for side in sides)
        found += list((np.log(last + ADDED) - np.log(first + ADDED)).T)
        if len(both) > 1:
            found.append(np.log(last.sum(axis=1) + ADDED) - np.log(first.sum(axis=1) + ADDED))
    return found


# The stated error of a cell of the robust answer: what a world shows, times exp(error), with an error of Student's t.
# Both are assumptions: a typical cell lies within a quarter of the model's own figure, one in twenty off by twice that.
ERROR_SCALE, ERROR_FREEDOM = 0.2, 3


def disturbed(observed: Observed, counts: np.ndarray, seed: int) -> np.ndarray:
    """Simulated counts (worlds, cells) with the stated error of every cell."""
    error = ERROR_SCALE * np.random.default_rng([seed, 0xE220]).standard_t(ERROR_FREEDOM, counts.shape)
    # Beyond a factor of twenty an error would be a number that nobody prints.
    return np.maximum((counts + ADDED) * np.exp(np.clip(error, -3.0, 3.0)) - ADDED, 0.0)
