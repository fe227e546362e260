"""A recruiter's month: custody, arrests, leaving and entering; and how options are weighed."""

import math

import pytest
from undercount.model.engine import decisions
from undercount.model.engine.layout import EXPLOITED, MAX_ROUTES, WARM_UP
from undercount.model.lives import beliefs, recruiter

from tests.hand import (
    ABROAD,
    DIRECT,
    HOME,
    INTERNAL_ROUTE,
    NOW,
    ROUND_ABOUT,
    TRANSIT,
    changes,
    given,
    has,
    is_held,
    known,
    learns,
)


@pytest.fixture
def cell(w):
    return w.recruiters[1]


@pytest.fixture
def mind(w):
    """What the cell saw and believes."""
    return w.minds[1]


def justice(w, cell, luck, u=0.5, **values):
    here = given(w, HOME, **dict(information_lag=4.0) | values)
    luck(ARREST=u)
    recruiter.faces_justice(cell, NOW, w, here)
    return cell.arrests


def test_evidence_becomes_arrests(w, cell, luck):
    """An expected arrest and a half among three cells: chance 0.5 each; none 1/8, one 3/8, two 3/8, three 1/8."""
    for u, arrests in ((0.124, 0), (0.126, 1), (0.499, 1), (0.501, 2), (0.874, 2), (0.876, 3)):
        has(cell, active=3, custody=1, heat_now=1_500_000)
        assert justice(w, cell, luck, u) == arrests and (cell.active, cell.custody) == (3 - arrests, 1 + arrests)
    assert changes(w.actors) == {(NOW, HOME, "arrests"): 9}


def test_enforcement_multiplies_arrests(w, cell, luck):
    has(cell, active=1, heat_now=400_000)
    assert justice(w, cell, luck, 0.19, enforcement=2.0) == 0  # chance 0.8: the upper 0.8 of the draws
    has(cell, heat_now=400_000)
    assert justice(w, cell, luck, 0.21, enforcement=2.0) == 1
    has(cell, active=2, heat_now=9_000_000)
    assert justice(w, cell, luck, 0.0) == 2


def test_findings_of_other_countries_arrive_late(w, cell, luck):
    """Of 800,000 (a third of it from before) a quarter arrives: 0.2 expected arrests of one cell."""
    has(cell, active=1, heat_shared=500_000, heat_later=300_000.0)
    assert justice(w, cell, luck, 0.79) == 0 and cell.heat_later == 600_000.0
    has(cell, heat_shared=0)
    assert justice(w, cell, luck, 0.86) == 1 and cell.heat_later == 450_000.0  # 0.15
    has(cell, heat_later=100.0)
    justice(w, cell, luck, information_lag=0.5)  # at most all of it
    assert cell.heat_later == 0.0


def test_without_evidence_or_cells_no_arrest(w, cell, luck):
    has(cell, active=1, arrests=5)
    assert justice(w, cell, luck, 0.999) == 0
    has(cell, active=0, heat_now=10**9, custody=2)
    assert justice(w, cell, luck, 0.999) == 0 and cell.custody == 2
    assert changes(w.actors) == {}


def test_share_of_minors_of_those_in_custody(w, cell, luck):
    """Two join two; a quarter of the new evidence is of minors: half of the way from 0.75 to 0.25."""
    has(cell, active=2, custody=2, heat_now=4_000_000, minors_now=1_000_000, minors=0.75)
    assert justice(w, cell, luck) == 2 and cell.minors == pytest.approx(0.5)
    has(cell, active=2, custody=2, heat_now=1, minors_now=1, minors=0.25)
    assert justice(w, cell, luck, 0.0) == 0 and cell.minors == 0.25


@pytest.mark.parametrize("u, again, expected", [
    (0.2499, 0.9, (5, 2, 3)), (0.2501, 0.2499, (5, 1, 4)), (0.2501, 0.2501, (6, 1, 3)), (0.7501, 0.0624, (5, 0, 5)),
    (0.7501, 0.0626, (6, 0, 4)), (0.7501, 0.44, (7, 0, 3))])
def test_sentences_end_and_many_resume(w, cell, luck, u, again, expected):
    """Two in custody, released with chance 1/2 each; of those, three quarters resume. (active, custody, idle)"""
    has(cell, active=5, custody=2, idle=3)
    luck(SENTENCE_ENDS=u, RESUMES=again)
    recruiter.comes_back(cell, NOW, w, given(w, HOME, sentence=2.0, resumes=0.75))
    assert (cell.active, cell.custody, cell.idle) == expected


def test_cases_with_minors_are_longer(w, cell, luck):
    """Half of them minors, twice as long: 1.5 * 4 = 6 months, a sixth ends in a month."""
    here = given(w, HOME, sentence=4.0, minor_factor=2.0)
    for u, left in ((5 / 6 - 1e-6, 1), (5 / 6 + 1e-6, 0)):
        has(cell, custody=1, minors=0.5)
        luck(SENTENCE_ENDS=u, RESUMES=0.5)
        recruiter.comes_back(cell, NOW, w, here)
        assert cell.custody == left
    has(cell, custody=1)
    recruiter.comes_back(cell, NOW, w, given(w, HOME, sentence=0.1, minor_factor=1.0))  # a month at least
    assert cell.custody == 0


def test_nobody_in_custody(w, cell):
    recruiter.comes_back(cell, NOW, w, given(w, HOME, sentence=1.0))  # no draw is asked for
    assert cell.active == 0


@pytest.mark.parametrize("stops, starts, expected", [
    (0.5624, 0.9374, (5, 1)), (0.5626, 0.9374, (4, 2)), (0.5624, 0.9376, (6, 0)), (0.9374, 0.06, (1, 5)), (0.9376, 0.06, (0, 6))])
def test_cells_leave_and_enter(w, cell, luck, stops, starts, expected):
    """Of two active each leaves with 1/4; of the country's eight idle cells four enter, of these four each with 1/2."""
    base = has(w.places[HOME], entries=4.0, idle=8)
    luck(STOPS=stops, STARTS=starts)
    left = recruiter.stops_or_starts(has(cell, active=2, idle=4), NOW, w, given(w, HOME, turnover=0.25), base)
    assert left == (stops > 0.5625) + (stops > 0.9375) and (cell.active, cell.idle) == expected


def test_no_more_cells_enter_than_are_idle(w, cell, luck):
    has(cell, active=0, idle=3)
    base = has(w.places[HOME], entries=99.0, idle=3)
    luck(STOPS=0.5, STARTS=0.0)
    recruiter.stops_or_starts(cell, NOW, w, given(w, HOME), base)
    assert (cell.active, cell.idle) == (3, 0)
    has(base, idle=0, entries=0.5)  # counted at the start of the month: some became idle since
    has(cell, active=0, idle=1)
    luck(STARTS=0.4999)
    recruiter.stops_or_starts(cell, NOW, w, given(w, HOME), base)
    assert cell.active == 0
    luck(STARTS=0.5)
    recruiter.stops_or_starts(cell, NOW, w, given(w, HOME), base)
    assert cell.active == 1


def test_a_months_breaks_are_of_the_cells_of_its_start(w, cell, luck):
    """Of four, two are arrested (chance 1/2 each), then one of two leaves: three quarters broke."""
    given(w, HOME, turnover=0.5, information_lag=1.0)
    has(cell, active=4, heat_now=2_000_000)
    luck(ARREST=0.5, STOPS=0.5, STARTS=0.5, CELL_BREAKS=0.7499)
    one, other = (has(w.people[row], situation=EXPLOITED, place=ABROAD, recruiter=1) for row in (0, 1))
    for held in (one, other):
        is_held(held, NOW, w)
    luck.at(decisions.CELL_BREAKS, other.id, NOW, 0.75)
    recruiter.recruiter_month(cell, NOW, w)
    assert cell.arrests == 2 and cell.active == 1 and cell.breaks == 0.75
    assert (one.left_behind, other.left_behind) == (1, 0)
    assert changes(w.actors) == {(NOW, HOME, "arrests"): 2, (NOW, HOME, "recruiters_active"): 1,
                                 (NOW, HOME, "recruiters_in_custody"): 2}


def test_evidence_is_used_up(w, cell, luck):
    """What a month brought does not count again."""
    given(w, HOME, information_lag=2.0)
    luck(ARREST=0.5, STOPS=0.5, STARTS=0.5)
    for active in (0, 1):
        has(cell, active=active, heat_now=5, heat_shared=8, minors_now=3, heat_later=2.0)
        recruiter.recruiter_month(cell, NOW, w)
        assert (cell.heat_now, cell.heat_shared, cell.minors_now, cell.heat_later) == (0, 0, 0, 5.0)


def test_the_month_of_who_has_nothing(w, cell, luck):
    luck(ARREST=0.0, STOPS=0.0, STARTS=0.0)
    recruiter.recruiter_month(has(cell, breaks=0.7), NOW, w)
    assert cell.breaks == 0.0


def test_who_comes_back_may_be_arrested_again(w, cell, luck):
    """Out of custody first, then justice: breaks are at most all."""
    given(w, HOME, sentence=1.0, resumes=1.0, information_lag=1.0)
    has(cell, custody=2, heat_now=9_000_000)
    luck(SENTENCE_ENDS=0.5, RESUMES=0.5, ARREST=0.5, STOPS=0.5, STARTS=0.5)
    recruiter.recruiter_month(cell, NOW, w)
    assert (cell.custody, cell.active, cell.arrests, cell.breaks) == (2, 0, 2, 1.0)


def test_it_learns_in_its_own_month(w, cell, luck, mind):
    """From its own: 4 tried, 1 lost."""
    given(w, HOME, route_learning=0.5)
    has(cell, touched=1 << ABROAD)
    mind["at"]["tried_entry"][ABROAD], mind["at"]["lost_entry"][ABROAD] = 4, 1
    luck(STOPS=0.5, STARTS=0.5)
    recruiter.recruiter_month(cell, NOW, w)
    assert beliefs.entry_loss(cell, w, ABROAD) == 0.0  # where nobody learns it is not even asked
    learns(w)
    recruiter.recruiter_month(cell, NOW, w)
    assert beliefs.entry_loss(cell, w, ABROAD) == pytest.approx(0.4 * 0.25)


# --- options ---------------------------------------------------------------------------------------
def test_open_routes(w):
    route = has(w.routes[DIRECT], opens=3, closes=5)
    assert [recruiter.is_open(route, WARM_UP + t) for t in (2, 3, 5, 6)] == [False, True, True, False]


def test_entry_without_a_visa(w):
    route = w.routes[DIRECT]
    for free, area, expected in ((1.0, 1, True), (1.0, 0, False), (0.0, 1, False)):
        known(w, HOME, visa_free=free)
        has(w.places[ABROAD], visa_area=area)
        assert recruiter.enters_freely(route, NOW, w) == expected


def test_what_a_person_brings_in_a_year(w):
    given(w, ABROAD, leg_cost=100.0, papers_cost=700.0)
    has(w.places[ABROAD], revenue=100.0)
    route = w.routes[ROUND_ABOUT]
    assert recruiter.gain_of(route, NOW, w) == 1000.0  # 1,200 less two legs
    has(route, papers_only=1)
    assert recruiter.gain_of(route, NOW, w) == 300.0
    given(w, ABROAD, papers_cost=2000.0, gain_least=0.2)
    assert recruiter.gain_of(route, NOW, w) == 241.0  # a fifth of it and a dollar
    known(w, HOME, visa_free=1.0)
    has(w.places[ABROAD], visa_area=1)
    assert recruiter.gain_of(route, NOW, w) == 1000.0


def test_expected_loss(w, cell, mind):
    """Kept at two entries with 3/4 and 1/2, and in a year with 1/2: 1 - 3/16."""
    mind["at"]["entry_own"][TRANSIT], mind["at"]["entry_own"][ABROAD] = 0.25, 0.5
    assert recruiter.expected_loss(cell, w, w.routes[ROUND_ABOUT], 0.5) == 0.8125
    assert recruiter.expected_loss(cell, w, w.routes[INTERNAL_ROUTE], 0.5) == 0.5


def odds(w, cell, t=NOW):
    """Weighs anew; the odds of each option."""
    has(cell, weighed=-1)
    recruiter.weighs_corridors(t, w)
    recruiter.weighs_routes(cell, t, w)
    cumulative = [0.0, *w.minds[1].route_odds[:3].tolist()]
    assert len(w.minds[1].route_odds) == MAX_ROUTES and cell.weighed == t
    return pytest.approx([b - a for a, b in zip(cumulative, cumulative[1:])])


@pytest.fixture
def options(w):
    """First-year shares 1/2, 1/4, 1/4; nothing has changed since."""
    w.routes["start"] = [0.5, 0.25, 0.25]
    w.places["revenue"] = 100.0
    w.routes["gain_start"] = 1200.0
    return w.routes


def test_unchanged_the_shares_are_those_of_the_first_year(w, cell, options):
    for place in (HOME, ABROAD):
        given(w, place, choice_sharpness=2.0, habit=1.0, route_response=5.0, visa_appeal=3.0)
    assert odds(w, cell) == [0.5, 0.25, 0.25]
    has(options[DIRECT], closes=0)
    assert odds(w, cell) == [0.5, 0.0, 0.25]


def test_in_the_first_year_nothing_is_weighed(w, cell, options):
    given(w, ABROAD, choice_sharpness=2.0)
    w.places["revenue"] = 900.0
    w.par["choice_sharpness"][WARM_UP - 1] = 2.0
    options["opens"] = -99
    assert odds(w, cell, WARM_UP - 1) == [0.5, 0.25, 0.25]
    w.par["choice_sharpness"][WARM_UP] = 2.0
    assert odds(w, cell, WARM_UP) == [40.5, 20.25, 20.25]  # nine times the revenue, squared


def test_more_to_gain_draws(w, cell, options):
    """Twice the revenue, elasticity 2: four times the odds abroad."""
    given(w, ABROAD, choice_sharpness=2.0)
    has(w.places[ABROAD], revenue=200.0)
    assert odds(w, cell) == [0.5, 1.0, 1.0]


def test_habit_draws(w, cell, options):
    """Used three times as much as in the first year (each and one more)."""
    given(w, ABROAD, habit=2.0)
    has(options[DIRECT], use=8.0, use_start=2.0)
    assert odds(w, cell) == [0.5, 2.25, 0.25]


def test_expected_losses_repel(w, cell, options, mind):
    """Entry lost with 1/2 and a year there with 1/4, a quarter expected at first: 0.625 - 0.25, answered by 8."""
    given(w, ABROAD, route_response=8.0)
    mind["at"]["entry_own"][ABROAD] = 0.5
    mind["at"]["place_own"][ABROAD] = -math.log(0.75) / 12.0
    has(options[DIRECT], loss_start=0.25)
    has(options[ROUND_ABOUT], loss_start=0.625)
    assert odds(w, cell) == [0.5, 0.25 * math.exp(-3.0), 0.25]


def test_losses_are_those_of_each_destination(w, cell, options, mind):
    """HOME loses a half in a year, ABROAD nothing."""
    for place in (HOME, ABROAD):
        given(w, place, route_response=2.0)
    mind["at"]["place_own"][HOME] = math.log(2) / 12.0
    assert odds(w, cell) == [0.5 * math.exp(-1.0), 0.25, 0.25]


def test_a_visa_that_is_no_longer_needed_draws(w, cell, options):
    given(w, ABROAD, visa_appeal=math.log(3))
    has(w.places[ABROAD], visa_area=1)
    w.facts["visa_free"][:, HOME] = 1.0
    assert odds(w, cell) == [0.5, 0.25, 0.25]  # it was so from the start
    w.facts["visa_free"][WARM_UP, HOME] = 0.0
    assert odds(w, cell) == [0.5, 0.75, 0.75]


def test_scores_are_kept_within_reason(w, cell, options):
    given(w, ABROAD, habit=99.0)
    has(options[DIRECT], use_start=1e6)
    has(options[ROUND_ABOUT], use=1e6)
    assert odds(w, cell) == [0.5, 0.25 * math.exp(-20), 0.25 * math.exp(20)]


def test_weighed_once_a_month(w, cell, options):
    recruiter.weighs_routes(has(cell, weighed=NOW), NOW, w)
    assert not w.minds[1].route_odds.any()
