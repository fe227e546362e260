"""The trade in balance: what the first year was like, and how many cells enter when things change.

Before the first month of the region (`layout.WARM_UP` months under its first conditions) as many cells
enter as leave, and every origin's recruits go where its ties lead. What the trade pays, how crowded its
markets are and what networks expect to lose then is the measure of all that follows: no level of a
revenue or a cost makes the trade grow or die, only changes do.
"""

from __future__ import annotations

import math

from undercount.model.country.markets import market_of
from undercount.model.engine.compiled import rule
from undercount.model.engine.layout import LEARNS, NOBODY, PUBLIC, WARM_UP
from undercount.model.lives.beliefs import mode_loss, place_loss, treatment_loss, venue_loss
from undercount.model.lives.recruiter import expected_loss, gain_of


@rule
def takes_stock(t, w):
    """Writes down the first year, at its end: markets, cells, corridors, and what networks expect to lose."""
    for c in range(len(w.places)):
        place, here = w.places[c], w.par[t - 1, c]
        place.market_start = market_of(here, w.facts[t - 1, c])
        place.stock_start = place.stock
        place.profit_start = place.profit
        place.risk_start = place.risk
        place.custody_start = place.custody / max(1, place.custody + place.active)
        place.active_start = place.active
    for k in range(len(w.routes)):
        route = w.routes[k]
        route.gain_start = gain_of(route, t - 1, w)
        route.use_start = route.use
    if w.counts[LEARNS] == 1:
        for r in range(len(w.recruiters)):
            remembers_beliefs(w.recruiters[r], w)


@rule
def remembers_beliefs(cell, w):
    """What a cell believes of methods then, and its part of what its country's cells expect to lose on each route."""
    mind, base = w.minds[cell.mind], w.places[cell.country]
    mind.mode_start = mode_loss(cell, w, 0) - mode_loss(cell, w, 1)
    mind.venue_start = venue_loss(cell, w, PUBLIC) - venue_loss(cell, w, 1 - PUBLIC)
    mind.treatment_start = treatment_loss(cell, w, 0) - treatment_loss(cell, w, 1)
    destination, held_a_year = NOBODY, 1.0
    for k in range(base.n_routes):
        route = w.routes[base.first_route + k]
        if route.destination != destination:  # options are in the order of destinations
            destination = route.destination
            held_a_year = math.exp(-12.0 * place_loss(cell, w, destination))
        route.loss_start += expected_loss(cell, w, route, held_a_year) / base.recruiters


@rule
def draws_cells(t, here, facts, place):
    """How many cells the conditions of a month draw into the trade of a country (B1, B3).

    In the first year as many as leave or stay in custody. Later the number follows what a cell earns, the
    share of cells in custody and the months in custody that a cell must expect, each against the first year,
    and a trend of its own.
    """
    if t < WARM_UP:
        place.entries = here.turnover * place.active + place.risk * (1.0 - here.resumes) * place.active
        return
    balance = (here.turnover + place.risk_start * (1.0 - here.resumes)) * place.active_start
    score = here.trade_trend * facts.years
    if place.profit_start > 0.0:
        score += here.entry_elasticity * math.log(max(here.earnings_least, place.profit / place.profit_start))
    in_custody = place.custody / max(1.0, float(place.custody + place.active))
    score -= here.entry_barrier * (in_custody - place.custody_start)
    score -= here.deterrence * 12.0 * (place.risk - place.risk_start) * here.sentence
    place.entries = balance * math.exp(min(here.entry_most, max(-here.entry_least, score)))


@rule
def remembers_corridors(t, w):
    """The use of each corridor, smoothed (B2)."""
    for k in range(len(w.routes)):
        route = w.routes[k]
        keep = math.exp(-1.0 / max(1.0, w.par[t, route.origin].habit_memory))
        route.use = keep * route.use + (1.0 - keep) * route.use_now
        route.use_now = 0
