"""Expected coverage by random points: uniform for right posteriors, and for no others."""

import numpy as np
import pytest
from undercount.experiments.inference.honest import GRID
from undercount.experiments.inference.joint import at_honest_levels, together
from undercount.experiments.inference.methods import Draws

WORLDS, DRAWN, TOLD = 1000, 400, 0.8
AS_STATED = np.repeat(GRID[:, None], 2, axis=1)


def told(correlation, spread=1.0, seed=1):
    """Two truths with correlation TOLD and seen with a shift of 0.5 N(0, 1) each; posteriors of another correlation and
    spread about the right mean. Marginals are right where `spread` is 1."""
    rng = np.random.default_rng(seed)
    means = rng.standard_normal((WORLDS, 2))
    truths = means + rng.multivariate_normal([0, 0], [[1, TOLD], [TOLD, 1]], WORLDS)
    shape = [[1, correlation], [correlation, 1]]
    even = np.full(DRAWN, 1 / DRAWN)
    made = [Draws(mean + spread * rng.multivariate_normal([0, 0], shape, DRAWN), even, np.arange(DRAWN))
            for mean in means]
    points = means + 2.0 * rng.multivariate_normal([0, 0], [[1, TOLD], [TOLD, 1]], WORLDS)
    return made, truths, points


def test_right_posteriors_give_what_is_expected():
    """p-values of five sets of worlds are those of chance: the least of five lies above 0.002 in 99 of 100 cases."""
    found = [together(*told(TOLD, seed=seed), AS_STATED, seed) for seed in range(5)]
    assert min(each.uniform for each in found) > 0.002 and max(each.farthest for each in found) < 0.06
    assert found[0].quantities == 2 and found[0].worlds == WORLDS


@pytest.mark.parametrize("correlation, spread", [(-TOLD, 1.0), (TOLD, 0.7), (TOLD, 1.5)])
def test_wrong_ones_do_not(correlation, spread):
    """Right marginals put together wrongly; too sure; too unsure."""
    assert together(*told(correlation, spread), AS_STATED, 1).uniform < 1e-4


def test_levels_that_hold_make_a_wide_posterior_right():
    """Posteriors 1.5 times too wide, with the levels of theirs at which intervals hold: told in closed form."""
    from scipy.stats import norm

    made, truths, points = told(TOLD, 1.5)
    own = np.repeat(norm.cdf(norm.ppf(GRID) / 1.5)[:, None], 2, axis=1)
    assert together(made, truths, points, own, 1).uniform > 0.01


def test_moving_to_honest_levels_keeps_the_order_and_gives_the_stated_quantiles():
    rng = np.random.default_rng(2)
    values, weights = rng.standard_normal((500, 2)), rng.random(500)
    draws = Draws(values, weights / weights.sum(), np.arange(500))
    same = at_honest_levels(draws, AS_STATED)
    np.testing.assert_allclose(same, values, atol=1e-9)
    own = np.linspace(0.2, 0.8, len(GRID))[:, None].repeat(2, axis=1)
    moved = at_honest_levels(draws, own)
    assert (np.argsort(moved, axis=0, kind="stable") == np.argsort(values, axis=0, kind="stable")).all()
    order = np.argsort(values[:, 0])
    reached = np.cumsum(draws.weights[order]) - draws.weights[order] / 2
    raw = np.interp(0.2, reached, values[order, 0])  # what lies below in 5 % of the cases
    assert np.interp(0.05, reached, moved[order, 0]) == pytest.approx(raw, abs=0.02)
