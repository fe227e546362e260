"""Which classes can be told apart: confusion matrices and the families that they leave.

A confusion matrix has true classes as rows and chosen ones as columns; shares of a row sum to 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats
from undercount.experiments.inference.estimate import Estimate, share, spread

LIMIT = 0.3
DRAWS, SEED = 20_000, 0  # of an interval


@dataclass(frozen=True)
class Confusion:
    """Counts (k true, k chosen), their shares by row, and ends of Jeffreys' intervals of the shares."""

    names: tuple[str, ...]
    counts: np.ndarray
    shares: np.ndarray
    low: np.ndarray
    high: np.ndarray


@dataclass(frozen=True)
class Merge:
    """Two families made one: their members, and the share that was above the limit."""

    first: tuple[str, ...]
    second: tuple[str, ...]
    share: float


@dataclass(frozen=True)
class Families:
    """Families in the order of their first members, each in the order of `names`; the path to them; and
    the matrix between families: a row is the mean over the true members of the family."""

    names: tuple[str, ...]
    groups: tuple[tuple[int, ...], ...]
    path: tuple[Merge, ...]
    matrix: np.ndarray

    @property
    def members(self) -> list[list[str]]:
        """Names of the members of each family."""
        return [[self.names[i] for i in group] for group in self.groups]

    def sums(self, probabilities: np.ndarray) -> np.ndarray:
        """Probabilities (..., k) summed by family (..., families)."""
        return np.stack([np.asarray(probabilities)[..., list(group)].sum(axis=-1) for group in self.groups], axis=-1)

    def choose(self, probabilities: np.ndarray) -> np.ndarray:
        """The family with the largest mean probability of its members (...): families equally likely before,
        so that a large one is not chosen for its size."""
        means = [np.asarray(probabilities)[..., list(group)].mean(axis=-1) for group in self.groups]
        return np.stack(means, axis=-1).argmax(axis=-1)

    def family_of(self, labels: np.ndarray) -> np.ndarray:
        """The family's position for each class position."""
        position = np.empty(len(self.names), int)
        for place, group in enumerate(self.groups):
            position[list(group)] = place
        return position[labels]


def confusion(true: np.ndarray, chosen: np.ndarray, names: Sequence[str]) -> Confusion:
    """Confusion matrix of held-out rows made by names[true] and taken for names[chosen].

    Raises ValueError if a class has no row.
    """
    size = len(names)
    counts = np.zeros((size, size), int)
    np.add.at(counts, (np.asarray(true, int), np.asarray(chosen, int)), 1)
    totals = counts.sum(axis=1, keepdims=True)
    if (totals == 0).any():
        raise ValueError(f"no row was made by {', '.join(np.array(names)[totals[:, 0] == 0])}")
    ends = [[share(count, total) for count in row] for row, (total,) in zip(counts, totals)]
    low, high = (np.array([[getattr(cell, end) for cell in row] for row in ends]) for end in ("low", "high"))
    return Confusion(tuple(names), counts, counts / totals, low, high)


def mean_diagonal(found: Confusion) -> Estimate:
    """Mean share of right choices, classes equally likely; interval from draws of Jeffreys' posteriors of the rows."""
    right, totals = np.diag(found.counts), found.counts.sum(axis=1)
    draws = stats.beta.rvs(
        right + 0.5, totals - right + 0.5, size=(DRAWS, len(right)), random_state=np.random.default_rng(SEED)
    )
    return spread(np.diag(found.shares).mean(), draws.mean(axis=1))


def indistinct_pairs(found: Confusion, limit: float = LIMIT) -> list[tuple[str, str, float]]:
    """Pairs of which one is taken for the other in a share of cases above the limit, worst first."""
    larger = np.maximum(found.shares, found.shares.T)
    first, second = np.triu_indices(len(found.names), 1)
    pairs = [(found.names[i], found.names[j], float(larger[i, j])) for i, j in zip(first, second)]
    return sorted((pair for pair in pairs if pair[2] > limit), key=lambda pair: -pair[2])


def families_of_probabilities(
    probabilities: np.ndarray, true: np.ndarray, names: Sequence[str], limit: float = LIMIT,
    goal: float | None = None,
) -> Families:
    """Merge the most confused pair until none is confused in a share above the limit.

    From probabilities (m, k) of held-out rows made by names[true]. The family chosen for a row is the one whose
    members' probabilities have the largest sum, so that the matrix is that of the choice between families. Classes
    count equally whatever their rows.

    With a `goal` families are merged until they are recognised in that share of cases on average
    (mean diagonal), and chosen as `Families.choose` does. Otherwise confusion that is spread thin over
    many classes would pass for telling them apart, and one large family would draw in all others.
    """
    probabilities, true = np.asarray(probabilities, float), np.asarray(true, int)
    rows_of = [np.flatnonzero(true == label) for label in range(len(names))]
    if not all(map(len, rows_of)):
        raise ValueError("every class needs held-out rows")

    def between(groups: list[tuple[int, ...]]) -> np.ndarray:
        pool = np.sum if goal is None else np.mean
        scores = np.stack([pool(probabilities[:, group], axis=1) for group in groups], axis=1)
        chosen = np.eye(len(groups))[scores.argmax(axis=1)]
        by_class = np.stack([chosen[rows].mean(axis=0) for rows in rows_of])
        return np.stack([by_class[list(group)].mean(axis=0) for group in groups])

    return _merge(between, names, limit, goal)


def _merge(between, names: Sequence[str], limit: float, goal: float | None = None) -> Families:
    """Families by repeated merging; `between(groups)` is the matrix of a grouping."""
    names, path = tuple(names), []
    groups = [(i,) for i in range(len(names))]
    while True:
        matrix = between(groups)
        larger = np.triu(np.maximum(matrix, matrix.T), 1)
        i, j = np.unravel_index(larger.argmax(), larger.shape)  # the first of equals
        enough = larger[i, j] <= limit if goal is None else np.diag(matrix).mean() >= goal
        if len(groups) == 1 or enough:
            return Families(names, tuple(groups), tuple(path), matrix)
        first, second = ([names[member] for member in groups[k]] for k in (i, j))
        path.append(Merge(tuple(first), tuple(second), float(larger[i, j])))
        merged = tuple(sorted(groups[i] + groups[j]))
        groups = sorted([group for k, group in enumerate(groups) if k not in (i, j)] + [merged])
