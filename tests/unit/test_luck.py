"""Draws asked for together, or only where chance decides, are those of `random.draw`."""

import numpy as np
import pytest
from numba import njit
from undercount.model.engine.luck import how_many, two_draws
from undercount.model.engine.random import binomial, draw


@njit
def together(seed, who, month, first, second):
    return two_draws(seed, who, month, first, second)


def test_two_draws_are_the_two_draws():
    """Compiled as two lanes of one generator, interpreted one after the other; identities of all 63 bits."""
    numbers = np.random.default_rng(1)
    for _ in range(2000):
        seed, who = (int(x) for x in numbers.integers(0, 2**63 - 1, 2))
        month, first, second = (int(x) for x in numbers.integers(0, 2**31, 3))
        expected = draw(seed, who, month, first), draw(seed, who, month, second)
        assert together(seed, who, month, first, second) == expected
        assert two_draws(seed, who, month, first, second) == expected


@pytest.mark.parametrize("n", [0, 1, 2, 50])
@pytest.mark.parametrize("p", [-0.1, 0.0, 0.3, 0.8, 1.0, 1.1])
def test_how_many_is_the_binomial_number_of_the_own_draw(n, p):
    for who in range(50):
        assert how_many(n, p, 7, who, 3, 5) == binomial(n, p, draw(7, who, 3, 5))
