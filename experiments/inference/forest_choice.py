"""Which class made a row: model choice by approximate Bayesian computation with random forests [1].

Votes of a forest are no probabilities. Two ways lead from one to the other:
`probabilities` puts votes through a map fitted to out-of-bag votes (multinomial logistic regression on
log votes, called Dirichlet calibration [2]); `posterior_of_selected` is the second forest of [1], which
learns where the first one errs.

[1] Pudlo et al. (2016), Reliable ABC model choice via random forests, doi:10.1093/bioinformatics/btv684
[2] Kull et al. (2019), Beyond temperature scaling, arXiv:1910.12656
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from sklearn.preprocessing import StandardScaler

FOLDS = 5
LEAF = 20  # rows in a leaf: votes are then shares; nearest to exact probabilities among 1, 5, 20, 50 (tests' toy)
ROWS_A_TREE = 10_000  # more rows make slower trees, not better ones; abcrf has the same setting
SECOND_FOREST_TREES = 200


@dataclass(frozen=True)
class ForestChoice:
    """A fitted forest. `labels[i]` is the position in `classes` of the class that made row i of the table."""

    classes: tuple[str, ...]
    labels: np.ndarray
    weights: np.ndarray  # of rows: every class has the same total
    oob_votes: np.ndarray  # (n, k), of the trees that did not see the row
    seed: int
    jobs: int
    _inputs: np.ndarray
    _scaler: StandardScaler
    _axes: LinearDiscriminantAnalysis
    _forest: RandomForestClassifier

    @classmethod
    def fit(
        cls, X: np.ndarray, labels: np.ndarray, classes: Sequence[str], seed: int, trees: int = 500, jobs: int = 1,
    ) -> ForestChoice:
        """Fit to summaries X (n, p) of rows made by classes[labels]. Same result for any number of `jobs`.

        Every class has the same prior probability whatever its number of rows. Raises ValueError for values
        that are not finite and classes without rows.
        """
        X, labels = _checked(X), np.asarray(labels, int)
        weights = balanced(labels, len(classes))
        scaler = StandardScaler().fit(X)
        axes = LinearDiscriminantAnalysis(priors=np.full(len(classes), 1 / len(classes)))
        scaled = scaler.transform(X)
        axes.fit(scaled, labels)
        inputs = np.hstack([X, axes.transform(scaled)])
        forest = RandomForestClassifier(
            trees, min_samples_leaf=LEAF, max_samples=min(ROWS_A_TREE, len(X)), oob_score=True,
            random_state=seed, n_jobs=jobs,
        ).fit(inputs, labels, sample_weight=weights)
        # Threads would add votes in any order, which changes last digits.
        forest.n_jobs = 1
        votes = np.nan_to_num(forest.oob_decision_function_, nan=1 / len(classes))
        return cls(tuple(classes), labels, weights, votes, seed, jobs, inputs, scaler, axes, forest)

    def votes(self, X: np.ndarray) -> np.ndarray:
        """Shares of the trees' votes for new rows (m, p) -> (m, k)."""
        return self._forest.predict_proba(self._with_axes(X))

    def probabilities(self, X: np.ndarray) -> np.ndarray:
        """Calibrated probability of every class for new rows (m, p) -> (m, k)."""
        return self._probability_of(self._map, self.votes(X))

    def choose(self, X: np.ndarray) -> np.ndarray:
        """Position of the most probable class of each new row."""
        return self.probabilities(X).argmax(axis=1)

    def posterior_of_selected(self, X: np.ndarray) -> np.ndarray:
        """Probability that `choose` is right for each new row, by the second forest."""
        return 1 - np.clip(self._second_forest.predict(self._with_axes(X)), 0, 1)

    @cached_property
    def oob_probabilities(self) -> np.ndarray:
        """Calibrated probabilities of the table's own rows (n, k): out-of-bag votes, cross-fitted map."""
        found = np.empty_like(self.oob_votes)
        folds = StratifiedKFold(FOLDS, shuffle=True, random_state=self.seed)
        for rest, fold in folds.split(self.oob_votes, self.labels):
            found[fold] = self._probability_of(self._map_from(rest), self.oob_votes[fold])
        return found

    @cached_property
    def _map(self) -> LogisticRegression:
        return self._map_from(slice(None))

    @cached_property
    def _second_forest(self) -> RandomForestRegressor:
        wrong = (self.oob_probabilities.argmax(axis=1) != self.labels).astype(float)
        forest = RandomForestRegressor(
            min(SECOND_FOREST_TREES, self._forest.n_estimators), min_samples_leaf=LEAF, max_features=1 / 3,
            max_samples=self._forest.max_samples, random_state=self.seed, n_jobs=self.jobs,
        ).fit(self._inputs, wrong, sample_weight=self.weights)
        forest.n_jobs = 1
        return forest

    def _map_from(self, rows: np.ndarray | slice) -> LogisticRegression:
        model = LogisticRegression(max_iter=2000)
        return model.fit(self._log(self.oob_votes[rows]), self.labels[rows], sample_weight=self.weights[rows])

    def _probability_of(self, model: LogisticRegression, votes: np.ndarray) -> np.ndarray:
        return model.predict_proba(self._log(votes))

    def _log(self, votes: np.ndarray) -> np.ndarray:
        """Log votes; no vote counts as half a vote."""
        return np.log(np.maximum(votes, 0.5 / self._forest.n_estimators))

    def _with_axes(self, X: np.ndarray) -> np.ndarray:
        X = _checked(X)
        return np.hstack([X, self._axes.transform(self._scaler.transform(X))])


def balanced(labels: np.ndarray, size: int) -> np.ndarray:
    """Row weights of mean 1 that give each of `size` classes the same total."""
    rows = np.bincount(labels, minlength=size)
    if len(rows) > size or (rows == 0).any():
        raise ValueError(f"labels must be 0 to {size - 1}, each with at least one row")
    return 1.0 / rows[labels] * (len(labels) / size)


def _checked(X: np.ndarray) -> np.ndarray:
    X = np.atleast_2d(np.asarray(X, float))
    if not np.isfinite(X).all():
        raise ValueError("summaries must be finite: leave out missing cells")
    return X
