"""A published figure that nothing is learnt from: bands, inside or not, and its score, worked out by hand."""

from types import SimpleNamespace

import numpy as np
import pytest
from undercount.experiments.answer.foretold import ALMOST_NEVER, _figure
from undercount.experiments.reference.statistics import Statistic

EACH = 50
FIGURES = np.repeat([10.0, 20.0, 40.0, 80.0, np.nan], EACH)


def figure(bound, value, weights, error=0.1):
    """Worlds of four kinds to learn from, and some in which the figure would divide by nothing."""
    statistic = Statistic("met", "assisted", (), (), (0, 11), None, bound, value, error, False, "hand", "")
    reference = SimpleNamespace(seed=1, quantities=lambda names: FIGURES[:, None])
    found = SimpleNamespace(reference=reference, weights=np.repeat(np.array(weights, float), EACH),
                            split=SimpleNamespace(train=np.arange(len(FIGURES))))
    return _figure(found, statistic)


def test_worlds_that_show_the_figure_gain_over_the_prior():
    """All weight on the one kind of four that has it: four times the density, up to the others' tails."""
    told = figure("about", 40.0, [0, 0, 1, 0, 0])
    assert told.inside and told.gained == pytest.approx(np.log(4), abs=1e-6)
    assert told.prior[0] < 20 < 60 < told.prior[2]


def test_worlds_that_show_another_lose():
    told = figure("about", 40.0, [1, 0, 0, 0, 0])
    assert not told.inside and told.gained < np.log(ALMOST_NEVER) + 2


@pytest.mark.parametrize("bound, value, weights, inside, gained", [
    ("at most", 60.0, [0, 0, 1, 0, 0], True, np.log(4 / 3)), ("at most", 60.0, [0, 0, 0, 1, 0], False, None),
    ("at least", 60.0, [0, 0, 0, 1, 0], True, np.log(4)), ("at least", 60.0, [1, 0, 0, 0, 0], False, None),
    ("at most", 1000.0, [1, 0, 0, 0, 0], True, 0.0)])
def test_of_a_bound_only_one_side_can_be_wrong(bound, value, weights, inside, gained):
    told = figure(bound, value, weights, error=0.01)
    assert told.inside is inside
    if gained is not None:
        assert told.gained == pytest.approx(gained, abs=1e-6)
