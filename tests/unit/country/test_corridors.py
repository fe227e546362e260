"""Where the recruits of each origin are taken in the first year."""

import math

import numpy as np
import pytest
from undercount.model.country import corridors
from undercount.model.engine import layout
from undercount.model.engine.tables import records

from tests import hand


def shares(rows, near_share=0.25, attraction=(1.0, 1.0, 1.0), familiarity=0.0):
    """Odds of options (destination, legs, near, tie, familiar) of HOME; then of one of TRANSIT, whose home is dear."""
    par = hand.tables().par
    par["near_share"][0], par["familiarity"][0], par["attraction"][0] = near_share, familiarity, attraction
    par["internal_appeal"][0] = [0.125, 0.5, 0.0]
    par["attraction"][1:] = 9.0
    routes = records(len(rows) + 1, layout.ROUTE)
    for n, row in enumerate(rows):
        hand.has(routes[n], **dict(zip(("destination", "legs", "near", "tie", "familiar"), row)))
    hand.has(routes[-1], origin=hand.TRANSIT, destination=hand.TRANSIT)
    corridors.first_year_shares(par, routes)
    assert routes["start"][-1] == 0.5
    return pytest.approx(routes["start"][:-1].tolist())


AT_HOME = (hand.HOME, 0, 0, 0.0, 0)


def test_home_has_odds_of_its_own_and_a_share_goes_near():
    assert shares([AT_HOME, (1, 1, 1, 2.0, 0), (2, 1, 0, 7.0, 0)]) == [0.125, 0.25, 0.75]


def test_within_each_kind_by_ties_and_attraction():
    """Far: ties 3 and 1, attraction 1 and 2: three and two fifths of three quarters."""
    rows = [(0, 1, 0, 3.0, 0), (1, 1, 1, 5.0, 0), (2, 1, 0, 1.0, 0)]
    assert shares(rows, attraction=(1.0, 1.0, 2.0)) == [0.45, 0.25, 0.30]


def test_ties_count_against_one_another_only():
    """However weak all of them are."""
    assert shares([AT_HOME, (1, 1, 1, 0.25, 0), (2, 1, 0, 0.5, 0)]) == [0.125, 0.25, 0.75]
    assert shares([(1, 1, 0, 0.0625, 0), (2, 1, 0, 0.1875, 0)]) == [0.25, 0.75]


def test_paths_to_one_destination_share_its_odds():
    """One leg against two, and the old corridor (ln 6) on the longer one: 1 to 3."""
    assert shares([(1, 1, 1, 2.0, 0), (1, 2, 1, 2.0, 0), (2, 1, 0, 1.0, 0)]) == [1 / 6, 1 / 12, 0.75]
    assert shares([(1, 1, 1, 2.0, 0), (1, 2, 1, 2.0, 1), (2, 1, 0, 1.0, 0)], familiarity=math.log(6)) == [1 / 16, 3 / 16, 0.75]


def test_a_destination_is_no_more_likely_for_its_many_paths_or_less_for_its_long_ones():
    """Half of those who go far to each of two; the one half by two paths, the other by one of two legs."""
    rows = [(0, 1, 1, 1.0, 0), (1, 1, 0, 1.0, 0), (1, 2, 0, 1.0, 0), (2, 2, 0, 1.0, 0)]
    assert shares(rows, near_share=0.0) == [0.0, 1 / 3, 1 / 6, 1 / 2]


def test_where_there_is_one_kind_only_everybody_goes_there():
    assert shares([(1, 1, 1, 2.0, 0), (2, 1, 1, 6.0, 0)]) == [0.25, 0.75]
    assert shares([(1, 1, 0, 2.0, 0), (2, 1, 0, 6.0, 0)]) == [0.25, 0.75]
    assert shares([(1, 1, 1, 0.0, 0), (2, 1, 0, 6.0, 0)]) == [0.0, 1.0]
    assert shares([(1, 1, 1, 2.0, 0), (2, 1, 0, 0.0, 0)]) == [1.0, 0.0]
    assert not np.isnan(shares([AT_HOME]).expected).any()
