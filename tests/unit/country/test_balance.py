"""The trade in balance: what the first year was like, and how many cells enter when things change."""

import math

import pytest
from undercount.model.country import balance
from undercount.model.engine.layout import ENTRY, HOLDING, WARM_UP

from tests.hand import ABROAD, DIRECT, HOME, NOW, TRANSIT, given, has, known, learns


def test_the_first_year_is_written_down(w):
    w.par["market"][NOW - 1, ABROAD], w.facts["years"][NOW - 1, ABROAD] = 2.0, 1.0
    w.par["demand_trend"][NOW - 1, ABROAD] = 0.5
    has(w.places[ABROAD], stock=7, profit=8.0, risk=0.25, custody=1, active=3, revenue=100.0)
    has(w.routes[DIRECT], use=9.0)
    learns(w)
    w.minds["mode_own"], w.minds["venue_own"], w.minds["treatment_own"] = (0.5, 0.25), (0.25, 1.0), (1.0, 0.5)
    w.minds["at"]["entry_own"][:, ABROAD] = [0.25, 0.5, 0.75]
    balance.takes_stock(NOW, w)
    place = w.places[ABROAD]
    assert place.market_start == pytest.approx(2 * math.exp(0.5))
    assert (place.stock_start, place.profit_start, place.risk_start, place.custody_start, place.active_start) == (
        7.0, 8.0, 0.25, 0.25, 3.0)
    assert w.places[HOME].custody_start == 0.0
    route = w.routes[DIRECT]
    assert (route.gain_start, route.use_start, route.loss_start) == (1200.0, 9.0, 0.5)
    mind = w.minds[0]
    assert (mind.mode_start, mind.venue_start, mind.treatment_start) == (0.25, -0.75, 0.5)


def test_gains_of_the_first_year_are_of_its_last_month(w):
    w.par["leg_cost"][NOW - 1, ABROAD] = 100.0
    w.places["revenue"] = 100.0
    balance.takes_stock(NOW, w)
    assert w.routes["gain_start"].tolist() == [1200.0, 1100.0, 1000.0]


def test_the_mean_loss_of_the_cells_of_an_origin(w):
    """Entry kept with 1/2 and a year with 1/2 by the first, all by the second; the third is of another country."""
    learns(w)
    has(w.places[HOME], recruiters=2)
    has(w.recruiters[2], country=TRANSIT)
    w.minds["at"]["entry_own"][:, ABROAD] = [0.5, 0.0, 0.9]
    w.minds["at"]["place_own"][0, [HOME, ABROAD]] = math.log(4) / 12.0, math.log(2) / 12.0
    balance.takes_stock(NOW, w)
    assert w.routes["loss_start"].tolist() == pytest.approx([0.75 / 2, 0.75 / 2, 0.75 / 2])


def test_the_mean_loss_counts_every_entry_and_the_networks_word(w):
    """Kept at TRANSIT with 1/2 and ABROAD with 3/4: half of an own 1/2, and 1/4 and 1/4 of the network's."""
    learns(w)
    has(w.places[HOME], recruiters=1)
    w.recruiters["country"] = [HOME, TRANSIT, TRANSIT]
    w.minds["at"]["entry_own"][0, TRANSIT] = 0.5
    has(w.told[0, ENTRY, TRANSIT], keep=0.5, told=0.25)
    has(w.told[0, ENTRY, ABROAD], keep=0.5, told=0.25)
    has(w.told[0, HOLDING, HOME], told=math.log(2) / 12.0)
    balance.takes_stock(NOW, w)
    assert w.routes["loss_start"].tolist() == pytest.approx([0.5, 0.25, 1 - 0.5 * 0.75])


def test_no_losses_are_written_down_where_nobody_learns(w):
    w.minds["at"]["entry_own"] = 0.5
    w.minds["mode_own"] = 0.5, 0.25
    balance.takes_stock(NOW, w)
    assert not w.routes["loss_start"].any() and not w.minds["mode_start"].any()


@pytest.fixture
def base(w):
    """In the first year 10 cells active, a fifth leaves, a tenth is arrested of whom half do not resume: 2.5 enter."""
    given(w, HOME, turnover=0.2, resumes=0.5)
    return has(w.places[HOME], risk_start=0.1, active_start=10.0, profit_start=100.0, custody_start=0.25,
               risk=0.1, active=3, profit=100.0, custody=1)


def enters(w, base, t=NOW, **values):
    balance.draws_cells(t, given(w, HOME, **values), w.facts[NOW, HOME], base)
    return base.entries


def test_in_the_first_year_as_many_enter_as_leave(w, base):
    """0.2 of three, and 0.3 * 0.5 of three."""
    has(base, risk=0.3)
    assert enters(w, base, WARM_UP - 1, trade_trend=9.0) == pytest.approx(1.05)
    has(base, risk=0.1)
    assert enters(w, base, WARM_UP) == pytest.approx(2.5)


def test_entries_follow_a_trend(w, base):
    known(w, HOME, years=2.0)
    assert enters(w, base, trade_trend=0.5) == pytest.approx(2.5 * math.e)


def test_entries_follow_profit(w, base):
    has(base, profit=400.0)
    assert enters(w, base, entry_elasticity=0.5) == pytest.approx(5.0)
    has(base, profit=-400.0)
    assert enters(w, base, entry_elasticity=0.5, earnings_least=0.25) == pytest.approx(2.5 * 0.5)
    has(base, profit_start=0.0)
    assert enters(w, base, entry_elasticity=0.5) == pytest.approx(2.5)


def test_entries_fall_with_cells_in_custody(w, base):
    """Half in custody instead of a quarter."""
    has(base, custody=3)
    assert enters(w, base, entry_barrier=4.0) == pytest.approx(2.5 * math.exp(-1.0))
    has(base, custody=0, active=0)  # none at all: a quarter fewer
    assert enters(w, base, entry_barrier=4.0) == pytest.approx(2.5 * math.exp(1.0))


def test_entries_fall_with_the_months_in_custody_that_threaten(w, base):
    """Two tenths a month instead of one, sentences of 5 months: 12 * 0.1 * 5 = 6 months more."""
    has(base, risk=0.2)
    assert enters(w, base, deterrence=0.25, sentence=5.0) == pytest.approx(2.5 * math.exp(-1.5))


def test_entries_have_bounds(w, base):
    known(w, HOME, years=1.0)
    bounds = {"entry_least": 4.0, "entry_most": 2.0}
    assert enters(w, base, trade_trend=99.0, **bounds) == pytest.approx(2.5 * math.exp(2))
    assert enters(w, base, trade_trend=-99.0, **bounds) == pytest.approx(2.5 * math.exp(-4))


@pytest.mark.parametrize("memory", [2.0, 0.5])
def test_the_use_of_corridors_is_remembered(w, memory):
    given(w, HOME, habit_memory=memory)
    has(w.routes[DIRECT], use=8.0, use_now=3)
    keep = math.exp(-1 / max(1.0, memory))
    balance.remembers_corridors(NOW, w)
    assert w.routes[DIRECT].use == pytest.approx(8 * keep + 3 * (1 - keep)) and w.routes[DIRECT].use_now == 0
