"""Crossings: who is inspected, who looks away, and what is written down."""

import pytest
from undercount.model.engine.layout import CLANDESTINE, INVESTIGATED, NOBODY, PAPERS, VISA_FREE
from undercount.model.lives import crossing
from undercount.model.lives.crossing import BRIBED, STOPPED, UNSEEN, WAVED_ON

from tests.hand import (
    ABROAD,
    BORDER_ABROAD,
    BORDER_DIRECT,
    BORDER_TRANSIT,
    DIRECT,
    HOME,
    INTERNAL_ROUTE,
    NOW,
    OFFICERS,
    ROUND_ABOUT,
    TRANSIT,
    changes,
    given,
    has,
    known,
    learns,
)

CHECKED = dict(inspection=0.25, papers_visibility=0.5, visa_free_visibility=0.125, inspections_per_official=100.0)


@pytest.mark.parametrize("mode, expected", [(CLANDESTINE, 0.25), (PAPERS, 0.125), (VISA_FREE, 0.03125)])
def test_inspection_by_what_the_entry_shows(w, me, mode, expected):
    assert crossing.inspected(has(me, mode=mode), given(w, ABROAD, **CHECKED), w.posts[BORDER_DIRECT]) == expected


def test_enforcement_and_patrols_multiply_inspections(w, me):
    here = given(w, ABROAD, **CHECKED, enforcement=1.5)
    post = has(w.posts[BORDER_DIRECT], patrol=2.0)
    assert crossing.inspected(has(me, mode=CLANDESTINE), here, post) == 0.75  # 0.25 * 1.5 * 2
    post.patrol = 4.0
    assert crossing.inspected(me, here, post) == 1.0  # 1.5 is certain


def test_a_post_inspects_no_more_than_it_can(w, me):
    """4 officials of 10 inspections each: 40 of the 200 who arrived, where a quarter would be 50."""
    here = given(w, ABROAD, **CHECKED | dict(inspections_per_official=10.0))
    post = has(w.posts[BORDER_DIRECT], arrivals=200)
    assert crossing.inspected(has(me, mode=CLANDESTINE), here, post) == 0.2
    post.arrivals = 120
    assert crossing.inspected(me, here, post) == 0.25


def test_whom_one_meets_and_who_takes_a_bribe(w):
    post = w.posts[BORDER_ABROAD]
    first = BORDER_ABROAD * OFFICERS
    assert [crossing.official_at(post, u) for u in (0.0, 0.25, 0.74, 0.99)] == [first, first + 1, first + 2, first + 3]
    here = given(w, ABROAD, bribe_taken=0.5, corruption=1.5)
    official = has(w.officials[first], integrity=0.75)  # fault 1.5 * 0.25 = 0.375, chance 0.1875
    assert crossing.takes_bribe(official, here, 0.18) and not crossing.takes_bribe(official, here, 0.1875)
    official.integrity = 0.0  # the fault is at most 1: chance 0.5
    assert crossing.takes_bribe(official, here, 0.49) and not crossing.takes_bribe(official, here, 0.5)
    official.status = INVESTIGATED
    assert not crossing.takes_bribe(official, here, 0.0)


def test_bribes_add_up_and_the_last_numbered_network_courts(w):
    official = w.officials[0]
    crossing.pays(official, 1, 3)
    crossing.pays(official, 0, 2)
    assert (official.bribes_now, official.suitor) == (5, 1)


def test_training_helps_to_recognise(w):
    here = given(w, ABROAD, recognise_trained=0.75, recognise_untrained=0.25)
    official = w.officials[0]
    assert crossing.recognises(official, here, 0.24) and not crossing.recognises(official, here, 0.25)
    official.trained = 1
    assert crossing.recognises(official, here, 0.74) and not crossing.recognises(official, here, 0.75)


def test_network_of_who_travels(w, me):
    assert crossing.network_of(me, w) == NOBODY
    assert crossing.network_of(has(me, recruiter=2), w) == 1


@pytest.fixture
def traveller(w, me):
    """Three persons of cell 2 (network 1) on the way over TRANSIT, every second of them inspected."""
    for place in (TRANSIT, ABROAD):
        given(w, place, inspection=0.5, inspections_per_official=100.0, bribe_taken=0.5, bribe=90.5)
    learns(w)
    has(w.recruiters[2], country=TRANSIT)
    return has(me, route=ROUND_ABOUT, mode=CLANDESTINE, recruiter=2, weight=3)


def at_second_border(luck, inspected, meets=0.5, bribe=0.9):
    """Draws of the second leg; those of the first, where nobody looks, are others."""
    from undercount.model.engine import decisions as d

    luck(CROSSING_INSPECTED=0.5)
    for decision, u in ((d.CROSSING_INSPECTED, inspected), (d.CROSSING_MEETS, meets), (d.CROSSING_BRIBE, bribe)):
        luck.at(decision + 1, 1000, NOW, u)


SECOND = BORDER_ABROAD * OFFICERS + 2  # whom one meets there with 0.5


def test_unseen(w, traveller, luck):
    at_second_border(luck, 0.5)
    assert crossing.at_border(traveller, NOW, w, 1) == (UNSEEN, NOBODY)


def test_stopped(w, traveller, luck):
    at_second_border(luck, 0.49, bribe=0.5)  # no integrity: takes a bribe below 0.5
    assert crossing.at_border(traveller, NOW, w, 1) == (STOPPED, SECOND)


def test_bribed(w, traveller, luck):
    at_second_border(luck, 0.49, bribe=0.49)
    assert crossing.at_border(traveller, NOW, w, 1) == (BRIBED, SECOND)


def test_waved_on_by_an_official_in_the_networks_pay(w, traveller, luck):
    at_second_border(luck, 0.49)
    w.officials[SECOND].in_pay = 1
    assert crossing.at_border(traveller, NOW, w, 1) == (WAVED_ON, SECOND)
    w.officials[SECOND].in_pay = 0  # of another network
    assert crossing.at_border(traveller, NOW, w, 1) == (STOPPED, SECOND)


def test_nobody_in_pay_waves_on_who_has_no_network(w, traveller, luck):
    at_second_border(luck, 0.49)
    traveller.recruiter = NOBODY  # the official's `in_pay` is NOBODY, too
    assert crossing.at_border(traveller, NOW, w, 1) == (STOPPED, SECOND)


def test_a_bribe_is_paid_by_the_cell_and_the_journey_goes_on(w, traveller, luck):
    at_second_border(luck, 0.0, bribe=0.0)
    assert crossing.journey(traveller, NOW, w) == UNSEEN
    assert (traveller.place, traveller.leg, traveller.official) == (ABROAD, 2, NOBODY)
    official, cell = w.officials[SECOND], w.recruiters[2]
    assert (official.bribes_now, official.suitor) == (3, 1)
    assert w.places["costs_now"].tolist() == [0, 270, 0]  # of the cell's country: 3 bribes of USD 90, in whole dollars
    assert list(w.minds[2]["at"]["tried_entry"][:3]) == [0, 3, 3] and cell.touched == 0b110
    assert [w.posts[p].arrivals_now for p in (BORDER_DIRECT, BORDER_TRANSIT, BORDER_ABROAD)] == [0, 3, 3]
    assert changes(w.actors) == {(NOW, ABROAD, "inspections"): 3, (NOW, ABROAD, "bribes_taken"): 3}
    assert w.posts[BORDER_ABROAD].found_now == 0


def test_who_is_stopped_is_where_that_was(w, traveller, luck):
    luck(CROSSING_INSPECTED=0.0, CROSSING_MEETS=0.25, CROSSING_BRIBE=0.9)
    assert crossing.journey(traveller, NOW, w) == STOPPED
    assert (traveller.place, traveller.leg, traveller.official) == (TRANSIT, 0, BORDER_TRANSIT * OFFICERS + 1)
    assert w.posts[BORDER_TRANSIT].found_now == 3 and w.posts[BORDER_ABROAD].arrivals_now == 0
    assert changes(w.actors) == {(NOW, TRANSIT, "inspections"): 3}
    assert not w.places["costs_now"].any()


def test_stopped_at_the_second_border(w, traveller, luck):
    at_second_border(luck, 0.0)
    assert crossing.journey(traveller, NOW, w) == STOPPED
    assert (traveller.place, traveller.leg, traveller.official) == (ABROAD, 1, SECOND)


def test_who_goes_without_a_recruiter_leaves_no_books(w, traveller, luck):
    traveller.recruiter = NOBODY
    at_second_border(luck, 0.0, bribe=0.0)
    assert crossing.journey(traveller, NOW, w) == UNSEEN
    assert w.officials[SECOND].suitor == NOBODY and w.officials[SECOND].bribes_now == 3
    assert not w.places["costs_now"].any() and not w.recruiters["touched"].any()


def test_waved_on_is_no_inspection(w, traveller, luck):
    at_second_border(luck, 0.0)
    w.officials[SECOND].in_pay = 1
    assert crossing.journey(traveller, NOW, w) == UNSEEN and changes(w.actors) == {}
    assert w.officials[SECOND].bribes_now == 0


def test_no_border_within_the_country(w, me, luck):
    has(me, route=INTERNAL_ROUTE, place=ABROAD)
    assert crossing.journey(me, NOW, w) == UNSEEN and (me.place, me.leg) == (HOME, 0)
    has(me, route=DIRECT)
    luck(CROSSING_INSPECTED=0.0)  # nothing is inspected where the chance is 0
    assert crossing.journey(me, NOW, w) == UNSEEN and (me.place, me.leg) == (ABROAD, 1)


@pytest.mark.parametrize("mode, moves_freely, expected", [
    (VISA_FREE, 1.0, 0.25), (VISA_FREE, 0.0, 1.0), (PAPERS, 1.0, 1.0), (CLANDESTINE, 1.0, 1.0)])
def test_citizens_of_the_union_are_checked_less(w, me, mode, moves_freely, expected):
    known(w, HOME, free_movement=moves_freely)
    here = given(w, ABROAD, free_movement_visibility=0.25)
    assert crossing.checked(has(me, mode=mode, home=HOME), NOW, w, here) == expected
