"""What a person brings at a destination, and how large the market is."""

from __future__ import annotations

import math

from undercount.model.engine.compiled import rule
from undercount.model.engine.layout import ADVERTISEMENT, AGENCY, ALMOST_NOTHING, INTERNET, WARM_UP


@rule
def prices(t, here, facts, place):
    """Revenue a month from one person, given the market and how much more crowded it is than at first (B1, D7, D8)."""
    market = market_of(here, facts)
    revenue = here.revenue_month * math.exp(here.wage_elasticity * here.pull * math.log(facts.income))
    if t >= WARM_UP:
        crowd = max(place.stock, here.smallest_market) / max(place.stock_start, here.smallest_market)
        crowd *= place.market_start / max(ALMOST_NOTHING, market)
        revenue *= math.exp(-here.crowding * min(here.crowding_most, max(-here.crowding_most, math.log(crowd))))
    place.revenue = revenue


@rule
def market_of(here, facts):
    """Size of a market, relative to the local one of the first year (D7, D8)."""
    size = here.market * (1.0 + here.presence_market) * (1.0 - here.client_penalty * here.knowledge_proved)
    return size * math.exp(here.demand_trend * facts.years)


@rule
def hears_offers(w, here, facts, place):
    """How likely a seeker is to meet an offer that deserves trust, and whose it would be (A6, C7)."""
    total = 0.0
    active = 0
    custody = 0
    arrests = 0
    idle = 0
    for r in range(place.first_recruiter, place.first_recruiter + place.recruiters):
        cell = w.recruiters[r]
        trust = here.trust_acquaintance
        if cell.channel == AGENCY:
            trust = here.trust_agency
        elif cell.channel == ADVERTISEMENT:
            trust = here.trust_advertisement
        elif cell.channel == INTERNET:
            trust = here.trust_internet * facts.online
        total += cell.active * trust
        w.picks[r] = total
        active += cell.active
        custody += cell.custody
        idle += cell.idle
        arrests += cell.arrests
    place.pick = total
    guides_search(w, place)
    place.active = active
    place.custody = custody
    place.idle = idle
    place.profit += here.climate_memory * (place.earned / max(1, active) - place.profit)
    place.risk += here.climate_memory * (arrests / max(1, active + arrests) - place.risk)
    seekers = max(1.0, float(place.seekers))
    place.meets = 1.0 - math.exp(-here.offers_per_cell * total / seekers)


@rule
def guides_search(w, place):
    """Where a search in a country's cumulative `picks` may begin, for each of as many equal parts as it has cells [1].

    1. Chen, Asau (1974), On generating random variates from an empirical distribution.
    """
    cell, last = place.first_recruiter, place.first_recruiter + place.recruiters - 1
    for part in range(place.recruiters):
        while w.picks[cell] * place.recruiters <= part * place.pick and cell < last:
            cell += 1
        w.guides[place.first_recruiter + part] = cell


@rule
def counts_money(t, w, c):
    """What all cells of a country earn in a month with those whom they hold, smoothed over about half a year (B1).

    How many cells enter is the country's matter (`balance.draws_cells`): nobody asks what a single one earns.
    """
    place, earned = w.places[c], 0
    for there in range(len(w.places)):
        for venue in range(2):
            for treatment in range(2):
                revenue = int(w.risks[there, venue, treatment, 0].revenue)
                earned += w.stocks[c, there, venue, treatment] * revenue
    place.earned += w.par[t, c].money_memory * (float(earned - place.costs_now) - place.earned)
    place.costs_now = 0
