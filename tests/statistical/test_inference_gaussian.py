"""A Gaussian toy with exact posteriors: mean of five values, known variance, conjugate prior.

mu ~ N(0, s^2), x_i ~ N(mu, 1): posterior of mu is N(x̄ v n, v) with v = 1 / (1/s^2 + n); x̄ has the
marginal N(0, s^2 + 1/n), which gives the exact probability of classes that differ in s.
"""

import numpy as np
import pytest
from scipy import stats
from scipy.special import expit
from undercount.experiments.inference import forest_quantiles, rejection
from undercount.experiments.inference.calibration import (
    brier,
    calibration_of_choice,
    coverage,
    log_score,
    ranks,
    uniformity,
)
from undercount.experiments.inference.forest_choice import ForestChoice
from undercount.experiments.inference.forest_quantiles import ForestQuantiles, Growth
from undercount.experiments.inference.weighted import quantiles

SIZE = 5
SPREADS = (1.0, 4.0)
CLASSES = ("narrow", "wide")
LEVEL = 0.90
ENDS = np.array([0.05, 0.5, 0.95])
WORLDS = 200


def worlds(rows, seed, spread=1.0):
    """Parameters (rows,) and summaries (rows, 4): mean, median, standard deviation, and one that says nothing."""
    rng = np.random.default_rng(seed)
    mu = rng.normal(0, spread, rows)
    x = rng.normal(mu[:, None], 1, (rows, SIZE))
    return mu, np.stack([x.mean(axis=1), np.median(x, axis=1), x.std(axis=1), rng.normal(size=rows)], axis=1)


def exact_posterior(mean):
    return stats.norm(mean * SIZE / (SIZE + 1), np.sqrt(1 / (SIZE + 1)))


def exact_narrow(mean):
    narrow, wide = (stats.norm(0, np.sqrt(s**2 + 1 / SIZE)).logpdf(mean) for s in SPREADS)
    return expit(narrow - wide)


@pytest.fixture(scope="module")
def table():
    return worlds(10_000, seed=1)


@pytest.fixture(scope="module")
def held_out():
    return worlds(WORLDS, seed=2)


@pytest.fixture(scope="module")
def by_forest(table, held_out):
    mu, X = table
    fit = ForestQuantiles.fit(X, mu, seed=1, growth=Growth(100))
    return fit.weights(held_out[1])


@pytest.fixture(scope="module")
def by_rejection(table, held_out):
    mu, X = table
    return [rejection.adjust(X, mu, x, share=0.05) for x in held_out[1]]


def test_forest_reproduces_mean_and_interval(table, held_out, by_forest):
    """Mean absolute errors over 200 worlds, in posterior standard deviations (0.41)."""
    exact = exact_posterior(held_out[1][:, 0])
    found = forest_quantiles.quantiles(table[0], by_forest, ENDS)
    assert np.abs(by_forest @ table[0] - exact.mean()).mean() < 0.25 * exact.std().mean()
    wanted = np.stack([exact.ppf(p) for p in ENDS], axis=1)
    assert np.abs(found - wanted).mean() < 0.35 * exact.std().mean()
    assert np.abs((found - wanted).mean(axis=0)).max() < 0.2 * exact.std().mean()  # nowhere one-sided


def test_rejection_reproduces_mean_and_interval(held_out, by_rejection):
    exact = exact_posterior(held_out[1][:, 0])
    found = np.stack([quantiles(draws.values[:, 0], ENDS, draws.weights) for draws in by_rejection])
    means = np.array([draws.weights @ draws.values[:, 0] for draws in by_rejection])
    assert np.abs(means - exact.mean()).mean() < 0.1 * exact.std().mean()
    assert np.abs(found - np.stack([exact.ppf(p) for p in ENDS], axis=1)).mean() < 0.15 * exact.std().mean()


def test_intervals_cover_and_ranks_are_uniform(table, held_out, by_forest, by_rejection):
    truth = held_out[0]
    low, _, high = forest_quantiles.quantiles(table[0], by_forest, ENDS).T
    assert 168 <= coverage(low, high, truth).inside <= 190
    found = uniformity(ranks(*forest_quantiles.cdf(table[0], by_forest, truth).T, seed=1))
    assert min(found.chi_square, found.kolmogorov_smirnov) > 0.005

    ends = np.stack([quantiles(draws.values[:, 0], ENDS, draws.weights) for draws in by_rejection])
    assert 168 <= coverage(ends[:, 0], ends[:, 2], truth).inside <= 190
    shares = np.array([draws.weights[draws.values[:, 0] < at].sum() for draws, at in zip(by_rejection, truth)])
    found = uniformity(ranks(shares, shares, seed=1))  # no draw is a truth
    assert min(found.chi_square, found.kolmogorov_smirnov) > 0.005


@pytest.mark.parametrize("factor", [0.5, 2.0])
def test_a_wrong_posterior_fails(held_out, factor):
    """Half as wide, or twice: coverage and ranks must both say no."""
    truth, X = held_out
    exact = exact_posterior(X[:, 0])
    wrong = stats.norm(exact.mean(), factor * exact.std())
    found = coverage(*(wrong.ppf(p) for p in (0.05, 0.95)), truth)
    assert not 168 <= found.inside <= 190 and stats.binomtest(found.inside, WORLDS, LEVEL).pvalue < 0.001
    shares = wrong.cdf(truth)
    tests = uniformity(ranks(shares, shares, seed=1))
    assert max(tests.chi_square, tests.kolmogorov_smirnov) < 0.01


def test_a_shifted_posterior_fails_the_rank_test(held_out):
    exact = exact_posterior(held_out[1][:, 0])
    shares = stats.norm(exact.mean() + 0.5 * exact.std(), exact.std()).cdf(held_out[0])
    assert uniformity(ranks(shares, shares, seed=1)).kolmogorov_smirnov < 0.001


def test_discrete_ranks_are_uniform_when_ties_are_broken():
    """A yes or no of probability 0.3: without breaking ties the rank takes two values."""
    happened = np.random.default_rng(1).random(2000) < 0.3
    below, upto = np.where(happened, 0.7, 0.0), np.where(happened, 1.0, 0.7)
    assert uniformity(ranks(below, upto, seed=1)).kolmogorov_smirnov > 0.01
    assert uniformity(upto).kolmogorov_smirnov < 1e-6


@pytest.fixture(scope="module")
def two_classes():
    def rows(each, seed):
        X = np.vstack([worlds(each, seed + 10 * i, spread)[1] for i, spread in enumerate(SPREADS)])
        return X, np.repeat([0, 1], each)

    X, labels = rows(8_000, seed=3)
    return ForestChoice.fit(X, labels, CLASSES, seed=1, trees=100), X, labels, *rows(300, seed=4)


def test_forest_gives_exact_probabilities_of_two_classes(two_classes):
    fit, _, _, new, _ = two_classes
    apart = np.abs(fit.probabilities(new)[:, 0] - exact_narrow(new[:, 0]))
    assert apart.mean() < 0.04
    assert np.quantile(apart, 0.95) < 0.15
    assert np.abs(fit.posterior_of_selected(new) - fit.probabilities(new).max(axis=1)).mean() < 0.08


def test_rejection_gives_exact_probabilities_of_two_classes(two_classes):
    _, X, labels, new, _ = two_classes
    some = new[::10]
    found = np.array([rejection.choose(X, labels, CLASSES, x, share=0.02).adjusted[0] for x in some])
    assert np.abs(found - exact_narrow(some[:, 0])).mean() < 0.06


def test_stated_probabilities_hold(two_classes):
    fit, _, _, new, true = two_classes
    found = fit.probabilities(new)
    assert calibration_of_choice(found, true, seed=1).error.value <= 0.10
    exact = np.stack([exact_narrow(new[:, 0]), 1 - exact_narrow(new[:, 0])], axis=1)
    assert log_score(found, true).value == pytest.approx(log_score(exact, true).value, abs=0.03)
    assert brier(found, true).value == pytest.approx(brier(exact, true).value, abs=0.02)
    assert np.mean(fit.oob_probabilities.argmax(axis=1) == fit.labels) == pytest.approx(np.mean((exact[:, 0] < 0.5) == true), abs=0.05)


def test_an_over_confident_classifier_fails(two_classes):
    fit, _, _, new, true = two_classes
    sharp = fit.probabilities(new) ** 6
    found = calibration_of_choice(sharp / sharp.sum(axis=1, keepdims=True), true, seed=1)
    assert found.error.value > 0.10 and found.error.low > 0.05
    assert found.largest.value > found.error.value


def test_calibration_counts_every_row_once():
    stated, happened = np.linspace(0, 1, 57), np.arange(57) % 2
    found = calibration_of_choice(np.stack([stated, 1 - stated], axis=1), happened, seed=1)
    assert sum(part.count for part in found.bins) == 57
    assert all(part.happened.low <= part.happened.value <= part.happened.high for part in found.bins)


def test_bounds_keep_adjusted_draws_inside():
    """Data near a bound: unbounded regression leaves the range, the logit does not."""
    rng = np.random.default_rng(1)
    share = rng.random(4000)
    X = rng.normal(share[:, None], 0.1, (4000, 1))
    free = rejection.adjust(X, share, np.array([1.05]))
    held = rejection.adjust(X, share, np.array([1.05]), bounds=[(0.0, 1.0)])
    assert free.values.max() > 1 and 0 < held.values.min() and held.values.max() < 1
    level = rejection.adjust(X, np.exp(share), np.array([0.5]), bounds=[(0.0, np.inf)])
    assert level.weights @ np.log(level.values[:, 0]) == pytest.approx(0.5, abs=0.03)


def test_sixty_summaries_and_few_rows():
    """More noise than the rows kept would bear without a penalty."""
    mu, X = worlds(3000, seed=6)
    X = np.hstack([X, np.random.default_rng(7).normal(size=(3000, 56))])
    at = np.zeros(60)
    at[:2] = 1.0
    found = rejection.adjust(X, mu, at, share=0.03)
    assert found.weights @ found.values[:, 0] == pytest.approx(SIZE / (SIZE + 1), abs=0.25)


def test_several_targets_in_one_forest(table, held_out):
    """Targets count alike whatever their units; a target of no relation has the prior's quantiles."""
    mu, X = table
    noise = np.random.default_rng(3).random(len(mu))
    Y = np.stack([mu, 1000 * mu, noise], axis=1)
    weights = ForestQuantiles.fit(X, Y, seed=1, growth=Growth(60)).weights(held_out[1])
    assert np.allclose(weights.sum(axis=1), 1)
    found = forest_quantiles.quantiles(Y, weights, ENDS)
    assert found.shape == (WORLDS, 3, 3)
    assert np.allclose(found[:, 1], 1000 * found[:, 0])
    assert np.allclose(found[:, 2].mean(axis=0), ENDS, atol=0.05)
    exact = exact_posterior(held_out[1][:, 0])
    assert np.corrcoef((weights @ Y)[:, 0], exact.mean())[0, 1] > 0.97


def test_same_for_any_number_of_jobs(table, held_out):
    mu, X = table
    X, mu, new = X[:1500], mu[:1500], held_out[1]
    labels = (mu > 0).astype(int)
    one, two = (ForestChoice.fit(X, labels, CLASSES, seed=5, trees=40, jobs=jobs) for jobs in (1, 2))
    for ask in (ForestChoice.votes, ForestChoice.probabilities, ForestChoice.posterior_of_selected):
        assert np.array_equal(ask(one, new), ask(two, new))
    assert np.array_equal(one.oob_probabilities, two.oob_probabilities)
    other = ForestChoice.fit(X, labels, CLASSES, seed=6, trees=40)
    assert not np.array_equal(one.votes(new), other.votes(new))
    one, two = (ForestQuantiles.fit(X, mu, seed=5, growth=Growth(40), jobs=jobs).weights(new) for jobs in (1, 2))
    assert (one != two).nnz == 0


def test_refuses_what_it_cannot_use(table):
    mu, X = table
    holes = X.copy()
    holes[3, 1] = np.nan
    labels = (mu > 0).astype(int)
    for call in (
        lambda: ForestChoice.fit(holes, labels, CLASSES, seed=1, trees=5),
        lambda: ForestQuantiles.fit(holes, mu, seed=1, growth=Growth(5)),
        lambda: rejection.nearest(holes, X[0]),
    ):
        with pytest.raises(ValueError, match="finite"):
            call()
    with pytest.raises(ValueError, match="at least one row"):
        ForestChoice.fit(X, labels * 0, CLASSES, seed=1, trees=5)
