"""Whom a cell holds: the list, the counts, and what becomes of those whom it leaves behind."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from undercount.model.engine import calendar
from undercount.model.engine.layout import ACTIVE, EXPLOITED, HARSH, PAID, PRIVATE, PUBLIC
from undercount.model.lives import held

from tests import hand
from tests.hand import ABROAD, HOME, MONTHS, NOW, TRANSIT, has, learns, listed, tally, waiting_for


def person(w, row, cell=0, **fields):
    return has(w.people[row], **dict(situation=EXPLOITED, place=ABROAD, recruiter=cell, weight=2) | fields)


def test_who_is_held_is_looked_at_from_the_next_month_on(w, me):
    held.is_held(person(w, 0), NOW, w)
    assert me.wakes == NOW and listed(w, 0) == [0] and listed(w, 1) == []


def test_anybody_may_leave_the_list(w):
    for row in (5, 1, 7, 2):
        held.is_held(person(w, row), NOW, w)
    held.is_held(person(w, 3, cell=2), NOW, w)
    for left, expected in ((7, [2, 1, 5]), (2, [1, 5]), (5, [1]), (1, [])):
        held.is_held_no_longer(w.people[left], w)
        assert listed(w, 0) == expected and listed(w, 2) == [3]


def test_persons_are_counted_where_they_are_held(w):
    """Cell 1 is of HOME, cell 2 of TRANSIT."""
    has(w.recruiters[2], country=TRANSIT)
    held.counts_held(person(w, 0, cell=1, venue=PUBLIC, treatment=PAID), w, 2)
    held.counts_held(person(w, 1, cell=2, venue=PRIVATE, treatment=HARSH), w, 3)
    assert w.places["stock"].tolist() == [0, 0, 5] and w.places["in_public"].tolist() == [0, 0, 2]
    assert (w.stocks[HOME, ABROAD, PUBLIC, PAID], w.stocks[TRANSIT, ABROAD, PRIVATE, HARSH], w.stocks.sum()) == (2, 3, 5)
    held.counts_held(w.people[0], w, -2)
    assert w.places["stock"].tolist() == [0, 0, 3] and w.places["in_public"].tolist() == [0, 0, 0]
    assert w.stocks.sum() == 3


@pytest.mark.parametrize("learning", [False, True])
def test_cells_and_networks_count_where_anybody_learns(w, learning):
    """Cells 0 and 1 are of network 0."""
    if learning:
        learns(w)
    held.counts_held(person(w, 0, cell=0, venue=PRIVATE, treatment=HARSH), w, 2)
    held.counts_held(person(w, 1, cell=1, venue=PUBLIC, treatment=PAID), w, 3)
    held.counts_held(person(w, 2, cell=1, place=TRANSIT, venue=PUBLIC, treatment=HARSH), w, 4)
    mind, network = w.minds[1], w.networks[0]
    seen = [mind["at"]["held_place"][:3].tolist(), mind.held_venue.tolist(), mind.held_treatment.tolist(),
            network.held_place[:3].tolist(), network.held_venue.tolist(), network.held_treatment.tolist()]
    expected = [[0, 4, 3], [7, 0], [4, 3], [0, 4, 5], [7, 2], [6, 3]]
    assert seen == (expected if learning else [[0] * len(each) for each in expected])
    assert [w.recruiters[0].holds, w.recruiters[1].holds, network.holds] == ([0b100, 0b110, 0b110] if learning else [0] * 3)
    assert w.places["stock"].tolist() == [0, 4, 5]
    if learning:
        held.counts_held(w.people[1], w, -3)  # the last whom the cell holds there, and not of the network
        assert w.recruiters[1].holds == 0b010 and network.holds == 0b110 and mind["at"]["held_place"][ABROAD] == 0
        held.counts_held(w.people[0], w, -2)
        assert network.holds == 0b010 and w.networks[1].holds == 0


def test_a_broken_cell_leaves_some_behind(w, luck):
    """Below the share of cells that broke; each is then drawn anew at the end of the month, wherever it waited."""
    has(w.recruiters[0], breaks=0.5)
    luck(CELL_BREAKS=0.4999)
    for row, wakes in ((0, NOW + 2), (1, NOW), (2, NOW + 2), (3, MONTHS)):
        held.is_held(person(w, row), NOW - 1, w)
        has(w.people[row], wakes=wakes)
        if wakes != NOW:
            calendar.waits(w.people[row], w)
    luck.at(135, w.people[2].id, NOW, 0.5)
    w.active[0], w.counts[ACTIVE] = 1, 1
    held.are_left_behind(w.recruiters[0], NOW, w)
    assert w.people["left_behind"][:5].tolist() == [1, 1, 0, 1, 0] and listed(w, 0) == [3, 2, 1, 0]
    assert w.active[: w.counts[ACTIVE]].tolist() == [1, 3, 0]  # row 1 was active before
    assert waiting_for(w, NOW + 2) == [2] and w.people["wakes"][:4].tolist() == [NOW, NOW, NOW + 2, NOW]


def test_who_was_left_behind_stays_so(w, luck):
    held.is_held(person(w, 0, left_behind=1), NOW - 1, w)
    calendar.waits(has(w.people[0], wakes=NOW + 1), w)
    held.are_left_behind(has(w.recruiters[0], breaks=1.0), NOW, w)  # no draw is asked for
    assert w.people[0].wakes == NOW + 1 and waiting_for(w, NOW + 1) == [0] and w.counts[ACTIVE] == 0


def test_only_those_of_the_own_cell(w, luck):
    held.is_held(person(w, 0, cell=1), NOW - 1, w)
    luck(CELL_BREAKS=0.0)
    held.are_left_behind(has(w.recruiters[0], breaks=1.0), NOW, w)
    assert w.people[0].left_behind == 0


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 7), st.integers(0, 2), st.integers(0, 2), st.integers(0, 1), st.integers(0, 1),
                          st.integers(1, 9)), max_size=40))
def test_counts_are_what_a_recount_finds(steps):
    """Persons come to cells and leave them in any order."""
    w, there = hand.tables(), []
    learns(w)
    has(w.recruiters[1], country=TRANSIT)
    for row, cell, place, venue, treatment, weight in steps:
        if row in there:
            held.is_held_no_longer(w.people[row], w)
            there.remove(row)
        else:
            held.is_held(person(w, row, cell, place=place, venue=venue, treatment=treatment, weight=weight), NOW, w)
            there.insert(0, row)
        for c in range(3):
            assert listed(w, c) == [r for r in there if w.people[r].recruiter == c]
            own = [w.people[r] for r in there if w.people[r].recruiter == c]
            here = [w.people[r] for r in there if w.people[r].place == c]
            of_network = [w.people[r] for r in there if w.recruiters[w.people[r].recruiter].network == (c == 2)]
            assert w.places[c].stock == sum(p.weight for p in here)
            assert w.places[c].in_public == sum(p.weight for p in here if p.venue == PUBLIC)
            assert w.recruiters[c].holds == sum({1 << int(p.place) for p in own})
            for mind, persons in ((w.minds[c], own), (w.networks[int(c == 2)], of_network)):
                for k in range(3):
                    assert tally(mind, "held_place")[k] == sum(p.weight for p in persons if p.place == k)
                for k in range(2):
                    assert mind.held_venue[k] == sum(p.weight for p in persons if p.venue == k)
                    assert mind.held_treatment[k] == sum(p.weight for p in persons if p.treatment == k)
        assert w.stocks.sum() == w.places["stock"].sum()
