"""The month of a migrant: the ways of a seeker, and which rule each situation has."""

import pytest
from undercount.model.engine.layout import (
    ASSISTED,
    AT_HOME,
    CLANDESTINE,
    ELSEWHERE,
    EXPLOITED,
    IDENTIFIED,
    INDEPENDENT,
    MINOR,
    MISIDENTIFIED,
    NOBODY,
    ON_POLICE,
    PAPERS,
    PRIVATE,
    RECRUITED,
    REFUSED,
    REINTEGRATED,
    RETURNED,
    SEEKING,
    SMUGGLED,
)
from undercount.model.lives import exploitation, migrant

from tests.hand import (
    ABROAD,
    DIRECT,
    HOME,
    NOW,
    ROUND_ABOUT,
    SHELTER,
    TRANSIT,
    changes,
    foreseen,
    given,
    has,
    is_held,
    known,
    learns,
    listed,
)

ADULT = 1


def seeks(w, me, luck, legal=0.5, smuggler=0.5, offer=0.5, **fields):
    """Four persons look for a way; returns how many took the legal one, a smuggler, an offer."""
    luck(WAY_LEGAL=legal, WAY_SMUGGLER=smuggler, WAY_OFFER=offer)
    has(me, **dict(weight=1, situation=SEEKING, age_band=ADULT, zone=ELSEWHERE) | fields)
    migrant.looks_for_a_way(me, NOW, w)
    return me.part_legal, me.part_smuggled, me.part_offer


@pytest.fixture
def ways(w):
    """Legal 1, smuggler 2, offer 4 * 0.5 = 2 against staying 1: shares 1/6, 2/6, 2/6, 1/6."""
    has(w.places[HOME], meets=0.5)
    return given(w, HOME, legal_openness=1.0, smuggler_appeal=2.0, offer_appeal=4.0)


def test_the_four_ways_are_a_logit(w, me, luck, ways):
    """One after the other: 1/6, then 2/5 of the rest, then 2/3 of the rest; the largest draws take the way."""
    assert seeks(w, me, luck, legal=5 / 6 + 1e-9) == (1, 0, 0)
    assert seeks(w, me, luck, legal=5 / 6 - 1e-9, smuggler=3 / 5 + 1e-9) == (0, 1, 0)
    assert seeks(w, me, luck, smuggler=3 / 5 - 1e-9, offer=1 / 3 + 1e-9) == (0, 0, 1)
    assert seeks(w, me, luck, offer=1 / 3 - 1e-9) == (0, 0, 0)


def test_persons_of_a_party_choose_each_for_themselves(w, me, luck, ways):
    """Medians of binomials: of 60 a sixth, of 50 two fifths, of 30 two thirds; nobody twice."""
    assert seeks(w, me, luck, weight=60) == (10, 20, 20)


def test_awareness_opens_the_legal_way_and_closes_the_offer(w, me, luck, ways):
    """Awareness 0.25: legal 1 + 2 * 0.25; offer 2 * (1 - 0.25) = 1.5; shares 1.5/6, 2/6, 1.5/6."""
    has(ways, awareness_effect=1.0, awareness_legal=2.0)
    has(w.places[HOME], awareness=0.25)
    assert seeks(w, me, luck, legal=0.75 + 1e-9) == (1, 0, 0)
    assert seeks(w, me, luck, legal=0.75 - 1e-9, smuggler=1 - 2 / 4.5 + 1e-9) == (0, 1, 0)
    assert seeks(w, me, luck, smuggler=1 - 2 / 4.5 - 1e-9, offer=0.4 + 1e-9) == (0, 0, 1)
    assert seeks(w, me, luck, smuggler=0.1, offer=0.4 - 1e-9) == (0, 0, 0)


@pytest.mark.parametrize("share, legal", [(0.0, 1.0), (0.5, 2.0), (1.0, 4.0)])
def test_open_labour_markets_widen_the_legal_way(w, me, luck, ways, share, legal):
    """A gain of 4 in all, 2 where markets of half of the inhabitants are open."""
    has(ways, free_work_gain=4.0)
    known(w, HOME, free_work=share)
    odds = legal / (legal + 5.0)
    assert seeks(w, me, luck, legal=1 - odds + 1e-9) == (1, 0, 0)
    assert seeks(w, me, luck, legal=1 - odds - 1e-9)[0] == 0


def test_deprived_zones_know_less(w, me):
    here = given(w, HOME, awareness_deprived=0.5)
    home = has(w.places[HOME], awareness=0.5)
    assert migrant.awareness_of(has(me, zone=ELSEWHERE), here, home) == 0.5
    assert migrant.awareness_of(has(me, zone=1), here, home) == 0.25


def test_without_a_visa_the_legal_way_is_wider_and_go_betweens_are_needed_less(w, me, luck, ways):
    """Legal 1 * 3; smuggler and offer 2 * 0.5: shares 3/6, 1/6, 1/6."""
    has(ways, visa_free_gain=3.0, visa_free_loss=0.5)
    known(w, HOME, visa_free=1.0)
    assert seeks(w, me, luck, legal=0.5 + 1e-9) == (1, 0, 0)
    assert seeks(w, me, luck, legal=0.5 - 1e-9, smuggler=2 / 3 + 1e-9) == (0, 1, 0)
    assert seeks(w, me, luck, legal=0.1, smuggler=2 / 3 - 1e-9, offer=0.5 + 1e-9) == (0, 0, 1)
    assert seeks(w, me, luck, legal=0.1, smuggler=0.1, offer=0.5 - 1e-9) == (0, 0, 0)
    known(w, HOME, visa_free=0.0)
    assert seeks(w, me, luck, legal=5 / 6 - 1e-9, smuggler=3 / 5 + 1e-9) == (0, 1, 0)


def test_minors_and_the_vulnerable_accept_more(w, me, luck, ways):
    """Offer 2 * 1.5 (vulnerable) * 2 (minor) = 6 against staying 1."""
    has(ways, minor_effect=2.0)
    low = dict(legal=0.0, smuggler=0.0, accepts=1.5)
    assert seeks(w, me, luck, **low, age_band=MINOR, offer=1 / 7 + 1e-9) == (0, 0, 1)
    assert seeks(w, me, luck, **low, age_band=MINOR, offer=1 / 7 - 1e-9) == (0, 0, 0)
    assert seeks(w, me, luck, **low, offer=1 / 4 + 1e-9) == (0, 0, 1)
    assert seeks(w, me, luck, **low, offer=1 / 4 - 1e-9) == (0, 0, 0)


def month(w, me, **fields):
    migrant.migrant_month(has(me, **fields), NOW, w)
    return me.situation


def test_who_reaches_the_threshold_sets_out_and_looks(w, me, luck):
    luck(WAY_LEGAL=0.0, WAY_SMUGGLER=0.0, WAY_OFFER=0.0)
    has(w.classes[0], cumulative=0.5)
    assert month(w, me, weight=2, threshold=0.51) == AT_HOME and changes(w.actors) == {}
    given(w, HOME, legal_openness=1e9)
    luck(WAY_LEGAL=0.9)
    assert month(w, me, threshold=0.5) == SEEKING
    assert changes(w.actors) == {(NOW, HOME, "set_out"): 2}
    assert (w.census[AT_HOME], w.census[SEEKING], me.since) == (98, 102, NOW)
    assert me.part_legal == 2


@pytest.mark.parametrize("situation", [INDEPENDENT, REINTEGRATED])
def test_nothing_more_happens_to_those_who_are_settled(w, me, situation):
    before = has(me, situation=situation).tobytes()
    assert month(w, me) == situation and me.tobytes() == before


@pytest.mark.parametrize("situation", [SMUGGLED, RECRUITED, REFUSED, MISIDENTIFIED])
def test_the_next_thing_happens_next_month(w, me, situation):
    assert month(w, me, situation=situation, since=NOW, route=DIRECT, place=ABROAD) == situation
    assert me.place == ABROAD and changes(w.hidden) == {}


def test_the_smuggled_arrive_and_it_is_told_at_home(w, me, luck):
    luck(CROSSING_INSPECTED=0.5, SMUGGLED_DEBT=0.5)
    assert month(w, me, situation=SMUGGLED, route=DIRECT, weight=2, mode=PAPERS) == SMUGGLED
    assert (me.place, me.leg, me.since, me.mode) == (ABROAD, 1, NOW, CLANDESTINE)
    assert w.classes[0].success_now == 2
    assert month(w, me, since=NOW - 1) == SMUGGLED and w.classes[0].success_now == 2  # arrived: no more


def test_persons_of_a_pool_cross_by_numbers(w, me):
    """`engine/crowds.py` moves them: nothing happens to the pool's own agent."""
    assert month(w, me, situation=SMUGGLED, route=DIRECT, weight=4, pool=3) == SMUGGLED
    assert me.part_smuggled == 0 and me.leg == 0 and me.weight == 4


def test_the_smuggled_who_are_stopped_are_deported(w, me, luck):
    given(w, ABROAD, inspection=1.0, inspections_per_official=10.0)
    luck(CROSSING_INSPECTED=0.5, CROSSING_MEETS=0.0, CROSSING_BRIBE=0.5)
    assert month(w, me, situation=SMUGGLED, route=DIRECT, weight=2) == SEEKING
    assert changes(w.hidden) == {(NOW, ABROAD, "deported"): 2}
    assert me.place == HOME and w.classes[0].failure_now == 2 and w.classes[0].success_now == 0


def test_debt_to_a_smuggler_may_be_the_way_into_exploitation(w, me, luck):
    """Two legs at USD 100, half of it charged: a debt of 100."""
    given(w, ABROAD, smuggled_in_debt=0.5, smuggled_to_trafficked=0.5, leg_cost=100.0, document_debt=0.5,
          private_start=1.0)
    has(w.places[HOME], pick=1.0)
    w.picks[:] = [0.25, 0.5, 1.0]
    luck(CROSSING_INSPECTED=0.5, SMUGGLED_DEBT=0.49, SMUGGLED_TRAPPED=0.49, MEETS_RECRUITER=0.3, VENUE=0.5, TREATMENT=0.5)
    luck.at(81, 1000, NOW, 0.5)  # the second leg
    known(w, ABROAD, phones=1.0)
    assert month(w, me, situation=SMUGGLED, route=ROUND_ABOUT) == EXPLOITED
    assert (me.recruiter, me.debt, me.venue, me.times) == (1, 100.0, PRIVATE, 1)
    assert w.classes[0].success_now == 0 and w.flows[NOW, HOME, ABROAD, CLANDESTINE, PRIVATE] == 1


@pytest.mark.parametrize("debt, trapped, pick", [(0.5, 0.0, 1.0), (0.0, 0.5, 1.0), (0.0, 0.0, 0.0)])
def test_who_is_not_trapped_has_arrived(w, me, luck, debt, trapped, pick):
    given(w, ABROAD, smuggled_in_debt=0.5, smuggled_to_trafficked=0.5)
    has(w.places[HOME], pick=pick)
    w.picks[:] = pick
    luck(CROSSING_INSPECTED=0.5, SMUGGLED_DEBT=debt, SMUGGLED_TRAPPED=trapped, MEETS_RECRUITER=0.3)
    assert month(w, me, situation=SMUGGLED, route=DIRECT) == SMUGGLED
    assert w.classes[0].success_now == 1 and me.recruiter == NOBODY


def test_the_recruited_arrive_and_exploitation_begins(w, me, luck):
    luck(CROSSING_INSPECTED=0.5)
    fields = dict(situation=RECRUITED, route=DIRECT, recruiter=0, weight=2, mode=PAPERS, venue=PRIVATE, left_behind=1, wakes=7)
    assert month(w, me, **fields) == EXPLOITED
    assert (me.times, me.left_behind, me.place, me.since, me.wakes) == (1, 0, ABROAD, NOW, NOW)
    assert listed(w, 0) == [0] and w.places[ABROAD].stock == 2 and w.stocks[HOME, ABROAD, PRIVATE, me.treatment] == 2
    assert w.flows[NOW, HOME, ABROAD, PAPERS, PRIVATE] == 2 and w.flows.sum() == 2
    assert changes(w.hidden) == {(NOW, ABROAD, "newly_exploited"): 2}


def test_a_second_time_is_counted_as_such(w, me, luck):
    luck(CROSSING_INSPECTED=0.5)
    month(w, me, situation=RECRUITED, route=DIRECT, recruiter=0, weight=2, times=1)
    assert me.times == 2
    assert changes(w.hidden) == {(NOW, ABROAD, "newly_exploited"): 2, (NOW, ABROAD, "retrafficked"): 2}


@pytest.mark.parametrize("mode, lost", [(CLANDESTINE, [2, 0]), (PAPERS, [0, 2])])
def test_the_recruited_who_are_stopped_are_met_by_police(w, me, luck, mode, lost):
    given(w, TRANSIT, inspection=1.0, papers_visibility=1.0, inspections_per_official=10.0)
    luck(CROSSING_INSPECTED=0.5, CROSSING_MEETS=0.0, CROSSING_BRIBE=0.5)
    learns(w)
    assert month(w, me, situation=RECRUITED, route=ROUND_ABOUT, recruiter=1, weight=2, mode=mode) == IDENTIFIED
    assert listed(w, 1) == [] and not w.places["stock"].any()
    assert (me.place, me.lists) == (TRANSIT, ON_POLICE)
    assert list(w.minds[1]["at"]["lost_entry"][:3]) == [0, 2, 0] and list(w.minds[1].lost_mode) == lost
    assert changes(w.hidden) == {(NOW, TRANSIT, "identified"): 2}


@pytest.mark.parametrize("situation, place, deported", [
    (MISIDENTIFIED, ABROAD, 2), (MISIDENTIFIED, HOME, 0), (REFUSED, ABROAD, 0)])
def test_the_misread_and_those_who_refused_go_home(w, me, situation, place, deported):
    assert month(w, me, situation=situation, place=place, weight=2, recruiter=0) == RETURNED
    assert w.hidden[NOW, place].deported == deported and me.place == HOME
    assert w.hidden[NOW, HOME].returned == 2


def test_a_shelter_is_left_after_its_months(w, me):
    given(w, ABROAD, shelter_months=2.0)
    has(w.ngos[SHELTER], used=5)
    assert month(w, me, situation=ASSISTED, place=ABROAD, since=NOW - 1, recruiter=0) == ASSISTED
    assert month(w, me, since=NOW - 2) == RETURNED and w.ngos[SHELTER].used == 4


def test_who_is_back_home_is_visited_in_the_month_that_was_drawn(w, me, luck):
    has(w.ngos[4], active=0)
    has(me, situation=RETURNED, since=NOW - 1, recruiter=0)
    assert month(w, me, wakes=NOW + 1) == RETURNED and me.wakes == NOW + 1
    luck(RETURN_ENDS=0.5)
    month(w, me, wakes=NOW)
    assert me.wakes == 48  # never


def test_the_exploited_and_the_found_have_their_rules(w, me, luck):
    given(w, ABROAD, escape=1.0)
    foreseen(w)
    exploitation.weighs_risks(NOW, w)
    luck(FOUND=0.5, RECOGNISED=0.0, TREATED_AS_OFFENDER=0.0)
    is_held(has(me, place=ABROAD, recruiter=0), NOW - 1, w)
    assert month(w, me, situation=EXPLOITED, wakes=NOW + 1) == EXPLOITED
    assert month(w, me, situation=EXPLOITED, wakes=NOW) == RETURNED and listed(w, 0) == []
    assert month(w, me, situation=IDENTIFIED, place=ABROAD, since=NOW - 1, official=0, lists=ON_POLICE) == MISIDENTIFIED
