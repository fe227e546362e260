"""Parties split off, shelters admit by lot, and what concerns several is carried out."""

import pytest
from undercount.model.engine import decisions as d
from undercount.model.engine import parties, pools, random
from undercount.model.engine.layout import (
    ACTIVE,
    ASSISTED,
    AT_HOME,
    ENTRY,
    ESCAPES,
    EXPLOITED,
    IDENTIFIED,
    INDEPENDENT,
    NOBODY,
    PENDING,
    POOLS,
    RECRUITED,
    RETURNED,
    ROWS,
    SEEKING,
    SMUGGLED,
    STAYS,
)

from tests import hand
from tests.hand import (
    ABROAD,
    HOME,
    NOW,
    PEOPLE,
    ROUND_ABOUT,
    SEED,
    SHELTER,
    TRANSIT,
    changes,
    given,
    has,
    is_held,
    learns,
)


@pytest.fixture
def w():
    """Parties of up to two; rows 0 to 2 are in use."""
    w = hand.tables(party_size=2)
    w.counts[ROWS] = 3
    return w


def child_id(serial, parent=PEOPLE):
    return random.draw_child(SEED, parent, serial, d.PARTY)


def test_all_of_a_party_need_no_new_row(w, me):
    before = has(me, weight=3, part_legal=3, situation=EXPLOITED, recruiter=0).tobytes()
    assert parties.splits(me, w, 3, 5) == (-1, 5) and me.tobytes() == before


def test_some_become_an_agent_of_their_own(w, me):
    has(me, weight=5, parties=4, part_found=1, part_offer=2, leaves=ESCAPES, place=ABROAD, lists=3)
    assert parties.splits(me, w, 2, 5) == (5, 6)
    child = w.people[5]
    assert child.row == 5
    assert (me.weight, me.parties, me.leaves, me.part_offer) == (3, 5, ESCAPES, 2)
    assert (child.id, child.weight, child.parties, child.leaves, child.place, child.lists) == (child_id(4), 2, 0, STAYS, ABROAD, 3)
    assert not parties.has_business(child)


def test_a_pool_stays_when_everybody_has_left(w, me):
    assert parties.splits(has(me, weight=2, pool=4), w, 2, 5) == (5, 6) and me.weight == 0


@pytest.mark.parametrize("field", ["waiting", "part_legal", "part_smuggled", "part_offer", "part_found"])
def test_business(w, me, field):
    assert not parties.has_business(me)
    assert parties.has_business(has(me, **{field: 1}))
    parties.clear_parts(me)
    assert parties.has_business(me) == (field == "waiting")


@pytest.mark.parametrize("situation, pool, rows", [
    (SMUGGLED, 0, 7), (SMUGGLED, NOBODY, 0), (EXPLOITED, NOBODY, 1), (SEEKING, NOBODY, 6), (AT_HOME, NOBODY, 6),
    (RETURNED, NOBODY, 6), (RECRUITED, NOBODY, 0), (ASSISTED, NOBODY, 0)])
def test_rows_that_a_month_can_need(w, me, situation, pool, rows):
    """Of seven persons in parties of two: legal, smuggled, and four parties that take an offer, one of them it itself."""
    assert parties.rows_needed(has(me, situation=situation, pool=pool, weight=7), w) == rows


def test_the_legal_way(w, me):
    parties.goes_legally(has(me, weight=2, situation=SEEKING), NOW, w)
    assert me.situation == INDEPENDENT and w.classes[0].success_now == 2
    assert changes(w.actors) == {(NOW, HOME, "independent"): 2}


def test_a_smuggler_is_hired_for_a_destination(w, me, luck):
    w.gravity[NOW, HOME, :3] = 0.0, 1.0, 4.0
    luck(SMUGGLED_TO=0.25)
    parties.hires_smuggler(has(me, weight=2, situation=SEEKING, leg=2, recruiter=1), NOW, w)
    assert (me.situation, me.route, me.place, me.leg, me.recruiter) == (SMUGGLED, ROUND_ABOUT, ABROAD, 0, NOBODY)
    assert changes(w.actors) == {(NOW, HOME, "smuggled"): 2}


def test_no_way_no_smuggler(w, me):
    parties.hires_smuggler(has(me, situation=SEEKING), NOW, w)
    assert me.situation == SEEKING and changes(w.actors) == {}


@pytest.fixture
def seekers(w, me, luck):
    """Nine seekers at HOME; an offer takes them to cell 0, DIRECT, unless they go by themselves."""
    w.gravity[NOW, HOME, :3] = 0.0, 1.0, 1.0
    has(w.places[HOME], pick=1.0, recruiters=1, responds=1)
    has(w.recruiters[0], weighed=NOW)
    w.picks[0] = 1.0
    w.minds[0].route_odds[:3] = 0.0, 1.0, 1.0
    luck(SMUGGLED_TO=0.5, MEETS_RECRUITER=0.5, ROUTE=0.5, PAPERS=0.5, VENUE=0.5, TREATMENT=0.5)
    return has(me, weight=9, situation=SEEKING)


def people(w, rows):
    return [(w.people[n].situation, w.people[n].weight) for n in range(rows)]


def test_seekers_part_by_the_ways_they_chose(w, seekers):
    """One goes legally, two with a smuggler, five take offers in parties of two, two and one; one keeps looking."""
    has(seekers, part_legal=1, part_smuggled=2, part_offer=5)
    assert parties.parts(seekers, NOW, w, 3) == 8
    assert people(w, 1) == [(SEEKING, 1)] and not parties.has_business(seekers)
    assert [(w.people[n].situation, w.people[n].weight) for n in range(3, 8)] == [
        (INDEPENDENT, 1), (SMUGGLED, 2), (RECRUITED, 2), (RECRUITED, 2), (RECRUITED, 1)]
    assert len({w.people[n].id for n in range(3, 8)}) == 5
    assert changes(w.actors) == {(NOW, HOME, "independent"): 1, (NOW, HOME, "smuggled"): 2, (NOW, HOME, "recruits"): 5,
                                 (NOW, HOME, "recruits_of_acquaintances"): 5}


@pytest.mark.parametrize("part, situation", [("part_legal", INDEPENDENT), ("part_smuggled", SMUGGLED), ("part_offer", RECRUITED)])
def test_a_single_person_needs_no_row(w, seekers, part, situation):
    has(seekers, weight=1, **{part: 1})
    assert parties.parts(seekers, NOW, w, 3) == 3 and seekers.situation == situation


def test_who_finds_no_smuggler_keeps_looking(w, seekers):
    w.gravity[:] = 0.0
    assert parties.parts(has(seekers, part_smuggled=9), NOW, w, 3) == 3 and seekers.situation == SEEKING
    assert parties.parts(has(seekers, part_smuggled=2, pool=4), NOW, w, 3) == 3 and seekers.weight == 9


def test_persons_of_a_pool_leave_it(w, seekers, monkeypatch):
    monkeypatch.setattr(pools, "draw_four", lambda *_: (0.5, 0.5, 0.5, 0.5))
    w = w._replace(party_size=1)
    w.counts[POOLS] = 1
    has(w.people[2], situation=SMUGGLED, weight=0)
    has(seekers, pool=1, part_smuggled=2, part_offer=1, sex=-1, age_band=-1, wage_band=-1)
    assert parties.parts(seekers, NOW, w, 5) == 6 and seekers.weight == 6
    assert (w.people[2].situation, w.people[2].weight) == (SMUGGLED, 2)
    assert (w.people[5].situation, w.people[5].pool, w.people[5].sex) == (RECRUITED, NOBODY, 1)


@pytest.fixture
def held(w, me, luck):
    """Four held abroad by cell 2, found by outreach if at all."""
    luck(FOUND_HOW=0.5)
    w.risks["outreach"] = 1.0
    is_held(has(me, situation=EXPLOITED, place=ABROAD, recruiter=2, weight=4), NOW - 1, w)
    return has(me, wakes=NOW)


def test_those_found_leave_the_party_and_the_others_get_out(w, held):
    assert parties.parts(has(held, part_found=1, leaves=ESCAPES), NOW, w, 3) == 4
    assert (w.people[3].situation, w.people[3].weight) == (IDENTIFIED, 1)
    assert (held.situation, held.weight) == (RETURNED, 3) and w.hidden[NOW, ABROAD].escaped == 3
    assert hand.listed(w, 2) == [] and w.places[ABROAD].stock == 0 and not w.stocks.any()


def test_who_was_not_found_is_still_held(w, held):
    assert parties.parts(has(held, part_found=1), NOW, w, 3) == 4
    assert hand.listed(w, 2) == [0] and w.places[ABROAD].stock == w.stocks.sum() == 3


def test_a_raid_that_was_bought_off_leaves_two_agents_held(w, held, luck):
    """The one whom it found is in the list of the same cell, and is looked at again with draws of its own."""
    given(w, ABROAD, bribe_taken=1.0, corruption=1.0)
    has(w.risks[ABROAD, held.venue, held.treatment, 0], raid=1.0, outreach=0.0)
    luck(FOUND_HOW=0.5, RAID_MEETS=0.5, RAID_BRIBE=0.5)
    assert parties.parts(has(held, part_found=1), NOW, w, 3) == 4
    assert people(w, 1) == [(EXPLOITED, 3)] and (w.people[3].situation, w.people[3].weight) == (EXPLOITED, 1)
    assert hand.listed(w, 2) == [3, 0] and w.places[ABROAD].stock == w.stocks.sum() == 4
    assert (w.people[3].row, w.people[3].wakes, w.people[3].id) == (3, NOW, child_id(0))


def test_all_found_leave_nobody_to_get_out(w, held):
    assert parties.parts(has(held, part_found=4), NOW, w, 3) == 3
    assert held.situation == IDENTIFIED and w.hidden[NOW, ABROAD].escaped == 0
    assert hand.listed(w, 2) == [] and w.places[ABROAD].stock == 0


@pytest.fixture
def waiting(w, luck):
    """Three who accepted help abroad, in the order 2, 0, 1 by lot."""
    for row, u in ((0, 0.5), (1, 0.9), (2, 0.1)):
        has(w.people[row], situation=IDENTIFIED, place=ABROAD, waiting=1, weight=2)
        luck.at(d.PLACE_ORDER, PEOPLE + row, NOW, u)
    luck(REGISTERED=0.5)
    return [0, 1, 2]


@pytest.mark.parametrize("beds, used, admitted", [(4, 0, [0, 2]), (3, 0, [2]), (6, 1, [0, 2]), (6, 0, [0, 1, 2]), (1, 0, [])])
def test_free_places_go_by_lot(w, waiting, beds, used, admitted):
    has(w.ngos[SHELTER], beds=beds, used=used)
    parties.admissions(NOW, w, waiting, 3)
    assert [n for n in range(3) if w.people[n].situation == ASSISTED] == admitted
    assert w.hidden[NOW, ABROAD].no_place == 2 * (3 - len(admitted)) and w.ngos[SHELTER].used == used + 2 * len(admitted)


def test_a_shelter_that_does_not_work_admits_nobody(w, waiting):
    has(w.ngos[SHELTER], beds=9, active=0)
    parties.admissions(NOW, w, waiting, 3)
    assert w.hidden[NOW, ABROAD].no_place == 6


def test_what_was_noted_is_carried_out(w, waiting, luck, me):
    """Row 0 waits for a place; of row 1 one of two is found; the new agent is active from now on. Cells share."""
    has(w.ngos[SHELTER], beds=9)
    w.risks["outreach"] = 1.0
    is_held(has(w.people[1], situation=EXPLOITED, waiting=0, recruiter=2, part_found=1), NOW - 1, w)
    has(w.people[2], waiting=0, situation=SEEKING, part_legal=2, place=TRANSIT)
    luck(FOUND_HOW=0.5)
    given(w, HOME, experience_shared=1.0, route_learning=1.0)
    w.pending[:3] = 1, 2, 0
    w.counts[PENDING], w.counts[ACTIVE], w.active[0] = 3, 1, 7
    learns(w)
    has(w.networks[0], touched=1 << ABROAD)
    w.networks[0].tried_entry[ABROAD] = 4
    parties.settle(NOW, w)
    assert w.counts[ROWS] == 4 and w.counts[PENDING] == 0 and w.counts[ACTIVE] == 2 and w.active[:2].tolist() == [7, 3]
    assert people(w, 4) == [(ASSISTED, 2), (EXPLOITED, 1), (INDEPENDENT, 2), (IDENTIFIED, 1)]
    assert w.told["keep"][0, ENTRY, ABROAD] == pytest.approx(1 / 5)


def test_of_several_who_wait_each_is_admitted_once(w, waiting):
    has(w.ngos[SHELTER], beds=9)
    w.pending[:2] = 0, 1
    w.counts[PENDING] = 2
    parties.settle(NOW, w)
    assert w.ngos[SHELTER].used == 4 and w.people[2].situation == IDENTIFIED
