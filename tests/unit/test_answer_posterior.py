"""Draws to numbers: levels that hold, a balanced prior, likelihood ratios that no prior changes, the rule."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from undercount.experiments.answer import checks, posterior
from undercount.experiments.answer.estimands import FELL, ROSE, WAYS, way
from undercount.experiments.answer.rule import CANNOT, NOT, direction, said
from undercount.experiments.answer.rule import FELL as SAID_FELL
from undercount.experiments.inference.honest import honest, levels


def test_a_tenth_is_where_ways_part():
    assert way(np.log([0.89, 0.9, 0.91, 1.09, 1.1, 2.0])).tolist() == [0, 0, 1, 1, 2, 2]
    assert np.exp(FELL) == pytest.approx(0.9) and np.exp(ROSE) == pytest.approx(1.1)


def test_levels_that_are_too_wide_are_mapped_to_those_that_hold():
    """A method whose ranks lie between 0.25 and 0.75 states intervals twice too wide."""
    own = levels(np.linspace(0.25, 0.75, 1001)[1:-1, None])[:, 0]
    assert honest(np.array([0.275, 0.5, 0.725]), own) == pytest.approx([0.05, 0.5, 0.95])
    post = posterior.marginal(np.linspace(0, 1, 2001), np.full(2001, 1 / 2001), own)
    assert post.quantiles() == pytest.approx([0.275, 0.5, 0.725], abs=2e-3)
    assert post.weights.sum() == pytest.approx(1)


@pytest.mark.parametrize("worlds", [80, 400])
def test_levels_set_by_few_worlds_cover_as_many_as_stated(worlds):
    """Mean over 3,000 sets of ranks: 0.9 in closed form, with a standard error of 0.0006 at 80 worlds; at NumPy's
    default order statistics it would be 0.878."""
    own = levels(np.random.default_rng(worlds).random((worlds, 3000)))
    assert (own[-1] - own[0]).mean() == pytest.approx(0.9, abs=0.004)


def test_unmapped_draws_give_their_own_quantiles():
    post = posterior.marginal(np.array([3.0, 1.0, 2.0]), np.array([1.0, 1.0, 2.0]))
    assert post.mean == pytest.approx(2.0) and post.quantiles([0.5]) == [2.0]


@given(st.floats(0.05, 0.95), st.floats(0.05, 0.95))
def test_likelihood_ratios_do_not_depend_on_the_prior(share, other):
    """Bayes' rule on three ways with fixed likelihoods: whatever the prior, the same ratios come back."""
    likelihood = np.array([4.0, 2.0, 1.0])
    found = []
    for fell in (share, other):
        prior = np.array([fell, (1 - fell) / 3, 2 * (1 - fell) / 3])
        post = prior * likelihood / (prior @ likelihood)
        found.append(posterior.likelihood_ratios(dict(zip(WAYS, post)), dict(zip(WAYS, prior))))
    assert list(found[0].values()) == pytest.approx(list(found[1].values()))
    assert list(found[0].values()) == pytest.approx([1.0, 0.5, 0.25])


@given(st.lists(st.floats(-1, 1), min_size=2, max_size=60))
def test_the_balanced_prior_has_one_half_that_fell(changes):
    change = np.array(changes)
    factors = posterior.balance(posterior.priors(change))
    weights = np.array([factors[name] for name in WAYS])[way(change)]
    share = weights[way(change) == 0].sum() / weights.sum()
    assert share == pytest.approx(0.5 if 0 < (way(change) == 0).mean() < 1 else (way(change) == 0).mean())


def test_the_area_under_the_curve_by_hand():
    assert checks.area(np.array([0.9, 0.8, 0.3, 0.1]), np.array([True, False, True, False])) == 0.75


def test_a_method_that_knows_nothing_says_nothing():
    rng = np.random.default_rng(1)
    truth = rng.standard_normal(400)
    blind = checks.check(rng.random(400), np.zeros(400), truth, 1)
    sharp = checks.check(rng.random(400), truth + 0.3 * rng.standard_normal(400), truth, 1)
    assert not blind.says and blind.covers and abs(blind.explained.value) < 0.02
    assert sharp.says and sharp.correlation > 0.9


def answer(fell=0.9, robust=0.9, **other):
    """As much of an answer's document as the rule reads."""
    flow = {"posterior": {"ways": {"fell": fell}}, "robust": {"ways": {"fell": robust}},
            "check": {"says": True, "covers": True} | other.pop("check", {})}
    return {"ordinary": {"strange": False}, "sensitivity": [], "flow": {"2002:2003": flow}} | other


@pytest.mark.parametrize("made, expected", [
    (answer(), SAID_FELL), (answer(0.1, 0.2), NOT), (answer(0.6, 0.6), CANNOT), (answer(0.9, 0.5), CANNOT),
    (answer(check={"says": False}), CANNOT), (answer(check={"covers": False}), CANNOT),
    (answer(ordinary={"strange": True}), CANNOT),
    (answer(sensitivity=[{"far": True, "window": "2002:2003"}]), CANNOT),
    (answer(sensitivity=[{"far": True, "window": "2001:2003"}]), SAID_FELL)])
def test_a_direction_is_named_only_if_nothing_speaks_against_it(made, expected):
    found = said(made)["2002:2003"]
    assert found["says"] == expected and bool(found["reasons"]) == (expected == CANNOT)


def test_odds_of_three_are_needed_either_way():
    assert [direction(p) for p in (0.75, 0.74, 0.26, 0.25)] == [SAID_FELL, CANNOT, CANNOT, NOT]
