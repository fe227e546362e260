"""What further observation is worth: by how much the interval of an answer shrinks if a figure were published too.

Every figure that an agency could publish (`verdict.further`) is taken from every simulated world with its own error
and shown to a forest beside the observed table's summaries. The forest's intervals [1] of each world are out of bag,
of trees that never saw it, and at levels that cover 90 % of the worlds [2], so that a narrower interval is not a
bolder one. Expected widths are means over the worlds that the observed table leaves, by their weights: this is the
expected posterior width before the figure is known (preposterior analysis [3]).

1. Meinshausen (2006), Quantile regression forests, JMLR 7, 983-999
2. Romano, Patterson & Candes (2019), Conformalized quantile regression, NeurIPS 32
3. Raiffa & Schlaifer (1961), Applied statistical decision theory, Harvard
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse
from undercount.experiments.inference.forest_quantiles import ForestQuantiles, Growth, cdf, quantiles
from undercount.experiments.reference.table import Reference
from undercount.experiments.verdict.further import CANDIDATES, Candidate

LEVELS = np.array([0.05, 0.95])
NEAR = 2500  # worlds that the forests are grown on, so that all of it takes a minute or two
TREES, LEAF = 100, 5
CONTROLS = 4  # figures of pure noise, with which the others are compared: more columns alone make intervals wider


@dataclass(frozen=True)
class Target:
    """What is asked: `values` (worlds,) of every world of the table, NaN where it is not known."""

    name: str
    words: str
    values: np.ndarray


@dataclass(frozen=True)
class Worth:
    """What one figure is worth for one target.

    width_without, width_with   expected width of the 90 % interval, in units of the target; without: with a figure
                                of pure noise, mean of CONTROLS
    shrinkage, error            1 - with / without, and its standard error: over worlds, and of the forests' own luck
                                as the controls show it
    """

    name: str
    words: str
    observation_error: float
    cost: int
    target: str
    worlds: int
    width_without: float
    width_with: float
    shrinkage: float
    error: float

    @property
    def tells(self) -> bool:
        """Is the shrinkage surely above none (two standard errors)?"""
        return self.shrinkage > 2.0 * self.error


@dataclass(frozen=True)
class Left:
    """The worlds that an observed table leaves.

    table (worlds, p)   what is known already: the summaries of each world's observed table (and statistics)
    weights (worlds,)   how much each counts still, such as `weights_at`
    """

    reference: Reference
    table: np.ndarray
    weights: np.ndarray

    def near(self, target: Target) -> np.ndarray:
        """The NEAR heaviest in which the target is known, in the table's order. Those of no weight only teach the
        forests."""
        heaviest = np.argsort(-self.weights, kind="stable")
        return np.sort(heaviest[np.isfinite(target.values)[heaviest]][:NEAR])


def worths(left: Left, targets: Sequence[Target], years: Sequence[int], seed: int, jobs: int = 1,
           candidates: Sequence[Candidate] | None = None, step: Callable[[str], None] = lambda what: None,
           ) -> list[Worth]:
    """The worth of every candidate (None: of `verdict.further`) for every target, by cost and then by shrinkage.

    Its figure is published for these `years`.
    """
    found = []
    for same in _together(targets):
        rows = left.near(same[0])
        table, weights = left.table[rows], left.weights[rows]
        Y = np.column_stack([target.values[rows] for target in same])
        share = weights / weights.sum()
        step("without further observation")
        rng = np.random.default_rng(seed)
        controls = [_widths(_beside(table, rng.standard_normal((len(rows), len(years)))), Y, share, seed, jobs)
                    for _ in range(CONTROLS)]
        base = np.mean(controls, axis=0)
        # Of one forest against the mean of CONTROLS.
        luck = np.std([share @ each for each in controls], axis=0, ddof=1) / (share @ base) * np.sqrt(1 + 1 / CONTROLS)
        for candidate in CANDIDATES if candidates is None else candidates:
            step(candidate.words)
            logs = candidate.published(left.reference, years)[rows]
            with_it = _widths(_beside(table, logs), Y, share, seed, jobs)
            for k, target in enumerate(same):
                ratio = _ratio(share, with_it[:, k], base[:, k])
                found.append(Worth(
                    candidate.name, candidate.words, candidate.error, candidate.cost, target.name,
                    len(rows), float(share @ base[:, k]), float(share @ with_it[:, k]), 1.0 - ratio,
                    float(np.hypot(_error(share, with_it[:, k], base[:, k]), luck[k]))))
    order = {target.name: i for i, target in enumerate(targets)}
    return sorted(found, key=lambda worth: (order[worth.target], worth.cost, -worth.shrinkage))


def weights_at(table: np.ndarray, here: np.ndarray, targets: Sequence[Target], seed: int, jobs: int = 1) -> np.ndarray:
    """Weights (worlds,) of the worlds that an observed table with summaries `here` (p,) leaves; they sum to 1.

    They are those of a quantile forest for the targets that are known everywhere.
    """
    known = [target.values for target in targets if np.isfinite(target.values).all()]
    forest = ForestQuantiles.fit(table, np.column_stack(known), seed, Growth(TREES), jobs)
    return np.asarray(forest.weights(here[None]).todense()).ravel()


def _together(targets: Sequence[Target]) -> list[list[Target]]:
    """Targets that are known in the same worlds share their forests."""
    groups: dict[bytes, list[Target]] = {}
    for target in targets:
        groups.setdefault(np.isfinite(target.values).tobytes(), []).append(target)
    return list(groups.values())


def _beside(table: np.ndarray, logs: np.ndarray) -> np.ndarray:
    """What is known, and the figure as a level and as its changes from year to year and from the first to the last."""
    return np.hstack([table, logs, np.diff(logs, axis=1), logs[:, -1:] - logs[:, :1]])


def _widths(X: np.ndarray, Y: np.ndarray, share: np.ndarray, seed: int, jobs: int) -> np.ndarray:
    """Width of every world's 90 % interval of every target, (worlds, targets), out of bag."""
    w = out_of_bag(X, Y, seed, jobs)
    found = np.empty(Y.shape)
    for k, y in enumerate(Y.T):
        # Levels at which the intervals cover 90 % of the worlds by their shares.
        at = cdf(y, w, y).mean(axis=1)
        order = np.argsort(at, kind="stable")
        levels = np.interp(LEVELS, np.cumsum(share[order]) - share[order] / 2, at[order])
        low, high = quantiles(y, w, levels).T
        found[:, k] = high - low
    return found


def out_of_bag(X: np.ndarray, Y: np.ndarray, seed: int, jobs: int = 1) -> sparse.csr_matrix:
    """Weights (n, n) that a forest gives the others for each row, by the trees in whose bootstrap it was not.

    X (n, p), Y (n, q); every row sums to 1 (if a tree has left it out, which 100 trees do but for 1 in 10^20).
    """
    from sklearn.ensemble import RandomForestRegressor

    spread = Y.std(axis=0)
    forest = RandomForestRegressor(TREES, min_samples_leaf=LEAF, max_features=1 / 3, random_state=seed, n_jobs=jobs)
    targets = (Y - Y.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
    forest.fit(X, targets if targets.shape[1] > 1 else targets[:, 0])
    n, leaves = len(X), forest.apply(X)
    total = sparse.csr_matrix((n, n))
    for tree, chosen in enumerate(forest.estimators_samples_):
        times = np.bincount(chosen, minlength=n).astype(float)
        leaf = leaves[:, tree]
        inside = np.bincount(leaf, times)
        out = np.flatnonzero(times == 0)
        asked = sparse.csr_matrix((1.0 / inside[leaf[out]], (out, leaf[out])), (n, len(inside)))
        total = total + asked @ sparse.csr_matrix((times, (np.arange(n), leaf)), (n, len(inside))).T
    sums = np.asarray(total.sum(axis=1)).ravel()
    return sparse.diags(1.0 / np.maximum(sums, 1e-300)).dot(total).tocsr()


def _ratio(share: np.ndarray, one: np.ndarray, base: np.ndarray) -> float:
    return float(share @ one) / float(share @ base)


def _error(share: np.ndarray, one: np.ndarray, base: np.ndarray) -> float:
    """Standard error of the ratio of two weighted means over the same worlds (delta method)."""
    ratio = _ratio(share, one, base)
    return float(np.sqrt((share ** 2 * (one - ratio * base) ** 2).sum()) / (share @ base))
