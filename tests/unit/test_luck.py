"""Draws asked for only where chance decides are those of `random.draw`."""

import pytest
from undercount.model.engine.luck import how_many
from undercount.model.engine.random import binomial, draw


@pytest.mark.parametrize("n", [0, 1, 2, 50])
@pytest.mark.parametrize("p", [-0.1, 0.0, 0.3, 0.8, 1.0, 1.1])
def test_how_many_is_the_binomial_number_of_the_own_draw(n, p):
    for who in range(50):
        assert how_many(n, p, 7, who, 3, 5) == binomial(n, p, draw(7, who, 3, 5))
