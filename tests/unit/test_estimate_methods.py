"""The parts of an estimate against other ways of computing the same."""

import numpy as np
import pytest
from scipy.optimize import minimize
from undercount.experiments.estimate.bootstrap import bca
from undercount.experiments.estimate.closed import chao, chapman
from undercount.experiments.estimate.existence import FINE, condition
from undercount.experiments.estimate.latent import effective_draws, split_rhat
from undercount.experiments.estimate.lists import (
    Lists,
    known_to,
    mains,
    merged,
    on_all,
    pairs,
    without_list,
)
from undercount.experiments.estimate.loglinear import fit, profile
from undercount.experiments.estimate.selection import stepwise
from undercount.experiments.estimate.sensitivity import by_interaction
from undercount.experiments.estimate.strata import fit_joint
from undercount.experiments.estimate.suppressed import over_fillings

from tests.mse import drawn, published


def lists_of(counts, names="ABCDEFGH") -> Lists:
    counts = np.atleast_2d(np.array(counts, float))
    k = counts.shape[1].bit_length() - 1
    return Lists(tuple(names[:k]), tuple(map(str, range(len(counts)))), counts, counts)


def test_newton_finds_what_a_general_optimiser_finds():
    counts = published("kosovo").counts[0]
    terms = np.array([0, *mains(4), *pairs(4)])
    design = ((np.arange(1, 16)[:, None] & terms) == terms).astype(float)

    def loss(b):
        predictor = design @ b
        return np.exp(predictor).sum() - counts[1:] @ predictor

    general = minimize(loss, np.full(11, 0.5), jac=lambda b: design.T @ (np.exp(design @ b) - counts[1:]), tol=1e-9)
    assert fit(mains(4) + pairs(4), counts).hidden == pytest.approx(np.exp(general.x[0]), rel=1e-4)


def test_a_model_that_is_saturated_gives_the_alternating_product():
    counts = np.array([0, 50, 40, 12, 30, 9, 7, 3.0])
    odd, even = counts[[1, 2, 4, 7]].prod(), counts[[3, 5, 6]].prod()
    assert fit(mains(3) + pairs(3), counts).hidden == pytest.approx(odd / even)


def test_a_maximum_is_found_exactly_where_the_linear_programme_says_so():
    rng = np.random.default_rng(3)
    seen = set()
    for _ in range(400):
        k = int(rng.integers(3, 5))
        counts = rng.poisson(rng.choice([0.1, 0.4, 1.0, 3.0], 1 << k) * rng.choice([0.2, 1.0])).astype(float)
        counts[0] = 0
        model = (*mains(k), *(pair for pair in pairs(k) if rng.random() < 0.5))
        code = condition(model, counts)
        seen.add(code)
        assert (fit(model, counts).code == FINE) == (code == FINE), (counts, model)
    assert seen == {0, 1, 2, 3}  # every code was met


def test_the_profile_of_two_lists_is_as_likely_at_its_ends():
    counts = np.array([0, 50, 40, 10.0])
    found = fit(mains(2), counts)
    assert found.population == pytest.approx(60 * 50 / 10)  # Lincoln and Petersen
    for end in profile(found, counts):
        # The likelihood at a given hidden number, by a general optimiser.
        def loss(b, hidden=end - 100):
            mean = hidden * np.exp(np.array([b[0], b[1], b[0] + b[1]]))
            return mean.sum() - counts[1:] @ np.log(mean)

        best = minimize(loss, [-1.0, -1.0], tol=1e-10).fun
        saturated = counts[1:].sum() - counts[1:] @ np.log(counts[1:])
        assert 2 * (best - saturated) == pytest.approx(3.8415, abs=1e-3)


def test_chapman_and_its_variance_by_hand():
    found = chapman(60, 50, 10)
    assert found.population == pytest.approx(61 * 51 / 11 - 1)
    assert found.variance == pytest.approx(61 * 51 * 50 * 40 / (11 ** 2 * 12))
    low, high = found.interval()
    assert 100 < low < found.population < high


def test_chao_is_a_bound_where_persons_differ():
    rng = np.random.default_rng(5)
    counts = drawn(rng, 4000, [0.3] * 4)[0] + drawn(rng, 6000, [0.05] * 4)[0]
    assert chao(counts).interval()[0] < 10_000
    assert fit(mains(4), counts).population < chao(counts).population < 10_000


def test_supersets_are_sums():
    counts = np.arange(16.0)
    for history in range(16):
        assert on_all(counts)[history] == sum(counts[h] for h in range(16) if h & history == history)


def test_a_list_left_out_two_merged_and_one_taken_as_the_population():
    # Histories in the order 0, A, B, AB, C, AC, BC, ABC.
    lists = lists_of([0, 1, 2, 3, 4, 5, 6, 7])
    assert without_list(lists, 1).counts.tolist() == [[0, 1 + 3, 4 + 6, 5 + 7]]
    assert merged(lists, 0b101).names == ("A+C", "B")
    assert merged(lists, 0b101).counts.tolist() == [[0, 1 + 4 + 5, 2, 3 + 6 + 7]]
    there, truth = known_to(lists, 2)
    assert truth == 4 + 5 + 6 + 7 and there.counts.tolist() == [[0, 5, 6, 7]]


def test_strata_add_up_and_share_their_model():
    rng = np.random.default_rng(8)
    counts = np.vstack([drawn(rng, 3000, [0.2, 0.1, 0.3]), drawn(rng, 1000, [0.1, 0.4, 0.1])])
    joint, _ = stepwise(counts)
    alone = [fit_joint(joint.terms, each[None]) for each in counts]
    assert joint.population == pytest.approx(sum(each.population for each in alone))
    assert joint.deviance == pytest.approx(sum(each.deviance for each in alone))
    low, high = joint.wald()
    assert low < joint.population < high


def test_an_interaction_of_two_lists_is_their_odds_ratio():
    # 300 on A only, 200 on B only, 100 on both, and as many on none as give an odds ratio of 2.
    hidden = fit(mains(2), np.array([0, 300, 200, 100.0])).hidden
    factor, population = by_interaction(2, 600, hidden)[3]
    assert factor == 2 and 100 * (population - 600) / (300 * 200) == pytest.approx(2)


def test_the_interaction_of_three_lists_acts_the_other_way():
    assert by_interaction(3, 10, 40, (2.0,)) == [(2.0, 30.0)]


def test_withheld_counts_move_the_estimate_between_their_ends():
    low, high = np.array([[0, 50, 40, 1.0]]), np.array([[0, 50, 40, 4.0]])
    found = over_fillings(Lists(("A", "B"), ("",), low, high), lambda counts: fit_joint(mains(2), counts), 1)
    assert (found.ways, found.without) == (2, 0)
    assert (found.least, found.most) == (pytest.approx(54 * 44 / 4), pytest.approx(51 * 41 / 1))


def test_a_withheld_count_that_may_be_none_stands_at_one_too():
    low, high = np.array([[0, 50, 40, 0.0]]), np.array([[0, 50, 40, 4.0]])
    found = over_fillings(Lists(("A", "B"), ("",), low, high), lambda counts: fit_joint(mains(2), counts), 1)
    assert (found.ways, found.without) == (3, 1)  # nobody on both: no estimate
    assert (found.least, found.most) == (pytest.approx(54 * 44 / 4), pytest.approx(51 * 41 / 1))


def test_resamples_without_an_estimate_count_as_endless():
    counts = np.array([[0, 30, 30, 1.0]])  # about a third of the resamples have nobody on both

    def estimate(sample):
        return fit_joint(mains(2), sample).population

    drawn_ = bca(counts, estimate, estimate(counts), 400, 1)
    assert 0.25 < drawn_.failed / 400 < 0.5 and drawn_.high == np.inf


def test_the_bootstrap_depends_on_nothing_but_its_seed():
    counts = published("kosovo").counts

    def estimate(sample):
        return stepwise(sample)[0].population

    first, again, other = (bca(counts, estimate, estimate(counts), 100, seed) for seed in (1, 1, 2))
    assert first == again != other


def test_chains_that_differ_are_told_from_chains_that_do_not():
    rng = np.random.default_rng(2)
    alike = rng.normal(size=(4, 1000))
    apart = alike + np.arange(4)[:, None]
    assert split_rhat(alike) < 1.01 < 1.5 < split_rhat(apart)
    assert effective_draws(alike) > 3000 and effective_draws(apart) < 100
    slow = np.array([np.convolve(row, np.ones(20), "valid") for row in alike])
    assert 100 < effective_draws(slow) < 800  # about a twentieth as many are independent
