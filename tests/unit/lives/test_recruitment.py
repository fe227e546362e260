"""Taking up an offer: whose it is, where it leads, and what the recruiter chooses."""

import math

import numpy as np
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import given as drawn
from hypothesis import strategies as st
from undercount.model.country import markets
from undercount.model.engine.layout import (
    ACQUAINTANCE,
    AGENCY,
    CLANDESTINE,
    HARSH,
    INTERNAL,
    NOBODY,
    PAID,
    PAPERS,
    PRIVATE,
    PUBLIC,
    RECRUITED,
    SEEKING,
    VISA_FREE,
)
from undercount.model.lives import recruitment

from tests import hand
from tests.hand import (
    ABROAD,
    CONSULATE,
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


@pytest.fixture
def offers(w):
    """Cells of trust 1, 2 and 1 of HOME: whom one meets changes at a quarter and at three quarters."""
    w.picks[:] = [1.0, 3.0, 4.0]
    w.guides[:] = [0, 1, 1]
    return has(w.places[HOME], pick=4.0)


@pytest.mark.parametrize("u, cell", [(0.0, 0), (0.2499, 0), (0.25, 1), (0.7499, 1), (0.75, 2), (0.9999, 2)])
def test_whose_offer_it_is(w, me, luck, offers, u, cell):
    luck(MEETS_RECRUITER=u)
    assert recruitment.meets_recruiter(me, NOW, w) == cell


def test_cells_of_another_country_make_no_offers(w, me, luck, offers):
    """HOME's are rows 1 and 2 here."""
    has(offers, first_recruiter=1, recruiters=2)
    w.guides[1:] = [1, 1]
    luck(MEETS_RECRUITER=0.1)
    assert recruitment.meets_recruiter(me, NOW, w) == 1
    luck(MEETS_RECRUITER=0.9)
    assert recruitment.meets_recruiter(me, NOW, w) == 2


def test_rounding_leads_to_the_last_cell(w, me, luck, offers):
    """A draw just below 1 times the total may be rounded to the total; its part is never one too many."""
    luck(MEETS_RECRUITER=np.nextafter(1.0, 0.0))
    w.picks[:] = [1.0, 3.0, np.nextafter(4.0, 0.0)]
    assert recruitment.meets_recruiter(me, NOW, w) == 2
    many = np.arange(1, 2**20)
    assert (np.floor(np.nextafter(1.0, 0.0) * many) == many - 1).all()


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@drawn(offered=st.lists(st.sampled_from([0.0, 0.1, 0.5, 1.0, 7.3, 1e6]), min_size=3, max_size=3), first=st.integers(0, 2),
       u=st.floats(0.0, 1.0, exclude_max=True))
def test_the_guided_search_ends_where_a_plain_one_does(luck, offered, first, u):
    """The first cell whose cumulative offers exceed the draw times the total, and never one without offers."""
    w = hand.tables()
    base = has(w.places[HOME], first_recruiter=first, recruiters=3 - first)
    w.picks[first:] = np.cumsum(offered[first:])
    base.pick = w.picks[2]
    if base.pick == 0.0:
        return
    markets.guides_search(w, base)
    luck(MEETS_RECRUITER=u)
    beyond = np.flatnonzero(w.picks[first:] > u * base.pick)
    met = recruitment.meets_recruiter(w.people[0], NOW, w)
    assert met == first + (beyond[0] if len(beyond) else 2 - first)
    assert offered[met] > 0.0


def test_without_offers_nobody_is_met(w, me):
    assert recruitment.meets_recruiter(me, NOW, w) == NOBODY


@pytest.mark.parametrize("u, route", [(0.0, 5), (0.2499, 5), (0.25, 7), (0.9999, 7)])
def test_the_option_by_cumulative_odds(w, u, route):
    """Options 5, 6 (closed) and 7 with odds 1, 0 and 3."""
    base = has(w.places[HOME], first_route=5)
    assert recruitment.chosen_route([1.0, 1.0, 4.0, 0.0], base, u) == route


def test_rounding_leads_to_the_last_option(w):
    assert recruitment.chosen_route([1.0, 1.0, 4.0, 9.0], w.places[HOME], 1.0) == 2


def test_is_there_an_option_at_all(w):
    assert recruitment.any_route([0.0, 0.0, 1.0], w.places[HOME])
    assert not recruitment.any_route([0.0, 0.0, 0.0, 1.0], w.places[HOME])
    assert not recruitment.any_route([1.0, 1.0, 1.0], w.places[ABROAD])


def test_a_share_moved_in_log_odds():
    assert recruitment.shifted(0.2, 0.0) == pytest.approx(0.2)
    assert recruitment.shifted(0.2, math.log(4)) == pytest.approx(0.5)  # odds 1/4 times 4
    assert recruitment.shifted(0.5, -math.log(3)) == pytest.approx(0.25)
    assert recruitment.shifted(0.0, 5.0) == 0.0 and recruitment.shifted(1.0, -5.0) == 1.0
    assert recruitment.shifted(0.5, 99.0) == pytest.approx(1 / (1 + math.exp(-20)), abs=1e-15)
    assert recruitment.shifted(0.5, -99.0) == pytest.approx(math.exp(-20) / (1 + math.exp(-20)))


def test_papers_follow_what_is_lost_without_them(w):
    """Half at first; the gap has grown by ln 3 / 2 since, and is answered twofold: odds 3."""
    there = given(w, ABROAD, papers_start=0.5, method_response=2.0)
    believes = has(w.minds[0], mode_start=0.25)
    believes.mode_own = 0.5 + math.log(3) / 2, 0.25
    assert recruitment.papers_odds(w.recruiters[0], w, there) == pytest.approx(0.75)


def test_private_venues_follow_losses_and_need_phones(w):
    """A year's gap of 12 * (0.3 - 0.2 - 0.05) = 0.6, answered by ln 3 / 0.6; half of the venues need phones of 0.5."""
    there = given(w, ABROAD, private_start=0.5, method_response=math.log(3) / 0.6, phone_need=0.5)
    facts = known(w, ABROAD, phones=0.5)
    believes = has(w.minds[0], venue_start=0.05)
    believes.venue_own = 0.3, 0.2
    assert recruitment.private_odds(w.recruiters[0], w, there, facts) == pytest.approx(0.75 * 0.75)


def test_payments_follow_what_is_lost_without_them(w):
    there = given(w, ABROAD, payments_start=0.5, method_response=math.log(3) / 0.6)
    believes = has(w.minds[0], treatment_start=0.05)
    believes.treatment_own = 0.3, 0.2
    assert recruitment.payment_odds(w.recruiters[0], w, there) == pytest.approx(0.75)


def test_methods_are_those_of_the_first_year_where_nobody_acts_on_losses(w):
    """Whatever is believed; of the private venues half need phones, which a quarter has."""
    there = given(w, ABROAD, papers_start=0.5, private_start=0.25, payments_start=0.125, phone_need=0.5)
    facts = known(w, ABROAD, phones=0.25)
    w.minds["mode_own"] = w.minds["venue_own"] = w.minds["treatment_own"] = 0.9, 0.0
    cell = w.recruiters[0]
    assert recruitment.papers_odds(cell, w, there) == 0.5 and recruitment.payment_odds(cell, w, there) == 0.125
    assert recruitment.private_odds(cell, w, there, facts) == 0.25 * (1 - 0.5 * 0.75)


@pytest.mark.parametrize("venue, treatment, expected", [
    (0.2499, 0.125, (PRIVATE, HARSH)), (0.25, 0.1249, (PUBLIC, PAID))])
def test_venue_and_treatment(w, me, luck, venue, treatment, expected):
    given(w, ABROAD, private_start=0.25, payments_start=0.125)
    luck(VENUE=venue, TREATMENT=treatment)
    recruitment.is_placed(has(me, place=ABROAD, recruiter=0), NOW, w)
    assert (me.venue, me.treatment) == expected


@pytest.mark.parametrize("consul, in_pay, bribe, paid", [
    (0.4999, NOBODY, 100.0, 3), (0.5, NOBODY, 250.0, 0), (0.5, 1, 100.0, 3), (0.5, 0, 250.0, 0)])
def test_papers_come_from_a_consular_officer_or_a_forger(w, me, luck, consul, in_pay, bribe, paid):
    given(w, ABROAD, bribe=100.0, bribe_taken=0.5, forger_factor=2.5)
    officer = has(w.officials[CONSULATE * OFFICERS + 3], in_pay=in_pay)
    luck(OFFICIAL_MET=0.75, CONSUL=consul)
    assert recruitment.consular_bribe(has(me, place=ABROAD, recruiter=2, weight=3), NOW, w) == bribe
    assert (officer.bribes_now, officer.suitor) == (paid, 1 if paid else NOBODY)


@pytest.fixture
def seeker(w, me, luck, offers):
    """Two persons who meet cell 1, whose recruits go ROUND_ABOUT; a leg costs 100, papers 300, a forger 2 * 50."""
    given(w, ABROAD, leg_cost=100.25, papers_cost=300.0, papers_start=0.5, bribe=50.0, forger_factor=2.0, document_debt=0.5)
    w.routes["start"] = [1.0, 1.0, 2.0]
    for route in w.routes[1:]:
        has(route, gain_start=1.0)
    luck(MEETS_RECRUITER=0.5, ROUTE=0.5, PAPERS=0.5, VENUE=0.5, TREATMENT=0.5, OFFICIAL_MET=0.0, CONSUL=0.5)
    has(w.recruiters[1], weighed=NOW)
    w.minds[1].route_odds[:3] = 1.0, 2.0, 4.0
    w.places["responds"] = 1
    learns(w)
    return has(me, situation=SEEKING, weight=2, leg=2, lists=7, lists_home=7, helped=2, official=5)


def test_clandestine_recruits(w, seeker, luck):
    recruitment.takes_offer(seeker, NOW, w)
    assert (seeker.situation, seeker.recruiter, seeker.route, seeker.place) == (RECRUITED, 1, ROUND_ABOUT, ABROAD)
    assert (seeker.mode, seeker.debt, seeker.leg) == (CLANDESTINE, 100.25, 0)  # two legs, half of it charged
    assert (seeker.lists, seeker.lists_home, seeker.helped, seeker.official) == (0, 0, 0, NOBODY)
    assert w.places[HOME].costs_now == 400 and list(w.recruiters[1].moved_mode) == [2, 0]
    assert w.routes[ROUND_ABOUT].use_now == 2
    assert changes(w.actors) == {(NOW, HOME, "recruits"): 2, (NOW, HOME, "recruits_of_acquaintances"): 2}


def test_recruits_on_papers(w, seeker, luck):
    """200.5 for the legs, 300 for papers, 100 for the forger."""
    luck(PAPERS=0.49)
    recruitment.takes_offer(seeker, NOW, w)
    assert (seeker.mode, seeker.debt) == (PAPERS, 300.25)
    assert w.places[HOME].costs_now == 1200 and list(w.recruiters[1].moved_mode) == [0, 2]


def test_a_way_that_needs_papers(w, seeker):
    has(w.routes[ROUND_ABOUT], papers_only=1)
    recruitment.takes_offer(seeker, NOW, w)
    assert seeker.mode == PAPERS


def test_entry_without_a_visa(w, seeker):
    known(w, HOME, visa_free=1.0)
    has(w.places[ABROAD], visa_area=1)
    recruitment.takes_offer(seeker, NOW, w)
    assert (seeker.mode, seeker.debt) == (VISA_FREE, 100.25) and list(w.recruiters[1].moved_mode) == [0, 2]


def test_exploitation_at_home_moves_nobody(w, seeker, luck):
    luck(ROUTE=0.0)
    given(w, HOME, leg_cost=100.0, document_debt=1.0)
    recruitment.takes_offer(seeker, NOW, w)
    assert (seeker.route, seeker.place, seeker.mode, seeker.debt) == (INTERNAL_ROUTE, HOME, INTERNAL, 0.0)
    assert list(w.recruiters[1].moved_mode) == [0, 0] and w.places[HOME].costs_now == 0


def test_only_acquaintances_are_counted_as_such(w, seeker):
    assert w.recruiters[1].channel == ACQUAINTANCE
    has(w.recruiters[1], channel=AGENCY)
    recruitment.takes_offer(seeker, NOW, w)
    assert changes(w.actors) == {(NOW, HOME, "recruits"): 2}


def test_the_cell_that_is_met_places_the_recruit(w, seeker, luck):
    """It alone believes that private venues are safer."""
    given(w, ABROAD, private_start=0.5, payments_start=0.5, method_response=1.0)
    known(w, ABROAD, phones=1.0)
    w.minds[1].venue_own = w.minds[1].treatment_own = 0.9, 0.0
    luck(VENUE=0.9, TREATMENT=0.9)
    recruitment.takes_offer(seeker, NOW, w)
    assert (seeker.venue, seeker.treatment) == (PRIVATE, PAID)


def test_the_cell_weighs_its_options_first(w, seeker, luck):
    has(w.recruiters[1], weighed=NOBODY)
    w.routes["opens"] = 99
    recruitment.takes_offer(seeker, NOW, w)  # no option is open
    assert (seeker.situation, seeker.recruiter) == (SEEKING, NOBODY) and changes(w.actors) == {}


def test_cells_that_do_not_respond_share_their_countrys_options(w, seeker, luck):
    has(w.places[HOME], responds=0)
    w.corridors[HOME, :3] = 0.0, 4.0, 4.0
    recruitment.takes_offer(seeker, NOW, w)
    assert seeker.route == DIRECT and w.recruiters[1].weighed == NOW


def test_nobody_to_meet(w, seeker, offers):
    has(offers, pick=0.0)
    recruitment.takes_offer(seeker, NOW, w)
    assert seeker.situation == SEEKING and seeker.place == HOME


def test_options_are_those_of_the_cells_country(w, seeker, luck):
    """A cell abroad, whose only option is row 1."""
    has(w.recruiters[1], country=TRANSIT)
    has(w.places[TRANSIT], first_route=DIRECT, n_routes=1)
    recruitment.takes_offer(seeker, NOW, w)
    assert seeker.route == DIRECT
