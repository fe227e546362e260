"""A known Bayes factor: ten counts, Poisson with rate ~ Exp(1) against geometric with p ~ U(0, 1).

With (sum, sum of log x!) the summaries are sufficient for the choice; the sum alone is sufficient
within each class and yet leads elsewhere (Robert et al. 2011). Errors allowed are three standard errors
of the rows that a method rests on, rounded up.
"""

from math import lgamma

import numpy as np
import pytest
from scipy.special import betaln, expit, gammaln
from undercount.experiments.inference import rejection, sufficiency
from undercount.experiments.inference.forest_choice import ForestChoice
from undercount.experiments.inference.populations import Distance, Schedule
from undercount.experiments.inference.smc import available, smc_choice

OBSERVED = np.array([2, 0, 1, 3, 1, 0, 2, 1, 1, 4])
CLASSES = ("Poisson", "geometric")
SIZE = len(OBSERVED)
ROWS = 20_000  # of each class
TREES = 80
FULL, SUM_ALONE = 0.808, 0.586


def counts(rows, seed):
    rng = np.random.default_rng(seed)
    poisson = rng.poisson(rng.exponential(size=(rows, 1)), (rows, SIZE))
    geometric = rng.geometric(np.maximum(rng.random((rows, 1)), 1e-9), (rows, SIZE)) - 1
    return np.vstack([poisson, geometric]).astype(float), np.repeat([0, 1], rows)


def summaries(data):
    """(sum, sum of log x!), each as log(1 + .), which keeps them sufficient."""
    data = np.atleast_2d(data)
    return np.log1p(np.stack([data.sum(axis=1), gammaln(data + 1).sum(axis=1)], axis=1))


def exact_full():
    """Marginal likelihoods of the ten counts: rate and p integrated out."""
    total, logs = OBSERVED.sum(), gammaln(OBSERVED + 1).sum()
    poisson = gammaln(total + 1) - (total + 1) * np.log(SIZE + 1) - logs
    return expit(poisson - betaln(SIZE + 1, total + 1))


def exact_sum():
    """The same for the sum: Poisson of ten times the rate, against the negative binomial."""
    total = OBSERVED.sum()
    poisson = total * np.log(SIZE) - (total + 1) * np.log(SIZE + 1)
    negative_binomial = gammaln(total + SIZE) - gammaln(total + 1) - gammaln(SIZE)
    return expit(poisson - negative_binomial - betaln(SIZE + 1, total + 1))


@pytest.fixture(scope="module")
def table():
    data, labels = counts(ROWS, seed=2)
    return data, summaries(data), labels


def test_exact_probabilities():
    assert round(exact_full(), 3) == FULL
    assert round(exact_sum(), 3) == SUM_ALONE


@pytest.mark.parametrize("columns, exact", [(2, FULL), (1, SUM_ALONE)])
def test_forest_reproduces_both(table, columns, exact):
    _, X, labels = table
    fit = ForestChoice.fit(X[:, :columns], labels, CLASSES, seed=1, trees=TREES)
    at = summaries(OBSERVED)[:, :columns]
    assert fit.probabilities(at)[0, 0] == pytest.approx(exact, abs=0.06)
    assert fit.posterior_of_selected(at)[0] == pytest.approx(exact, abs=0.08)


@pytest.mark.parametrize("columns, exact", [(2, FULL), (1, SUM_ALONE)])
def test_rejection_reproduces_both(table, columns, exact):
    _, X, labels = table
    here = summaries(OBSERVED)[0, :columns]
    found = rejection.choose(X[:, :columns], labels, CLASSES, here, share=0.01)
    assert len(rejection.nearest(X[:, :columns], here, share=0.01).rows) >= 400
    assert found.counts[0] == pytest.approx(exact, abs=0.06)
    assert found.adjusted[0] == pytest.approx(exact, abs=0.06)


def test_probability_does_not_depend_on_rows_a_class(table):
    """Equal priors: a third of the geometric rows gives the same answer."""
    _, X, labels = table
    some = np.flatnonzero((labels == 0) | (np.arange(len(labels)) % 3 == 0))
    at = summaries(OBSERVED)
    fit = ForestChoice.fit(X[some], labels[some], CLASSES, seed=1, trees=TREES)
    assert fit.probabilities(at)[0, 0] == pytest.approx(FULL, abs=0.08)
    assert rejection.choose(X[some], labels[some], CLASSES, at[0]).adjusted[0] == pytest.approx(FULL, abs=0.08)


def test_warns_of_the_second_kind_for_the_sum_alone(table):
    data, X, labels = table
    lost = sufficiency.second_kind(X[:, :1], X[:, 1:], labels, CLASSES, seed=1, trees=40)
    assert lost.warn and lost.words.startswith("Warning")
    more = np.log1p(np.stack([data.max(axis=1), data.var(axis=1), (data == 0).sum(axis=1)], axis=1))
    kept = sufficiency.second_kind(X, more, labels, CLASSES, seed=1, trees=40)
    assert not kept.warn and kept.words.startswith("No warning")
    assert abs(kept.loss.value) < 0.01


def from_poisson(parameters, seed):
    drawn = np.random.default_rng(seed).poisson(-np.log1p(-parameters["level"]), SIZE)  # Exp(1) by inversion
    return np.array([np.log1p(drawn.sum()), np.log1p(sum(lgamma(count + 1) for count in drawn))])


def from_geometric(parameters, seed):
    drawn = np.random.default_rng(seed).geometric(max(parameters["p"], 1e-9), SIZE) - 1
    return np.array([np.log1p(drawn.sum()), np.log1p(sum(lgamma(count + 1) for count in drawn.tolist()))])


@pytest.mark.slow
@pytest.mark.skipif(not available(), reason="extra [abc] is not installed")
@pytest.mark.parametrize("columns, exact, smallest", [(2, FULL, 0.07), (1, SUM_ALONE, 0.06)])
def test_sequential_sampling_reproduces_both(columns, exact, smallest):
    """Also against what the distance reached leaves: rejection at that distance among 300,000 rows."""
    found = smc_choice(
        {"Poisson": (["level"], lambda p, s: from_poisson(p, s)[:columns]),
         "geometric": (["p"], lambda p, s: from_geometric(p, s)[:columns])},
        Distance(summaries(OBSERVED)[0, :columns], np.ones(columns)),
        Schedule(8, 250, minimum_acceptance=0.005, minimum_epsilon=smallest, max_simulations=30_000), seed=1)
    assert found.epsilon <= smallest
    data, labels = counts(150_000, seed=5)
    apart = (summaries(data) - summaries(OBSERVED))[:, :columns]
    ball = labels[np.sqrt((apart**2).mean(axis=1)) <= found.epsilon]
    assert found.probabilities[0] == pytest.approx(1 - ball.mean(), abs=0.09)  # three standard errors of 200 particles
    assert found.probabilities[0] == pytest.approx(exact, abs=0.11)
