"""Sequential sampling with pyABC: the same for any workers, in many dimensions, within its budget."""

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import numpy as np
import pytest
from undercount.experiments.inference.populations import Distance, Schedule
from undercount.experiments.inference.smc import smc_choice

pytest.importorskip("pyabc", reason="extra [abc] is not installed")
MANY = [f"rule.{i}" for i in range(130)]


def low(parameters, seed):
    return np.array([parameters["rule.0"] + np.random.default_rng(seed).normal(0, 0.1)])


def high(parameters, seed):
    return np.array([0.5 + parameters["rule.0"] + np.random.default_rng(seed).normal(0, 0.1)])


def nothing(parameters, seed):
    return np.random.default_rng(seed).normal(0.5, 0.5, 1)


def choose(workers, dimensions=3, seed=7, **settings):
    return smc_choice(
        {"low": (MANY[:dimensions], low), "high": (MANY[:dimensions], high), "nothing": ([], nothing)},
        Distance(np.array([0.8]), np.ones(1)), Schedule(**{"populations": 3, "population_size": 50} | settings),
        seed, workers)


def same(one, two):
    assert one.simulations == two.simulations and one.stopped == two.stopped
    for a, b in zip(one.populations, two.populations, strict=True):
        assert np.array_equal(a.probabilities, b.probabilities) and a.epsilon == b.epsilon
    assert one.particles.keys() == two.particles.keys()
    for name, found in one.particles.items():
        assert np.array_equal(found.values, two.particles[name].values)
        assert np.array_equal(found.weights, two.particles[name].weights)


def test_same_bits_for_one_and_two_workers():
    one, two = choose(1), choose(2)
    same(one, two)
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as processes:
        same(one, choose(processes))
    assert not np.array_equal(one.probabilities, choose(1, seed=8).probabilities)


def test_leaves_the_global_generator_alone():
    np.random.seed(1)
    before = np.random.get_state()[1].copy()
    choose(1, populations=2)
    assert np.array_equal(np.random.get_state()[1], before)


def test_a_hundred_and_thirty_dimensions():
    """One parameter matters. Exact within the last distance, by rejection of a million draws."""
    found = choose(1, dimensions=130, populations=4, population_size=120)
    assert found.stopped == "all populations were made"
    rng = np.random.default_rng(1)
    rows = 1_000_000
    u, noise = rng.random((2, rows)), rng.normal(0, 0.1, (2, rows))
    drawn = np.stack([u[0] + noise[0], 0.5 + u[1] + noise[1], rng.normal(0.5, 0.5, rows)])
    near = np.abs(drawn - 0.8) <= found.epsilon
    exact = near.sum(axis=1) / near.sum()
    assert found.epsilon < 0.2
    assert np.abs(found.probabilities - exact).max() < 0.13  # three standard errors of 110 particles
    particles = found.particles["low"]
    assert particles.names == tuple(MANY) and np.isclose(particles.weights.sum(), 1)
    assert particles.weights @ particles.values[:, 0] == pytest.approx(u[0, near[0]].mean(), abs=0.08)
    # A parameter that does not matter keeps its prior.
    assert np.abs(particles.weights @ particles.values[:, 1:] - 0.5).mean() < 0.06
    assert 1 / (particles.weights**2).sum() > 0.4 * len(particles.weights)


def test_keeps_to_the_number_of_simulations():
    calls = []

    def counted(parameters, seed):
        calls.append(seed)
        return low(parameters, seed)

    found = smc_choice(
        {"low": (MANY[:2], counted), "other": (MANY[:2], counted)}, Distance(np.array([0.8]), np.ones(1)),
        Schedule(50, 40, minimum_acceptance=0.0, max_simulations=700), seed=1)
    assert found.stopped == "the number of simulations allowed was reached"
    assert found.simulations == 700
    assert len(set(calls)) >= 690  # each with a seed of its own
    with pytest.raises(ValueError, match="30 simulations do not make"):
        choose(1, max_simulations=30)


def test_stops_when_little_is_accepted():
    found = choose(1, populations=50, minimum_acceptance=0.2, population_size=40)
    assert found.stopped == "too few proposals were accepted"
    assert all(a.epsilon > b.epsilon for a, b in zip(found.populations, found.populations[1:]))


def test_summaries_not_observed_are_left_out():
    def two(parameters, seed):
        return np.array([parameters["rule.0"], np.nan])

    found = smc_choice({"a": (MANY[:1], two)}, Distance(np.array([0.5, np.nan]), np.ones(2)), Schedule(2, 20), seed=1)
    assert found.probabilities.tolist() == [1.0]
    with pytest.raises(ValueError, match="no summary"):
        smc_choice({"a": (MANY[:1], two)}, Distance(np.array([np.nan]), np.ones(1)), Schedule(2, 20), seed=1)
