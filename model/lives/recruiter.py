"""A recruiter's month: counts money, loses or regains cells, learns; and how it weighs its options.

A recruiter agent stands for `cells` cells of one network; with one person an agent it is a single
cell. Cells are active, in custody, or idle (not yet, or no longer, in the trade).
"""

from __future__ import annotations

import math

from undercount.model.engine import decisions as d
from undercount.model.engine.compiled import rule
from undercount.model.engine.layout import NOBODY
from undercount.model.engine.random import binomial, draw
from undercount.model.lives.crossing import official_at, pays, takes_bribe


@rule
def recruiter_month(me, t, w):
    """One month of one recruiter (parts 4, 8 and 9 of the month); changes `me`."""
    here = w.par[t, me.country]
    before = me.active
    counts_money(me, here)
    comes_back(me, t, w, here)
    faces_justice(me, t, w, here)
    stops = stops_or_starts(me, t, w, here, w.places[me.country])
    me.breaks = min(1.0, (me.arrests + stops) / max(1, before))
    learns(me, here, w.networks[me.network])


@rule
def counts_money(me, here):
    """Profit a month, smoothed over about half a year (B1); victims of idle cells earn for their heirs."""
    earned = float(me.revenue_now - me.costs_now)
    me.capital += earned
    me.profit += 0.15 * (earned - me.profit)


@rule
def faces_justice(me, t, w, here):
    """Evidence becomes arrests as far as the law allows and the court is not bought (D1, D3)."""
    me.arrests = 0
    expected = 1e-6 * me.heat_now
    if me.active == 0 or expected <= 0.0:
        return
    law = w.facts[t, me.country].law
    gate = here.law_none + (here.law_partial - here.law_none) * min(1.0, 2.0 * law)
    if law > 0.5:
        gate = here.law_partial + (1.0 - here.law_partial) * (2.0 * law - 1.0)
    chance = min(1.0, expected * gate * here.enforcement / me.active)
    if bought(me, t, w, here, w.posts[w.places[me.country].court]):
        chance = 0.0
    me.arrests = binomial(me.active, chance, draw(w.seed, me.id, t, d.ARREST))
    if me.arrests > 0:  # share of minors in the evidence of those now in custody
        me.minors += me.arrests / (me.custody + me.arrests) * (me.minors_now / me.heat_now - me.minors)
    me.active -= me.arrests
    me.custody += me.arrests
    w.actors[t, me.country].arrests += me.arrests


@rule
def bought(me, t, w, here, court):
    """Does the prosecutor who has the case take a bribe to drop it?"""
    prosecutor = w.officials[official_at(court, draw(w.seed, me.id, t, d.PROSECUTOR))]
    if takes_bribe(prosecutor, here, draw(w.seed, me.id, t, d.CASE_DROPPED)):
        pays(prosecutor, me.network, 1)
        return True
    return False


@rule
def comes_back(me, t, w, here):
    """Sentences end, short ones soon; many resume (D4). Cases with minors carry longer ones (A7)."""
    if me.custody == 0:
        return
    months = here.sentence * (1.0 + me.minors * (here.minor_factor - 1.0))
    free = binomial(me.custody, min(1.0, 1.0 / max(1.0, months)), draw(w.seed, me.id, t, d.SENTENCE_ENDS))
    again = binomial(free, here.resumes, draw(w.seed, me.id, t, d.RESUMES))
    me.custody -= free
    me.active += again
    me.idle += free - again


@rule
def stops_or_starts(me, t, w, here, base):
    """Cells leave a trade that does not pay; others enter one that does (B1, B3). Returns how many left.

    What it pays is the mean of the country's cells: a cell's own months are so noisy that cells would
    come and go by chance, and the more so the fewer of them an agent stands for.
    """
    in_custody = base.custody / max(1.0, float(base.custody + base.active))
    cost = here.entry_cost * (1.0 + here.entry_barrier * in_custody)
    risk = here.deterrence * base.risk * here.sentence
    worth = (base.profit - risk * max(base.profit, here.entry_cost)) / max(1.0, cost)
    stopping = here.leave_rate_cells * 2.0 / (1.0 + math.exp(min(50.0, max(-50.0, worth))))
    stops = binomial(me.active, min(1.0, stopping), draw(w.seed, me.id, t, d.STOPS))
    starting = here.entry_rate * max(0.0, worth - 1.0)
    starts = binomial(me.idle, min(1.0, starting), draw(w.seed, me.id, t, d.STARTS))
    me.active += starts - stops
    me.idle += stops - starts
    return stops


@rule
def learns(me, here, network):
    """Moves its beliefs towards own and shared losses, faster the more it saw (B1, C1, C2, C3, C6, C8)."""
    shared = here.experience_shared
    rate = here.route_learning
    touched = network.touched
    k = 0
    while rate > 0.0 and touched > 0:
        if touched & 1:
            if (me.touched >> k) & 1:
                me.entry_loss[k] = belief(me.entry_loss[k], *lesson(
                    me.lost_entry[k], me.tried_entry[k], network.lost_entry[k], network.tried_entry[k], shared, rate))
                me.place_loss[k] = belief(me.place_loss[k], *lesson(
                    me.lost_place[k], me.held_place[k], network.lost_place[k], network.held_place[k], shared, rate))
            else:
                me.entry_loss[k] = belief(me.entry_loss[k], network.entry_step[k], network.entry_seen[k])
                me.place_loss[k] = belief(me.place_loss[k], network.place_step[k], network.place_seen[k])
        touched >>= 1
        k += 1
    rate = here.method_learning
    if rate > 0.0:
        for k in range(2):
            me.mode_loss[k] = belief(me.mode_loss[k], *lesson(
                me.lost_mode[k], me.moved_mode[k], network.lost_mode[k], network.moved_mode[k], shared, rate))
            me.venue_loss[k] = belief(me.venue_loss[k], *lesson(
                me.lost_venue[k], me.held_venue[k], network.lost_venue[k], network.held_venue[k], shared, rate))
            me.treatment_loss[k] = belief(me.treatment_loss[k], *lesson(
                me.lost_treatment[k], me.held_treatment[k], network.lost_treatment[k], network.held_treatment[k],
                shared, rate))


@rule
def shares_lessons(network, here, k):
    """What members who saw nothing of country `k` themselves learn about it from the network."""
    network.entry_step[k], network.entry_seen[k] = lesson(
        0, 0, network.lost_entry[k], network.tried_entry[k], here.experience_shared, here.route_learning)
    network.place_step[k], network.place_seen[k] = lesson(
        0, 0, network.lost_place[k], network.held_place[k], here.experience_shared, here.route_learning)


@rule
def belief(old, step, observed):
    """Exponential smoothing."""
    return old + step * (observed - old)


@rule
def lesson(lost, tried, lost_by_all, tried_by_all, shared, rate):
    """(step of the smoothing, observed loss per try); the step grows with how much was seen."""
    seen = (1.0 - shared) * tried + shared * tried_by_all
    losses = (1.0 - shared) * lost + shared * lost_by_all
    if seen + losses <= 0.0:
        return 0.0, 0.0
    return rate * seen / (seen + 1.0), min(1.0, losses / max(seen, losses))


@rule
def weighs_routes(me, t, w):
    """Cumulative propensity over destination x path: a logit of expected profit (B1, B2, C1, C2).

    Once a month, when the first recruit needs it. Prices and markets move it for every network;
    its own view of a path's risk moves only while it learns.
    """
    if me.weighed == t:
        return
    me.weighed = t
    base = w.places[me.country]
    total = 0.0
    destination = NOBODY
    held_a_year = 1.0
    for k in range(base.n_routes):
        route = w.routes[base.first_route + k]
        there = w.par[t, route.destination]
        gain = 12.0 * w.places[route.destination].revenue - there.leg_cost * route.legs
        if route.papers_only == 1:
            gain -= there.papers_cost
        if route.destination != destination:  # options are in the order of destinations, paths of one side by side
            destination = route.destination
            held_a_year = math.exp(-12.0 * me.place_loss[destination])
        gain -= expected_loss(me, route, held_a_year) * there.loss_value
        score = there.choice_sharpness * gain / 5000.0 + there.familiarity * route.familiar
        odds = math.exp(min(50.0, score)) / route.paths  # more paths make no destination dearer or cheaper
        if route.legs == 0:
            odds *= there.internal_appeal
        total += odds
        me.route_odds[k] = total


@rule
def expected_loss(me, route, held_a_year):
    """Share of persons it expects to lose on this route: at each entry, and in a year at the destination."""
    kept = 1.0
    for leg in range(route.legs):
        kept *= 1.0 - me.entry_loss[route.places[leg]]
    return 1.0 - kept * held_a_year


@rule
def clears_tallies(me):
    """A new month begins with empty tallies."""
    me.revenue_now = 0
    me.costs_now = 0
    me.heat_now = 0
    me.minors_now = 0
    me.holding = 0
    clears_seen(me)


@rule
def clears_seen(group):
    """Empties what a cell or a network saw in a month."""
    k = 0
    while group.touched > 0:
        if group.touched & 1:
            group.tried_entry[k] = 0
            group.lost_entry[k] = 0
            group.held_place[k] = 0
            group.lost_place[k] = 0
        group.touched >>= 1
        k += 1
    for k in range(2):
        group.moved_mode[k] = 0
        group.lost_mode[k] = 0
        group.held_venue[k] = 0
        group.lost_venue[k] = 0
        group.held_treatment[k] = 0
        group.lost_treatment[k] = 0
