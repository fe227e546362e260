"""Those of a pool who hired a smuggler, by numbers: who is stopped, bribes, arrives or is trapped, worked out by hand."""

import numpy as np
import pytest
from undercount.model.engine import crowds, pools
from undercount.model.engine import decisions as d
from undercount.model.engine.crowds import BRIBE, INTO_OTHER, INTO_PLACE, STOP
from undercount.model.engine.layout import (
    AT_HOME,
    CLANDESTINE,
    EXPLOITED,
    INDEPENDENT,
    NOBODY,
    POOLS,
    ROWS,
    SEEKING,
    SMUGGLED,
)
from undercount.model.engine.pools import ARRIVED, GONE, LOOKING, ON_THE_WAY

from tests.hand import (
    ABROAD,
    BORDER_ABROAD,
    BORDER_DIRECT,
    BORDER_TRANSIT,
    DIRECT,
    HOME,
    NOW,
    OFFICERS,
    ROUND_ABOUT,
    TRANSIT,
    changes,
    given,
    has,
    listed,
)


@pytest.fixture
def pool(w):
    """One pool of HOME in the rows 0 to 4: ten of it hired a smuggler in the month before."""
    w.counts[POOLS], w.counts[ROWS] = 1, 5
    for row, situation in enumerate((AT_HOME, SEEKING, SMUGGLED, SMUGGLED, INDEPENDENT)):
        has(w.people[row], situation=situation, weight=0, pool=1, mode=CLANDESTINE, home=HOME, place=HOME)
    has(w.people[ON_THE_WAY], weight=10)
    w.gravity[NOW - 1, HOME, :3] = 0.0, 1.0, 4.0  # a quarter goes DIRECT, three quarters ROUND_ABOUT
    for post, other in ((BORDER_DIRECT, ABROAD), (BORDER_TRANSIT, TRANSIT), (BORDER_ABROAD, ABROAD)):
        has(w.posts[post], other=other)
    for place in (TRANSIT, ABROAD):
        given(w, place, inspections_per_official=1000.0, corruption=1.0)
    return w.people


def weights(people):
    return people["weight"][:5].tolist()


def test_the_odds_of_a_border_are_those_of_who_goes_alone(w, pool):
    """Half is inspected; of four officials one has no integrity and takes every second bribe: 1/8 of the inspected."""
    given(w, ABROAD, inspection=0.5, bribe_taken=0.5)
    w.officials["integrity"] = 1.0
    has(w.officials[BORDER_DIRECT * OFFICERS], integrity=0.0)
    odds = crowds.border_odds(NOW, w)
    assert odds[BORDER_DIRECT, INTO_OTHER].tolist() == [0.5 * 7 / 8, 0.5 / 8]
    assert odds[BORDER_DIRECT, INTO_PLACE].tolist() == [0.0, 0.0]  # nobody looks on the way into HOME
    assert crowds.way_over(w.routes[DIRECT], 0, w) == INTO_OTHER


def test_the_chance_to_pass_is_that_of_every_border(w, pool):
    odds = np.zeros((len(w.posts), 2, 2))
    odds[BORDER_TRANSIT, INTO_OTHER if w.posts[BORDER_TRANSIT].place != TRANSIT else INTO_PLACE, STOP] = 0.5
    odds[BORDER_ABROAD, INTO_OTHER, STOP] = 0.25
    route = w.routes[ROUND_ABOUT]
    assert [crowds.chance_to_pass(route, legs, odds, w) for legs in range(3)] == [1.0, 0.5, 0.375]


def test_all_arrive_where_nobody_looks(w, pool, luck):
    luck(CROWD_STOPPED=0.5, CROWD_TRAPPED=0.5)
    luck.at(d.CROWD_ARRIVES, DIRECT, NOW, 0.5)  # of ten with chance 1/4: two
    luck.at(d.CROWD_ARRIVES, ROUND_ABOUT, NOW, 0.5)  # the rest
    for post in (BORDER_DIRECT, BORDER_TRANSIT, BORDER_ABROAD):
        for way in (INTO_PLACE, INTO_OTHER):
            luck.at(d.CROWD_BRIBES + way, post, NOW, 0.5)
    crowds.crowds_cross(NOW, w)
    assert weights(pool) == [0, 0, 0, 10, 0] and w.classes[0].success_now == 10 and w.classes[0].failure_now == 0
    assert [w.posts[p].arrivals_now for p in (BORDER_DIRECT, BORDER_TRANSIT, BORDER_ABROAD)] == [2, 8, 8]
    assert w.census[SMUGGLED] == 100 and changes(w.actors) == {} and changes(w.hidden) == {}


def test_all_are_stopped_where_all_are_seen(w, pool, luck):
    """On the way into TRANSIT and, directly, ABROAD; they look for a way again."""
    for place in (TRANSIT, ABROAD):
        given(w, place, inspection=1.0)
    luck(CROWD_STOPPED=0.5, CROWD_TRAPPED=0.5)
    luck.at(d.CROWD_STOPPED_AT, DIRECT, NOW, 0.5)
    luck.at(d.CROWD_STOPPED_AT, ROUND_ABOUT, NOW, 0.5)
    crowds.crowds_cross(NOW, w)
    assert weights(pool) == [0, 10, 0, 0, 0] and w.classes[0].failure_now == 10
    assert (w.census[SMUGGLED], w.census[SEEKING]) == (90, 110)
    assert changes(w.hidden) == {(NOW, ABROAD, "deported"): 2, (NOW, TRANSIT, "deported"): 8}
    assert changes(w.actors) == {(NOW, ABROAD, "inspections"): 2, (NOW, TRANSIT, "inspections"): 8}
    assert [w.posts[p].found_now for p in (BORDER_DIRECT, BORDER_TRANSIT, BORDER_ABROAD)] == [2, 8, 0]
    assert [w.posts[p].arrivals_now for p in (BORDER_DIRECT, BORDER_TRANSIT, BORDER_ABROAD)] == [2, 8, 0]


def test_bribes_are_shared_out_among_those_who_take_them(w, pool, luck):
    """All go DIRECT and are inspected; two of four officials take every bribe: of the ten inspected half would be
    stopped, but nobody is by this draw, so that everybody pays, three the first and seven the second."""
    w.gravity[NOW - 1, HOME, :3] = 0.0, 1.0, 1.0
    given(w, ABROAD, inspection=1.0, bribe_taken=1.0)
    first = BORDER_DIRECT * OFFICERS
    w.officials["integrity"] = 1.0
    w.officials["integrity"][first + 1: first + 3] = 0.0
    luck(CROWD_STOPPED=0.0, CROWD_TRAPPED=0.5)
    luck.at(d.CROWD_ARRIVES, DIRECT, NOW, 0.5)
    luck.at(d.CROWD_BRIBES + INTO_OTHER, BORDER_DIRECT, NOW, 0.5)
    luck.at(d.CROWD_PAYS + INTO_OTHER, first + 1, NOW, 0.1)  # of ten with chance 1/2: three
    luck.at(d.CROWD_PAYS + INTO_OTHER, first + 2, NOW, 0.5)  # the rest
    crowds.crowds_cross(NOW, w)
    assert weights(pool) == [0, 0, 0, 10, 0]
    assert w.officials["bribes_now"][first: first + 4].tolist() == [0, 3, 7, 0]
    assert (w.officials["suitor"] == NOBODY).all()
    assert changes(w.actors) == {(NOW, ABROAD, "inspections"): 10, (NOW, ABROAD, "bribes_taken"): 10}


def test_who_is_trapped_becomes_an_agent(w, pool, luck, monkeypatch):
    """Half owe, half of those are handed on: of ten with chance 1/4 three; they owe two legs of USD 100, half of it."""
    monkeypatch.setattr(pools, "draw_four", lambda *_: (0.5, 0.5, 0.5, 0.5))
    given(w, ABROAD, smuggled_in_debt=0.5, smuggled_to_trafficked=0.5, leg_cost=100.0, document_debt=0.5)
    w.gravity[NOW - 1, HOME, :3] = 0.0, 0.0, 1.0
    has(w.places[HOME], pick=1.0, recruiters=1)
    w.picks[0] = 1.0
    luck.at(d.CROWD_ARRIVES, ROUND_ABOUT, NOW, 0.5)
    luck(CROWD_STOPPED=0.5, CROWD_TRAPPED=0.6, SMUGGLED_TO=0.5, MEETS_RECRUITER=0.5, VENUE=0.5, TREATMENT=0.5)
    for post in (BORDER_TRANSIT, BORDER_ABROAD):
        for way in (INTO_PLACE, INTO_OTHER):
            luck.at(d.CROWD_BRIBES + way, post, NOW, 0.5)
    crowds.crowds_cross(NOW, w)
    assert weights(pool) == [0, 0, 0, 7, 0] and w.counts[ROWS] == 8
    for one in w.people[5:8]:
        assert (one.situation, one.weight, one.place, one.route, one.pool) == (EXPLOITED, 1, ABROAD, ROUND_ABOUT, NOBODY)
        assert (one.debt, one.recruiter, one.leg, one.times, one.wakes) == (100.0, 0, 2, 1, NOW)
    assert w.people["row"][5:8].tolist() == [5, 6, 7] and listed(w, 0) == [7, 6, 5]
    assert w.places[ABROAD].stock == w.stocks.sum() == 3
    assert len(set(w.people["id"][:8].tolist())) == 8
    assert w.posts[BORDER_ABROAD].arrivals_now == 10
    assert changes(w.hidden) == {(NOW, ABROAD, "newly_exploited"): 3}


def test_nobody_is_trapped_where_no_cell_is(w, pool, luck):
    given(w, ABROAD, smuggled_in_debt=1.0, smuggled_to_trafficked=1.0)
    share, held, arriving = np.zeros(64), np.zeros(64), np.zeros(64)
    odds = np.zeros((len(w.posts), 2, 2))
    assert crowds.weighs_ends(w.places[HOME], NOW, w, odds, (share, held, arriving)) == (0.0, 1.0)
    assert share[:3].tolist() == arriving[:3].tolist() == [0.0, 0.25, 0.75]


@pytest.mark.parametrize("chance, rest, expected", [(0.25, 0.5, 1), (0.5, 0.5, 3), (0.5 - 1e-14, 0.5, 3)])
def test_the_last_portion_is_the_rest(luck, chance, rest, expected):
    assert crowds.portion(3, chance, rest, 0.4) == expected


def test_who_leaves_a_pool_alone(w, pool, luck):
    """Two the legal way, three with a smuggler, who travel with the ten a month later."""
    has(pool[LOOKING], weight=9)
    w.gravity[NOW, HOME, :3] = 1.0
    pools.leave_alone(pool[LOOKING], NOW, w, 2, 3)
    assert weights(pool) == [0, 4, 13, 0, 2] and (GONE, ARRIVED) == (4, 3)
    assert w.classes[0].success_now == 2
    assert changes(w.actors) == {(NOW, HOME, "independent"): 2, (NOW, HOME, "smuggled"): 3}
    w.gravity[NOW] = 0.0  # no way, no smuggler
    pools.leave_alone(pool[LOOKING], NOW, w, 0, 3)
    assert weights(pool) == [0, 4, 13, 0, 2]
    assert BRIBE == 1
