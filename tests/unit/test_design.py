"""Points of a design: whoever asks for one gets the same as who asks for all."""

import numpy as np
import pytest
from undercount.experiments.design import BLOCK, design


@pytest.mark.parametrize("first, last", [(0, 1), (BLOCK - 1, BLOCK + 1), (BLOCK, BLOCK), (2 * BLOCK, 3 * BLOCK), (5, 3 * BLOCK)])
def test_a_piece_of_a_design_is_a_piece_of_the_whole(first, last):
    """Against SciPy's own sequence in one go, over the ends of blocks."""
    from scipy.stats import qmc
    from undercount.experiments import design as module

    scramble = np.random.default_rng(module._word(7, "a", 1.0, "design"))
    whole = qmc.Sobol(5, scramble=True, seed=scramble).random(4 * BLOCK)
    found = design("a", 5, 1.0, 7, first, last)
    assert found.shape == (last - first, 5) and np.array_equal(found, whole[first:last])


def test_a_caller_may_change_what_it_was_given():
    one = design("a", 3, 1.0, 7, 0, 2)
    one[:] = 9.0
    assert (design("a", 3, 1.0, 7, 0, 2) < 1.0).all()
