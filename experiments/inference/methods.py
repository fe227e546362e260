"""Posteriors of the estimands, by four methods that share one set of regressions.

The first step of all is a ridge regression of every estimand on the summaries, fitted to logarithms and their changes
(semi-automatic ABC [1]); its predictions, out of fold for the worlds that are learnt from, are summaries themselves.

    forest      quantile regression forests [2, 3] on summaries and predictions: weights of simulated worlds
    adjusted    the same weights, each world moved along the regression to the observed summaries [4]
    rejection   the nearest worlds in the space of the predictions, moved along a local regression [4]
    ridge       the prediction, with the out-of-fold residuals of all worlds as its distribution

What is exactly one number in many worlds (no shelter was full) need not be moved: no world has what a shift would make
of it. Forests and adjusted forests need nothing but scikit-learn, and carry the answer. Every method gives draws
with weights; whether they are honest is asked in `honest.py`.

[1] Fearnhead, Prangle (2012), Constructing summary statistics for ABC, doi:10.1111/j.1467-9868.2011.01010.x
[2] Meinshausen (2006), Quantile regression forests, JMLR 7:983-999
[3] Raynal et al. (2019), ABC random forests for Bayesian parameter inference, doi:10.1093/bioinformatics/bty867
[4] Beaumont, Zhang, Balding (2002), Approximate Bayesian computation in population genetics,
    doi:10.1093/genetics/162.4.2025
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from undercount.experiments.inference.forest_quantiles import ForestQuantiles, Growth

METHODS = ("forest", "adjusted", "rejection", "ridge")
MOVING = METHODS[1:]  # those that move worlds to the observed summaries
FORESTS = METHODS[:2]
FOLDS = 5
PENALTIES = np.logspace(-2, 4, 13)
NEAREST, FEWEST_NEAREST = 0.05, 200
GROWTH = Growth(
    trees=120, leaf=8, rows_a_tree=5000,
    features=0.12)  # summaries say much the same in different ways
GROWN = 4  # targets of a forest: what a split costs grows with them
RESIDUALS = 2000  # of the ridge regression: enough for its quantiles
COMPARED = 400  # worlds that methods are compared on


def evenly(count: int, most: int) -> np.ndarray:
    """Positions of at most `most` of so many rows, evenly spread over all."""
    return np.unique(np.linspace(0, count - 1, min(most, count)).astype(int))


@dataclass(frozen=True)
class Draws:
    """Draws (k, targets) of a posterior with weights (k,) that sum to 1; `worlds` are their rows of the training."""

    values: np.ndarray
    weights: np.ndarray
    worlds: np.ndarray


@dataclass(frozen=True)
class Targets:
    """What is learnt of every world: `values` (worlds, names)."""

    names: tuple[str, ...]
    values: np.ndarray

    def starting(self, kind: str) -> list[str]:
        """Those of one kind, such as flow or level, in order."""
        return [name for name in self.names if name.startswith(f"{kind}:")]

    def of(self, rows: np.ndarray) -> Targets:
        """The same of some worlds."""
        return Targets(self.names, self.values[rows])


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
    _moves: np.ndarray  # (targets,) is it moved along regressions
    _forests: dict[str, ForestQuantiles]
    _projected: tuple[int, ...]

    @classmethod
    def fit(cls, summaries: np.ndarray, targets: Targets, families: dict[str, Sequence[str]], seed: int, cores: int,
            trees: int = GROWTH.trees, still: float = 1.0) -> Fitted:
        """Learn from summaries (n, p) and the targets of the same worlds. `families`: name -> its targets, by name.

        Targets that are exactly one number in more than a share `still` of the worlds are not moved.
        """
        from sklearn.linear_model import Ridge, RidgeCV
        from sklearn.model_selection import KFold, cross_val_predict

        truths, growth = targets.values, replace(GROWTH, trees=trees)
        centre, scale = summaries.mean(axis=0), summaries.std(axis=0)
        scale = np.where(scale > 0, scale, 1.0)
        X = (summaries - centre) / scale
        model = RidgeCV(PENALTIES).fit(X, truths)
        # The penalty is not refitted in every fold: one number from all worlds tells nothing of a single one.
        predicted = cross_val_predict(Ridge(model.alpha_), X, truths, cv=KFold(FOLDS, shuffle=True, random_state=seed))
        predicted = predicted.reshape(truths.shape)  # of one target scikit-learn gives a row
        spread = (truths - predicted).std(axis=0)
        at = {name: i for i, name in enumerate(targets.names)}
        grouped = {family: tuple(at[name] for name in members) for family, members in families.items()}
        projected = tuple(sorted({i for members in grouped.values() for i in members}))
        features = np.hstack([X, predicted[:, projected]])
        forests = {family: ForestQuantiles.fit(features, _few(truths[:, list(members)], predicted[:, list(members)]),
                                               seed + k, growth, cores)
                   for k, (family, members) in enumerate(grouped.items())}
        return cls(targets.names, truths, grouped, centre, scale, model, predicted, np.where(spread > 0, spread, 1.0),
                   np.array([_most_frequent(column) <= still for column in truths.T]), forests, projected)

    def forest_weights(self, family: str, summaries: np.ndarray):
        """Weights (m, n) of the training worlds for new rows (m, p), sparse."""
        features = np.hstack([self._scaled(summaries), self._guess(summaries)[:, self._projected]])
        return self._forests[family].weights(features)

    def _scaled(self, summaries: np.ndarray) -> np.ndarray:
        return (np.atleast_2d(summaries) - self._centre) / self._scale

    def _guess(self, summaries: np.ndarray) -> np.ndarray:
        X = self._scaled(summaries)
        return self._ridge.predict(X).reshape(len(X), -1)

    def posteriors(self, method: str, family: str, summaries: np.ndarray, targets: Sequence[int]) -> Iterator[Draws]:
        """Draws of the `targets` (positions) for every row of summaries (m, p), by one method."""
        weights = self.forest_weights(family, summaries) if method in FORESTS else None
        return self._draws(method, self._guess(summaries), weights, list(targets))

    def points(self, summaries: np.ndarray, targets: Sequence[int], seed: int) -> np.ndarray:
        """A point (m, targets) near what is predicted for every row of summaries (m, p): the prediction and what
        remained of it in some world of the training."""
        guess = self._guess(summaries)
        some = np.random.default_rng([seed, 0x7A29]).integers(0, len(self.truths), len(guess))
        return (guess + self.truths[some] - self._predicted[some])[:, list(targets)]

    def left_out(self, method: str, family: str, worlds: np.ndarray, targets: Sequence[int]) -> Iterator[Draws]:
        """The same for worlds of the training (rows, (m,)), each as if it had not been learnt from: predicted out of
        fold, by trees grown without it, and never among its own draws."""
        weights = self._forests[family].left_out(worlds) if method in FORESTS else None
        return self._draws(method, self._predicted[worlds], weights, list(targets), worlds)

    def _draws(self, method: str, guess: np.ndarray, weights, targets: list[int],
               own: np.ndarray | None = None) -> Iterator[Draws]:
        """From guesses (m, all targets) and, of forests, weights (m, n); `own` (m,) are not among their draws."""
        truths, predicted = self.truths[:, targets], self._predicted[:, targets]
        if method == "ridge":
            residuals, every = truths - predicted, evenly(len(truths), RESIDUALS)
            for i, row in enumerate(guess):
                some = every if own is None else every[every != own[i]]
                yield Draws(residuals[some] + row[targets], np.full(len(some), 1 / len(some)), some)
        elif method == "rejection":
            yield from self._rejection(guess, truths, self._moves[targets], own)
        else:
            for i, row in enumerate(guess):
                span = slice(weights.indptr[i], weights.indptr[i + 1])
                worlds, share = weights.indices[span], weights.data[span]
                values = truths[worlds]
                if method == "adjusted":
                    values = values + self._moves[targets] * (row[targets] - predicted[worlds])
                yield Draws(values, share / share.sum(), worlds)

    def _rejection(self, guess: np.ndarray, truths: np.ndarray, moves: np.ndarray,
                   own: np.ndarray | None) -> Iterator[Draws]:
        from sklearn.neighbors import NearestNeighbors

        scale, projected = self._spread[list(self._projected)], list(self._projected)
        table = self._predicted[:, projected] / scale
        kept = min(len(table) - (own is not None), max(FEWEST_NEAREST, round(NEAREST * len(table))))
        asked = guess[:, projected] / scale
        search = NearestNeighbors(n_neighbors=kept + (own is not None)).fit(table)
        for i, (row, away, near) in enumerate(zip(asked, *search.kneighbors(asked))):
            others = slice(None) if own is None else near != own[i]
            distance, rows = away[others][:kept], near[others][:kept]
            kernel = 1 - (distance / max(distance[-1], 1e-12)) ** 2 * (1 - 1 / kept)  # Epanechnikov's
            weights = kernel / kernel.sum()
            off = table[rows] - row
            A, root = np.hstack([np.ones((kept, 1)), off]), np.sqrt(weights)[:, None]
            slopes = np.linalg.lstsq(root * A, root * truths[rows], rcond=1e-6)[0]
            yield Draws(truths[rows] - moves * (off @ slopes[1:]), weights, rows)


def _most_frequent(values: np.ndarray) -> float:
    """Share of the number that occurs most often."""
    return np.unique(values, return_counts=True)[1].max() / len(values)


def _few(truths: np.ndarray, predicted: np.ndarray) -> np.ndarray:
    """At most GROWN combinations of the targets (n, q) for a forest to grow on: the main axes of what can be predicted.

    Where little of a target can be, little of it need be told apart.
    """
    if truths.shape[1] <= GROWN:
        return truths
    scale = np.where(truths.std(axis=0) > 0, truths.std(axis=0), 1.0)
    told = (predicted - predicted.mean(axis=0)) / scale
    axes = np.linalg.svd(told, full_matrices=False)[2][:GROWN]
    return (truths - truths.mean(axis=0)) / scale @ axes.T
