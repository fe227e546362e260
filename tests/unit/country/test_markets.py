"""What a person brings, how large the market is, and how offers reach seekers."""

import math

import numpy as np
import pytest
from undercount.model.country import markets
from undercount.model.engine.layout import ACQUAINTANCE, ADVERTISEMENT, AGENCY, INTERNET, WARM_UP

from tests.hand import ABROAD, HOME, NOW, TRANSIT, given, has, known


def test_size_of_a_market(w):
    """Twice as large, half as much again through a presence, less 0.5 * 0.25, growing for two years."""
    here = given(w, ABROAD, market=2.0, presence_market=0.5, client_penalty=0.5, knowledge_proved=0.25, demand_trend=0.1)
    assert markets.market_of(here, known(w, ABROAD, years=2.0)) == pytest.approx(2 * 1.5 * 0.875 * math.exp(0.2))


def revenue(w, t=NOW, **values):
    here = given(w, ABROAD, **dict(revenue_month=900.0, market=1.0, smallest_market=10.0) | values)
    markets.prices(t, here, w.facts[NOW, ABROAD], w.places[ABROAD])
    return w.places[ABROAD].revenue


@pytest.fixture
def market(w):
    return has(w.places[ABROAD], stock_start=100, stock=100, market_start=1.0)


def test_revenue_follows_income(w, market):
    """Four times the mean income; elasticity 0.5 * pull 2 doubles and doubles again."""
    known(w, ABROAD, income=4.0)
    assert revenue(w, wage_elasticity=0.5) == pytest.approx(1800.0)
    assert revenue(w, wage_elasticity=0.5, pull=2.0) == pytest.approx(3600.0)


def test_a_crowded_market_pays_less(w, market):
    has(market, stock=400)
    assert revenue(w, crowding=0.5) == pytest.approx(450.0)
    assert revenue(w, crowding=0.5, market=4.0) == pytest.approx(900.0)  # as much larger as fuller
    has(market, stock=100, market_start=4.0)
    assert revenue(w, crowding=0.5, market=1.0) == pytest.approx(450.0)


def test_nobody_feels_a_crowd_in_a_small_market(w, market):
    has(market, stock=9, stock_start=1)
    assert revenue(w, crowding=1.0) == pytest.approx(900.0)
    has(market, stock=20)
    assert revenue(w, crowding=1.0) == pytest.approx(450.0)
    has(market, stock=1, stock_start=20)
    assert revenue(w, crowding=1.0) == pytest.approx(1800.0)


def test_crowding_has_bounds(w, market):
    has(market, stock=10**6)
    assert revenue(w, crowding=1.0, crowding_most=2.0) == pytest.approx(900 * math.exp(-2))
    has(market, stock=100, stock_start=10**6)
    assert revenue(w, crowding=1.0, crowding_most=2.0) == pytest.approx(900 * math.exp(2))
    has(market, market_start=1e-9, stock=100, stock_start=100)
    assert revenue(w, crowding=1.0, market=0.0) == pytest.approx(900.0)  # no market then, none now


def test_the_first_year_knows_no_crowd(w, market):
    has(market, stock=400)
    assert revenue(w, t=WARM_UP - 1, crowding=0.5) == pytest.approx(900.0)
    assert revenue(w, t=WARM_UP, crowding=0.5) == pytest.approx(450.0)


def hears(w, **facts):
    here = given(w, HOME, trust_acquaintance=1.0, trust_agency=0.5, trust_advertisement=0.25, trust_internet=0.75,
                 offers_per_cell=2.0, climate_memory=0.25)
    markets.hears_offers(w, here, known(w, HOME, **facts), w.places[HOME])
    return w.places[HOME]


def test_offers_by_the_trust_in_their_channel(w):
    """Two acquaintances, four agencies, eight advertisers; the internet counts where people are online."""
    w.recruiters["channel"] = [ACQUAINTANCE, AGENCY, ADVERTISEMENT]
    w.recruiters["active"] = [2, 4, 8]
    hears(w)
    assert w.picks.tolist() == [2.0, 4.0, 6.0] and w.places[HOME].pick == 6.0
    w.recruiters["channel"][2] = INTERNET
    assert hears(w, online=0.5).pick == 2 + 2 + 8 * 0.375


def test_only_cells_of_the_country(w):
    w.recruiters["active"] = [2, 4, 8]
    has(w.places[HOME], first_recruiter=1, recruiters=1)
    assert hears(w).pick == 4.0 and w.picks.tolist() == [0.0, 4.0, 0.0]


def test_how_likely_a_seeker_meets_an_offer(w):
    """Two offers a cell to eight seekers: 1 - exp(-2 * 6 / 8)."""
    w.recruiters["active"] = [2, 4, 0]
    has(w.places[HOME], seekers=8)
    assert hears(w).meets == pytest.approx(1 - math.exp(-1.5))
    has(w.places[HOME], seekers=0)
    assert hears(w).meets == pytest.approx(1 - math.exp(-12))


def test_what_is_known_of_the_trade(w):
    """A quarter of the way: 60 / 6 a cell from 2; risk 2 arrests of 8 from 0.05."""
    w.recruiters["active"], w.recruiters["custody"], w.recruiters["idle"] = [2, 4, 0], [1, 1, 3], [5, 0, 1]
    w.recruiters["arrests"] = [2, 0, 0]
    has(w.places[HOME], profit=2.0, risk=0.05, earned=60.0)
    home = hears(w)
    assert (home.active, home.custody, home.idle) == (6, 5, 6)
    assert home.profit == pytest.approx(4.0) and home.risk == pytest.approx(0.1)


def test_a_trade_of_one_cell(w):
    """A quarter of the way to its profit and, once it is arrested, to certain arrest."""
    w.recruiters["active"] = [1, 0, 0]
    has(w.places[HOME], earned=8.0)
    assert hears(w).profit == 2.0
    w.recruiters["active"], w.recruiters["arrests"] = [0, 0, 0], [1, 0, 0]
    assert hears(w).risk == 0.25


def test_a_trade_without_cells(w):
    has(w.places[HOME], earned=8.0)
    home = hears(w)
    assert home.profit == 2.0 and home.risk == 0.0 and home.meets == 0.0


# --- money -----------------------------------------------------------------------------------------
def test_money_is_smoothed(w):
    """A fifth of the way from 500 to 1,000 - 300 = 700, and what was spent is forgotten."""
    given(w, HOME, money_memory=0.2)
    w.risks["revenue"][ABROAD] = 500.9
    w.stocks[HOME, ABROAD, 0, 1] = 2
    home = has(w.places[HOME], earned=500.0, costs_now=300)
    markets.counts_money(NOW, w, HOME)
    assert home.earned == pytest.approx(540.0) and home.costs_now == 0


def test_money_is_of_whom_cells_of_the_country_hold_anywhere(w):
    """Whole dollars a person, by country, venue and treatment; police in pay bring nothing."""
    given(w, HOME, money_memory=1.0)
    w.stocks[HOME] = np.arange(12).reshape(3, 2, 2)
    w.stocks[TRANSIT] = 1000
    w.risks["revenue"][..., 0] = np.arange(12).reshape(3, 2, 2)[::-1] + 0.9
    w.risks["revenue"][..., 1] = 1e9
    for country in (HOME, ABROAD):
        markets.counts_money(NOW, w, country)
    whole = np.arange(12).reshape(3, 2, 2)
    assert w.places[HOME].earned == (whole * whole[::-1]).sum() and w.places[ABROAD].earned == 0.0
    has(w.places[TRANSIT], costs_now=7)
    markets.counts_money(NOW, w, TRANSIT)  # which has no memory for money here
    assert w.places[TRANSIT].earned == 0.0 and w.places[TRANSIT].costs_now == 0


# --- whose offer: where a search begins -----------------------------------------------------------------
def test_a_search_begins_at_the_first_cell_of_its_part(w):
    """Three parts of 6 offers: 2, 0 and 4 of the cells; the second part begins just after the first cell's."""
    has(w.places[HOME], pick=6.0)
    w.picks[:] = 2.0, 2.0, 6.0
    markets.guides_search(w, w.places[HOME])
    assert w.guides.tolist() == [0, 2, 2]
    w.picks[:] = 4.0, 4.5, 6.0
    markets.guides_search(w, w.places[HOME])
    assert w.guides.tolist() == [0, 0, 1]
    w.picks[:] = 0.0, 0.0, 6.0
    markets.guides_search(w, w.places[HOME])
    assert w.guides.tolist() == [2, 2, 2]


def test_a_search_stays_within_the_country(w):
    has(w.places[HOME], first_recruiter=1, recruiters=1, pick=0.0)
    w.guides[:] = 7
    markets.guides_search(w, w.places[HOME])
    assert w.guides.tolist() == [7, 1, 7]
