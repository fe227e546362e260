"""The mathematics of `undercount attribute`, on games with known answers."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from undercount.experiments.attribution.shapley import interactions, shapley
from undercount.experiments.paired.basis import resampled

WORTH = st.floats(-1e6, 1e6, allow_nan=False)
ONE_TO_SIX = st.integers(1, 6)


def games(players=ONE_TO_SIX):
    return players.flatmap(lambda n: arrays(float, 1 << n, elements=WORTH))


@given(games())
@settings(max_examples=150, deadline=None)
def test_values_sum_to_the_whole(game):
    assert abs(shapley(game).sum() - (game[-1] - game[0])) <= 1e-9 * max(1.0, np.abs(game).max())


@given(arrays(np.int64, (256, 3), elements=st.integers(-10**6, 10**6)))
@settings(max_examples=15, deadline=None)
def test_values_of_counts_sum_to_the_whole_to_a_billionth(game):
    assert np.abs(shapley(game).sum(axis=0) - (game[-1] - game[0])).max() <= 1e-9


@given(arrays(float, 1 << 4, elements=WORTH), st.integers(0, 4))
@settings(max_examples=50, deadline=None)
def test_a_player_that_changes_nothing_gets_exactly_nothing(game, place):
    """Put in at any place; the others keep their values, and pairs with it are 0."""
    low = (1 << place) - 1
    wider = np.array([game[(c & low) | (c >> 1 & ~low)] for c in range(1 << 5)])
    values = shapley(wider)
    assert values[place] == 0.0
    assert np.allclose(np.delete(values, place), shapley(game), rtol=1e-9, atol=1e-6)
    assert all(value == 0.0 for pair, value in interactions(wider).items() if place in pair)


@given(games(st.just(4)))
@settings(max_examples=50, deadline=None)
def test_players_that_are_alike_get_the_same(game):
    swap = [c & ~3 | (c & 1) << 1 | c >> 1 & 1 for c in range(16)]
    values = shapley((game + game[swap]) / 2.0)
    assert values[0] == pytest.approx(values[1], rel=1e-12, abs=1e-6)


@given(games(st.just(4)))
@settings(max_examples=25, deadline=None)
def test_values_are_means_over_all_orders(game):
    """The definition, by another way than the formula of weights."""
    expected = np.zeros(4)
    for order in permutations(range(4)):
        coalition = 0
        for player in order:
            expected[player] += game[coalition | 1 << player] - game[coalition]
            coalition |= 1 << player
    assert np.allclose(shapley(game), expected / 24, rtol=1e-9, atol=1e-6)


def test_the_glove_game():
    """Two left gloves and a right one: a pair is worth 1. Values 1/6, 1/6, 2/3; interactions by hand."""
    game = [float((c & 1 or c & 2) and c & 4 != 0) for c in range(8)]
    assert shapley(game) == pytest.approx([1 / 6, 1 / 6, 2 / 3], abs=1e-15)
    # I(0,1) = (v(01)-v(0)-v(1)) / 2 + (v(012)-v(02)-v(12)+v(2)) / 2 = -1/2; I(0,2) = (1 + 0) / 2
    assert list(interactions(game).values()) == pytest.approx([-0.5, 0.5, 0.5], abs=1e-15)


@given(arrays(np.int64, 6, elements=st.integers(-10**6, 10**6)))
@settings(max_examples=50, deadline=None)
def test_an_additive_game_has_no_interactions(parts):
    game = [sum(int(p) for i, p in enumerate(parts) if c >> i & 1) for c in range(1 << 6)]
    assert shapley(game).tolist() == parts.tolist()
    assert not any(interactions(game).values())


def test_a_game_needs_all_its_coalitions():
    with pytest.raises(ValueError, match="power of two"):
        shapley(np.zeros(6))


def test_resampled_means_have_the_error_of_a_mean():
    """2,000 resamples: their spread is the standard error within 4 of its own errors (1.6 % each)."""
    values = np.random.default_rng(1).normal(size=(60, 1))
    spread = resampled(values).std() / (values.std() / np.sqrt(60))
    assert abs(spread - 1.0) < 4 / np.sqrt(2 * 2000)
