"""Estimators on simulated lists whose population is known."""

import numpy as np
import pytest
from undercount.experiments.estimate.closed import chapman
from undercount.experiments.estimate.latent import latent_classes
from undercount.experiments.estimate.lists import mains, on_all
from undercount.experiments.estimate.loglinear import fit, profile
from undercount.experiments.estimate.selection import stepwise

from tests.helpers import assert_within, mean_and_error
from tests.mse import drawn

PERSONS, CHANCES = 5000, [0.2, 0.3, 0.1]


def test_independent_lists_are_estimated_without_bias_and_covered():
    rng = np.random.default_rng(11)
    found, covered = [], []
    for _ in range(600):
        counts = drawn(rng, PERSONS, CHANCES)[0]
        model = fit(mains(3), counts)
        low, high = profile(model, counts)
        found.append(model.population)
        covered.append(low <= PERSONS <= high)
    assert_within(*_against(found, PERSONS * 1.0015))  # the estimator's own bias is about 0.15 % here
    assert_within(np.mean(covered), 0.95, np.sqrt(0.95 * 0.05 / 600))


def test_chapman_has_no_bias_in_small_numbers():
    rng = np.random.default_rng(12)
    found = []
    for _ in range(4000):
        shared = on_all(drawn(rng, 100, [0.5, 0.6])[0])
        found.append(chapman(shared[1], shared[2], shared[3]).population)
    assert_within(*_against(found, 100))


def test_stepwise_recovers_a_dependence_that_independence_does_not():
    rng = np.random.default_rng(13)
    stepped, independent = [], []
    for _ in range(100):
        # Who is on list 0 is on list 1 with 0.6 instead of 0.2; the others are independent.
        counts = drawn(rng, 2000, [1.0, 0.6, 0.2, 0.15])[0] + drawn(rng, 8000, [0.0, 0.2, 0.2, 0.15])[0]
        stepped.append(stepwise(counts[None])[0].population)
        independent.append(fit(mains(4), counts).population)
    mean, error = mean_and_error(stepped)
    assert abs(mean - 10_000) < 150 + 4 * error
    assert np.mean(independent) < 9_000


@pytest.mark.slow
def test_latent_classes_find_two_kinds_of_person_where_lists_are_many():
    rng = np.random.default_rng(14)
    counts = drawn(rng, 3000, [0.5, 0.6, 0.4, 0.5, 0.6])[0] + drawn(rng, 3000, [0.15, 0.1, 0.2, 0.1, 0.15])[0]
    found = latent_classes(counts, seed=1)
    assert found.converged and found.low < 6000 < found.high
    assert fit(mains(5), counts).wald()[1] < 6000  # independence does not


def _against(values, truth):
    mean, error = mean_and_error(values)
    return mean, truth, error
