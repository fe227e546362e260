"""Posteriors of the estimands, by four methods that share one set of regressions.

The first step of all is a ridge regression of every estimand on the summaries, fitted to logarithms and their changes
(semi-automatic ABC [1]); its predictions, out of fold for the worlds that are learnt from, are summaries themselves.

    forest      quantile regression forests [2, 3] on summaries and predictions: weights of simulated worlds
    adjusted    the same weights, each world moved along the regression to the observed summaries [4]
    rejection   the nearest worlds in the space of the predictions, moved along a local regression [4]
    ridge       the prediction, with the out-of-fold residuals of all worlds as its distribution

Forests and adjusted forests need nothing but scikit-learn, and carry the answer. Every method gives draws with weights;
whether they are honest is asked in `checks`.

[1] Fearnhead, Prangle (2012), Constructing summary statistics for ABC, doi:10.1111/j.1467-9868.2011.01010.x
[2] Meinshausen (2006), Quantile regression forests, JMLR 7:983-999
[3] Raynal et al. (2019), ABC random forests for Bayesian parameter inference, doi:10.1093/bioinformatics/bty867
[4] Beaumont, Zhang, Balding (2002), Approximate Bayesian computation in population genetics,
    doi:10.1093/genetics/162.4.2025
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from undercount.experiments.inference.forest_quantiles import ForestQuantiles
from undercount.experiments.inference.rejection import nearest

METHODS = ("forest", "adjusted", "rejection", "ridge")
MOVING = METHODS[1:]  # those that move worlds to the observed summaries
FOLDS = 5
PENALTIES = np.logspace(-2, 4, 13)
NEAREST, FEWEST_NEAREST = 0.05, 200
TREES, LEAF, ROWS_A_TREE = 150, 8, 6000


@dataclass(frozen=True)
class Draws:
    """Draws (k, targets) of a posterior with weights (k,) that sum to 1; `worlds` are their rows of the training."""

    values: np.ndarray
    weights: np.ndarray
    worlds: np.ndarray


@dataclass(frozen=True)
class Fitted:
    """The four methods, fitted to the summaries and estimands (n, targets) of the worlds to learn from.

    `families` name the targets that share a forest.
    """

    names: tuple[str, ...]
    truths: np.ndarray
    families: dict[str, tuple[int, ...]]
    _centre: np.ndarray
    _scale: np.ndarray
    _ridge: object
    _predicted: np.ndarray  # out of fold
    _spread: np.ndarray  # of the residuals
    _forests: dict[str, ForestQuantiles]
    _projected: tuple[int, ...]

    @classmethod
    def fit(cls, summaries: np.ndarray, truths: np.ndarray, names: Sequence[str], families: dict[str, Sequence[str]],
            seed: int, cores: int, trees: int = TREES) -> Fitted:
        """Learn from summaries (n, p) and truths (n, targets). `families`: name -> its targets, by name."""
        from sklearn.linear_model import Ridge, RidgeCV
        from sklearn.model_selection import KFold, cross_val_predict

        centre, scale = summaries.mean(axis=0), summaries.std(axis=0)
        scale = np.where(scale > 0, scale, 1.0)
        X = (summaries - centre) / scale
        model = RidgeCV(PENALTIES).fit(X, truths)
        # The penalty is not refitted in every fold: one number from all worlds tells nothing of a single one.
        predicted = cross_val_predict(Ridge(model.alpha_), X, truths, cv=KFold(FOLDS, shuffle=True, random_state=seed))
        spread = (truths - predicted).std(axis=0)
        at = {name: i for i, name in enumerate(names)}
        grouped = {family: tuple(at[name] for name in members) for family, members in families.items()}
        projected = tuple(sorted({i for members in grouped.values() for i in members}))
        features = np.hstack([X, predicted[:, projected]])
        forests = {family: ForestQuantiles.fit(features, truths[:, list(members)], seed + k, trees, LEAF, cores,
                                               ROWS_A_TREE)
                   for k, (family, members) in enumerate(grouped.items())}
        return cls(tuple(names), truths, grouped, centre, scale, model, predicted, np.where(spread > 0, spread, 1.0),
                   forests, projected)

    def forest_weights(self, family: str, summaries: np.ndarray):
        """Weights (m, n) of the training worlds for new rows (m, p), sparse."""
        X = (np.atleast_2d(summaries) - self._centre) / self._scale
        return self._forests[family].weights(np.hstack([X, self._guess(X)[:, self._projected]]))

    def _guess(self, X: np.ndarray) -> np.ndarray:
        return self._ridge.predict(X).reshape(len(X), -1)

    def posteriors(self, method: str, family: str, summaries: np.ndarray, targets: Sequence[int]) -> Iterator[Draws]:
        """Draws of the `targets` (positions) for every row of summaries (m, p), by one method."""
        X = (np.atleast_2d(summaries) - self._centre) / self._scale
        guess, targets = self._guess(X), list(targets)
        truths, predicted = self.truths[:, targets], self._predicted[:, targets]
        if method == "ridge":
            even = np.full(len(truths), 1 / len(truths))
            for row in guess:
                yield Draws(truths - predicted + row[targets], even, np.arange(len(truths)))
        elif method == "rejection":
            yield from self._rejection(guess, truths)
        else:
            weights = self._forests[family].weights(np.hstack([X, guess[:, self._projected]]))
            for i, row in enumerate(guess):
                span = slice(weights.indptr[i], weights.indptr[i + 1])
                worlds, share = weights.indices[span], weights.data[span]
                values = truths[worlds]
                if method == "adjusted":
                    values = values + row[targets] - predicted[worlds]
                yield Draws(values, share / share.sum(), worlds)

    def _rejection(self, guess: np.ndarray, truths: np.ndarray) -> Iterator[Draws]:
        scale, projected = self._spread[list(self._projected)], list(self._projected)
        table = self._predicted[:, projected] / scale
        share = min(1.0, max(NEAREST, FEWEST_NEAREST / len(table)))
        for row in guess[:, projected] / scale:
            near = nearest(table, row, share)
            A = np.hstack([np.ones((len(near.rows), 1)), near.summaries])
            root = np.sqrt(near.weights)[:, None]
            slopes = np.linalg.lstsq(root * A, root * truths[near.rows], rcond=1e-6)[0]
            yield Draws(truths[near.rows] - near.summaries @ slopes[1:], near.weights, near.rows)
