"""What an unseen quantity was: quantile regression forests [1], as used for parameters in ABC [2].

A forest grown on summaries gives each new row weights over the rows of the table: how often they
share a leaf. Quantiles, shares and means of any quantity of the table follow from the weights, also
of quantities the forest was not grown on.

[1] Meinshausen (2006), Quantile regression forests, JMLR 7:983-999
[2] Raynal et al. (2019), ABC random forests for Bayesian parameter inference, doi:10.1093/bioinformatics/bty867
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse
from sklearn.ensemble import RandomForestRegressor


@dataclass(frozen=True)
class Growth:
    """How a forest grows: each tree on so many rows of the table at most, down to `leaf` rows; every split looks at a
    share `features` of the summaries."""

    trees: int = 200
    leaf: int = 10
    rows_a_tree: int = 10_000
    features: float = 1 / 3


@dataclass(frozen=True)
class ForestQuantiles:
    """A fitted forest. Leaves of all trees are numbered in one row; `_members` (n, leaves) tells who is in which."""

    _forest: RandomForestRegressor
    _first_leaf: np.ndarray
    _members: sparse.csr_matrix

    @classmethod
    def fit(
        cls, X: np.ndarray, Y: np.ndarray, seed: int, growth: Growth = Growth(), jobs: int = 1,  # noqa: B008  frozen
    ) -> ForestQuantiles:
        """Grow on summaries X (n, p) and one target Y (n,) or a few (n, q), which count equally.

        One forest a target gives the sharpest answer; one for a few related targets (years of a
        series) costs less and keeps their joint distribution. Same result for any number of `jobs`.
        """
        X, Y = np.asarray(X, float), np.asarray(Y, float).reshape(len(X), -1)
        if not (np.isfinite(X).all() and np.isfinite(Y).all()):
            raise ValueError("summaries and targets must be finite: leave out missing cells")
        spread = Y.std(axis=0)
        targets = (Y - Y.mean(axis=0)) / np.where(spread > 0, spread, 1)
        forest = RandomForestRegressor(
            growth.trees, min_samples_leaf=growth.leaf, max_features=growth.features,
            max_samples=min(growth.rows_a_tree, len(X)), random_state=seed, n_jobs=jobs,
        ).fit(X, targets if targets.shape[1] > 1 else targets[:, 0])
        sizes = np.array([tree.tree_.node_count for tree in forest.estimators_])
        first = np.concatenate([[0], np.cumsum(sizes)])
        return cls(forest, first, _indicator(forest.apply(X), first))

    def weights(self, X: np.ndarray) -> sparse.csr_matrix:
        """Weights (m, n) over the rows of the table for new rows X (m, p); each row sums to 1."""
        new = _indicator(self._forest.apply(np.atleast_2d(X)), self._first_leaf)
        sizes = np.asarray(self._members.sum(axis=0)).ravel()
        trees = len(self._first_leaf) - 1
        new.data = new.data / (sizes[new.indices] * trees)
        return (new @ self._members.T).tocsr()

    def left_out(self, rows: np.ndarray) -> sparse.csr_matrix:
        """Weights (m, n) for these rows of the table (m,) over all others, by the trees that were grown without them.

        What the forest says of a row that it has learnt from, as if it had not; each sums to 1.
        """
        n, trees = self._members.shape[0], len(self._first_leaf) - 1
        without = np.ones((n, trees), bool)
        for tree, drawn in enumerate(self._forest.estimators_samples_):
            without[drawn, tree] = False
        without[~without.any(axis=1)] = True  # with few trees a row may be in all: better too sure than silent
        row, tree = np.nonzero(without[rows])
        leaves = self._members.indices.reshape(n, trees)[rows][row, tree]
        others = np.asarray(self._members.sum(axis=0)).ravel()[leaves] - 1
        shares = sparse.csr_matrix((1 / np.maximum(others, 1), (row, leaves)), (len(rows), self._members.shape[1]))
        found = (shares @ self._members.T).tocsr()
        found.data[found.indices == np.repeat(rows, np.diff(found.indptr))] = 0.0
        found.eliminate_zeros()
        found.data /= np.repeat(np.asarray(found.sum(axis=1)).ravel(), np.diff(found.indptr))
        return found


def quantiles(Y: np.ndarray, w: sparse.csr_matrix, probs: np.ndarray) -> np.ndarray:
    """Weighted quantiles of Y (n,) or (n, q) for each row of w (m, n) -> (m, probs) or (m, q, probs)."""
    Y, probs = np.asarray(Y, float), np.atleast_1d(probs)
    if Y.ndim == 2:
        return np.stack([quantiles(column, w, probs) for column in Y.T], axis=1)
    order = np.argsort(Y, kind="stable")
    ranked, values = _ranked(w, order), Y[order]
    found = np.empty((w.shape[0], len(probs)))
    for row in range(w.shape[0]):
        span = slice(ranked.indptr[row], ranked.indptr[row + 1])
        steps = ranked.data[span]
        found[row] = np.interp(probs, np.cumsum(steps) - steps / 2, values[ranked.indices[span]])
    return found


def cdf(Y: np.ndarray, w: sparse.csr_matrix, y: np.ndarray) -> np.ndarray:
    """Weighted shares of Y (n,) below y (m,), and at or below it, for each row of w (m, n) -> (m, 2)."""
    Y, y = np.asarray(Y, float), np.broadcast_to(np.asarray(y, float), (w.shape[0],))
    row = np.repeat(np.arange(w.shape[0]), np.diff(w.indptr))
    drawn = Y[w.indices]
    return np.stack([
        np.bincount(row, w.data * hit, minlength=w.shape[0]) for hit in (drawn < y[row], drawn <= y[row])
    ], axis=1).clip(0, 1)


def _indicator(leaves: np.ndarray, first: np.ndarray) -> sparse.csr_matrix:
    """(rows, all leaves) with a one for each tree, from `forest.apply` (rows, trees)."""
    rows, trees = leaves.shape
    columns = (leaves + first[:-1]).ravel()
    return sparse.csr_matrix((np.ones(rows * trees), columns, np.arange(rows + 1) * trees), (rows, first[-1]))


def _ranked(w: sparse.csr_matrix, order: np.ndarray) -> sparse.csr_matrix:
    """w with its columns in the order of the values."""
    rank = np.empty(len(order), int)
    rank[order] = np.arange(len(order))
    ranked = sparse.csr_matrix((w.data.copy(), rank[w.indices], w.indptr.copy()), w.shape)
    ranked.sort_indices()
    return ranked
