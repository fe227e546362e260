"""A recruiter's month: loses or regains cells, learns; and how it weighs its options.

A recruiter agent stands for `cells` cells of one network; with one person an agent it is a single
cell. Cells are active, in custody, or idle (not yet, or no longer, in the trade).
"""

from __future__ import annotations

import math

from undercount.model.engine import decisions as d
from undercount.model.engine.compiled import rule
from undercount.model.engine.layout import LEARNS, MOST_LOG_ODDS, NOBODY, ONE, WARM_UP
from undercount.model.engine.luck import how_many
from undercount.model.engine.random import binomial, draw
from undercount.model.lives.beliefs import entry_loss, learns, place_loss
from undercount.model.lives.held import are_left_behind


@rule
def recruiter_month(me, t, w):
    """One month of one recruiter (parts 4, 8 and 9 of the month); changes `me`."""
    here = w.par[t, me.country]
    before = me.active
    comes_back(me, t, w, here)
    faces_justice(me, t, w, here)
    stops = stops_or_starts(me, t, w, here, w.places[me.country])
    me.breaks = 0.0
    if me.arrests + stops > 0:
        me.breaks = min(1.0, (me.arrests + stops) / max(1, before))
        are_left_behind(me, t, w)
    if w.counts[LEARNS] == 1:
        learns(me, w.minds[me.mind], here, w)
    w.actors[t, me.country].recruiters_active += me.active
    w.actors[t, me.country].recruiters_in_custody += me.custody


@rule
def faces_justice(me, t, w, here):
    """Evidence from wherever its victims were found becomes arrests (D1, D3, D5: `assistance.tells_on_recruiter`).

    What other countries found reaches the cell's own police with a lag.
    """
    me.arrests = 0
    if me.heat_now == 0 and me.heat_shared == 0 and me.heat_later == 0.0:
        return
    me.heat_later += me.heat_shared
    arrived = me.heat_later / max(1.0, here.information_lag)
    me.heat_later -= arrived
    expected = 1e-6 * (me.heat_now + arrived)
    if me.active > 0 and expected > 0.0:
        is_arrested(me, t, w, here, expected)
    me.heat_now = me.heat_shared = me.minors_now = 0


@rule
def is_arrested(me, t, w, here, expected):
    """How many of its cells are, by the arrests that the evidence lets one expect."""
    chance = min(1.0, expected * here.enforcement / me.active)
    me.arrests = binomial(me.active, chance, draw(w.seed, me.id, t, d.ARREST))
    if me.arrests > 0:  # share of minors in the evidence of those now in custody
        me.minors += me.arrests / (me.custody + me.arrests) * (me.minors_now / max(1, me.heat_now) - me.minors)
    me.active -= me.arrests
    me.custody += me.arrests
    w.actors[t, me.country].arrests += me.arrests


@rule
def comes_back(me, t, w, here):
    """Sentences end, short ones soon; many resume (D4). Cases with minors carry longer ones (A7)."""
    if me.custody == 0:
        return
    months = here.sentence * (1.0 + me.minors * (here.minor_factor - 1.0))
    free = how_many(me.custody, min(1.0, 1.0 / max(1.0, months)), w.seed, me.id, t, d.SENTENCE_ENDS)
    again = how_many(free, here.resumes, w.seed, me.id, t, d.RESUMES)
    me.custody -= free
    me.active += again
    me.idle += free - again


@rule
def stops_or_starts(me, t, w, here, base):
    """Some cells leave every month, others enter; in the first year as many as leave (B1, B3). Returns who left.

    How many enter is the country's matter (`country/balance.py`): a cell's own months are so noisy that
    cells would come and go by chance, and the more so the fewer of them an agent stands for.
    """
    stops = how_many(me.active, here.turnover, w.seed, me.id, t, d.STOPS)
    starts = 0
    if me.idle > 0:
        starts = how_many(me.idle, min(1.0, base.entries / max(1, base.idle)), w.seed, me.id, t, d.STARTS)
    me.active += starts - stops
    me.idle += stops - starts
    return stops


@rule
def weighs_routes(me, t, w):
    """Cumulative propensity over destination x path: that of its country's corridors, less expected losses (C1, C2).

    Losses count against those that were expected in the first year, and so far as networks act on them. Once a
    month, when the first recruit needs it; not at all where no network acts on losses (`weighs_corridors`).
    """
    if me.weighed == t:
        return
    me.weighed = t
    base, mind = w.places[me.country], w.minds[me.mind]
    total = 0.0
    destination = NOBODY
    held_a_year = 1.0
    for k in range(base.n_routes):
        route = w.routes[base.first_route + k]
        odds = route.odds
        response = w.par[t, route.destination].route_response
        if t >= WARM_UP and odds > 0.0 and response > 0.0:
            if route.destination != destination:  # options are in the order of destinations
                destination = route.destination
                held_a_year = math.exp(-12.0 * place_loss(me, w, destination))
            odds *= exp_within(-response * (expected_loss(me, w, route, held_a_year) - route.loss_start))
        total += odds
        mind.route_odds[k] = total


@rule
def weighs_corridors(t, w):
    """Propensity of each corridor in a month: first-year shares, moved by what changed for all its cells (B1, B2, C4).

    An incremental logit [1]: the share of each option in the first year is given (ties of origin and
    destination, distance, old corridors), and each is multiplied by the exponential of the change in its
    utility since: what a person brings there, entry without a visa, and the use of the corridor.

    1. Ben-Akiva, Lerman (1985), Discrete choice analysis, ch. 5: predicting with base shares.
    """
    for c in range(len(w.places)):
        w.places[c].responds = 0
    for k in range(len(w.routes)):
        route = w.routes[k]
        route.odds = route.start if is_open(route, t) else 0.0
        if t >= WARM_UP and route.odds > 0.0:
            there = w.par[t, route.destination]
            score = there.choice_sharpness * math.log(gain_of(route, t, w) / route.gain_start)
            score += there.habit * math.log((route.use + ONE) / (route.use_start + ONE))
            if w.facts[t, route.origin].visa_free > w.facts[WARM_UP, route.origin].visa_free:
                score += there.visa_appeal * w.places[route.destination].visa_area
            route.odds *= exp_within(score)
            if there.route_response > 0.0:
                w.places[route.origin].responds = 1
        option = k - w.places[route.origin].first_route
        w.corridors[route.origin, option] = route.odds + (w.corridors[route.origin, option - 1] if option > 0 else 0.0)


@rule
def exp_within(score):
    """The exponential, within what sums of odds can hold."""
    return math.exp(min(MOST_LOG_ODDS, max(-MOST_LOG_ODDS, score)))


@rule
def is_open(route, t):
    """Can the route be used in this month at all?"""
    return route.opens <= t - WARM_UP <= route.closes


@rule
def gain_of(route, t, w):
    """What a person brings in a year at the end of a route, less transport and papers; at least a share of it (B1)."""
    there = w.par[t, route.destination]
    revenue = 12.0 * w.places[route.destination].revenue
    costs = there.leg_cost * route.legs
    if route.papers_only == 1 and not enters_freely(route, t, w):
        costs += there.papers_cost
    return max(there.gain_least * revenue + ONE, revenue - costs)


@rule
def enters_freely(route, t, w):
    """Do nationals of this route's origin need no visa for its destination? (C4)"""
    return w.facts[t, route.origin].visa_free > 0.0 and w.places[route.destination].visa_area == 1


@rule
def expected_loss(me, w, route, held_a_year):
    """Share of persons it expects to lose on this route: at each entry, and in a year at the destination."""
    kept = 1.0
    for leg in range(route.legs):
        kept *= 1.0 - entry_loss(me, w, route.places[leg])
    return 1.0 - kept * held_a_year
