"""What moved what: correlations that may be chance, and how sure few points can be."""

import itertools

import numpy as np
import pytest
from scipy.stats import spearmanr
from undercount.experiments.report.sweep import _effect, _exact
from undercount.experiments.report.sweep_figures import _medians


def test_three_points_in_a_row_are_chance():
    *_, correlation, p = _effect(np.array([1.0, 2.0, 3.0]), np.array([5.0, 6.0, 9.0]))
    assert correlation == 1.0 and p == pytest.approx(1 / 3)
    for n, orders in ((4, 24), (5, 120), (7, 5040)):
        assert _effect(np.arange(float(n)), -np.arange(float(n)))[-1] == pytest.approx(2 / orders)


def test_exact_is_what_counting_gives_with_ties_too():
    x, y = np.array([1.0, 1.0, 2.0, 3.0, 3.0]), np.array([2.0, 1.0, 4.0, 3.0, 5.0])
    found = spearmanr(x, y).statistic
    each = [spearmanr(x, order).statistic for order in itertools.permutations(y)]
    from scipy.stats import rankdata

    assert _exact(rankdata(x), rankdata(y)) == pytest.approx(np.mean(np.abs(each) >= abs(found) - 1e-9))


def test_false_alarms_are_as_seldom_as_said():
    """Of nothing at 1 % in 7 points: 20 of 2,000 expected, more than 36 by chance in one of 2,000."""
    rng = np.random.default_rng(4)
    assert sum(_effect(np.arange(7.0), rng.random(7))[-1] < 0.01 for _ in range(2000)) <= 36


def test_medians_in_tenths_or_at_each_value():
    x = np.linspace(0.0, 1.0, 200)
    at, median = _medians(x, 3.0 * x)
    assert len(at) == 10 and np.allclose(median, 3.0 * np.array(at)) and at[0] == pytest.approx(x[:20].mean())
    assert _medians(np.array([1.0, 1.0, 2.0, 2.0]), np.array([1.0, 3.0, 5.0, np.nan])) == ([1.0, 2.0], [2.0, 5.0])
    assert _medians(np.arange(30.0), np.arange(30.0)) == ([], [])  # too few for a line
