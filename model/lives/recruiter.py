"""A recruiter's month: counts money, loses or regains cells, learns; and how it weighs its options.

A recruiter agent stands for `cells` cells of one network; with one person an agent it is a single
cell. Cells are active, in custody, or idle (not yet, or no longer, in the trade).
"""

from __future__ import annotations

import math

from undercount.model.engine import decisions as d
from undercount.model.engine.compiled import rule
from undercount.model.engine.layout import MOST_LOG_ODDS, NOBODY, ONE, WARM_UP
from undercount.model.engine.luck import how_many
from undercount.model.engine.random import binomial, draw


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
    learns(me, w.minds[me.mind], here, w.networks[me.network])


@rule
def counts_money(me, here):
    """Profit a month, smoothed over about half a year (B1); victims of idle cells earn for their heirs."""
    earned = float(me.revenue_now - me.costs_now)
    me.profit += here.money_memory * (earned - me.profit)


@rule
def faces_justice(me, t, w, here):
    """Evidence from wherever its victims were found becomes arrests (D1, D3, D5: `assistance.tells_on_recruiter`).

    What other countries found reaches the cell's own police with a lag.
    """
    me.arrests = 0
    me.heat_later += me.heat_shared
    arrived = me.heat_later / max(1.0, here.information_lag)
    me.heat_later -= arrived
    expected = 1e-6 * (me.heat_now + arrived)
    if me.active == 0 or expected <= 0.0:
        return
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
    starts = how_many(me.idle, min(1.0, base.entries / max(1, base.idle)), w.seed, me.id, t, d.STARTS)
    me.active += starts - stops
    me.idle += stops - starts
    return stops


@rule
def learns(me, mind, here, network):
    """Moves its beliefs towards own and shared losses, faster the more it saw (B1, C1, C2, C3, C6, C8)."""
    if here.route_learning <= 0.0 and here.method_learning <= 0.0:
        return
    shared = here.experience_shared
    rate = here.route_learning
    touched = network.touched
    k = 0
    while rate > 0.0 and touched > 0:
        if touched & 1:
            if (me.touched >> k) & 1:
                mind.entry_loss[k] = learnt(
                    mind.entry_loss[k], (mind.lost_entry[k], mind.tried_entry[k]),
                    (network.lost_entry[k], network.tried_entry[k]), (network.entry_step[k], network.entry_seen[k]),
                    shared, rate)
                mind.place_loss[k] = learnt(
                    mind.place_loss[k], (mind.lost_place[k], mind.held_place[k]),
                    (network.lost_place[k], network.held_place[k]), (network.place_step[k], network.place_seen[k]),
                    shared, rate)
            else:
                mind.entry_loss[k] = belief(mind.entry_loss[k], network.entry_step[k], network.entry_seen[k])
                mind.place_loss[k] = belief(mind.place_loss[k], network.place_step[k], network.place_seen[k])
        touched >>= 1
        k += 1
    rate = here.method_learning
    saw_none = me.touched == 0 and me.moved_mode[0] + me.moved_mode[1] == 0
    for k in range(2 if rate > 0.0 else 0):
        if saw_none:
            mind.mode_loss[k] = belief(mind.mode_loss[k], network.mode_step[k], network.mode_seen[k])
            mind.venue_loss[k] = belief(mind.venue_loss[k], network.venue_step[k], network.venue_seen[k])
            mind.treatment_loss[k] = belief(
                mind.treatment_loss[k], network.treatment_step[k], network.treatment_seen[k])
        else:
            mind.mode_loss[k] = learnt(
                mind.mode_loss[k], (mind.lost_mode[k], me.moved_mode[k]),
                (network.lost_mode[k], network.moved_mode[k]), (network.mode_step[k], network.mode_seen[k]),
                shared, rate)
            mind.venue_loss[k] = learnt(
                mind.venue_loss[k], (mind.lost_venue[k], mind.held_venue[k]),
                (network.lost_venue[k], network.held_venue[k]), (network.venue_step[k], network.venue_seen[k]),
                shared, rate)
            mind.treatment_loss[k] = learnt(
                mind.treatment_loss[k], (mind.lost_treatment[k], mind.held_treatment[k]),
                (network.lost_treatment[k], network.held_treatment[k]),
                (network.treatment_step[k], network.treatment_seen[k]), shared, rate)


@rule
def learnt(old, own, by_all, ready, shared, rate):
    """A belief after the month; by the lesson ready made where the cell itself saw nothing of it.

    own, by_all   (lost, tried) of the cell and of its network
    ready         what `lesson` gives for a cell that saw nothing
    """
    if own[0] == 0 and own[1] == 0:
        return belief(old, ready[0], ready[1])
    return belief(old, *lesson(own[0], own[1], by_all[0], by_all[1], shared, rate))


@rule
def shares_lessons(network, here, k):
    """What members who saw nothing of country `k` themselves learn about it from the network."""
    network.entry_step[k], network.entry_seen[k] = lesson(
        0, 0, network.lost_entry[k], network.tried_entry[k], here.experience_shared, here.route_learning)
    network.place_step[k], network.place_seen[k] = lesson(
        0, 0, network.lost_place[k], network.held_place[k], here.experience_shared, here.route_learning)


@rule
def shares_methods(network, here):
    """What members who saw nothing themselves learn about methods from the network."""
    shared, rate = here.experience_shared, here.method_learning
    for k in range(2):
        network.mode_step[k], network.mode_seen[k] = lesson(
            0, 0, network.lost_mode[k], network.moved_mode[k], shared, rate)
        network.venue_step[k], network.venue_seen[k] = lesson(
            0, 0, network.lost_venue[k], network.held_venue[k], shared, rate)
        network.treatment_step[k], network.treatment_seen[k] = lesson(
            0, 0, network.lost_treatment[k], network.held_treatment[k], shared, rate)


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
    return rate * seen / (seen + ONE), min(1.0, losses / max(seen, losses))


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
                held_a_year = math.exp(-12.0 * mind.place_loss[destination])
            odds *= exp_within(-response * (expected_loss(mind, route, held_a_year) - route.loss_start))
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
def expected_loss(mind, route, held_a_year):
    """Share of persons it expects to lose on this route: at each entry, and in a year at the destination."""
    kept = 1.0
    for leg in range(route.legs):
        kept *= 1.0 - mind.entry_loss[route.places[leg]]
    return 1.0 - kept * held_a_year


@rule
def clears_tallies(me, mind):
    """A new month begins with empty tallies."""
    me.revenue_now = 0
    me.costs_now = 0
    me.heat_now = 0
    me.heat_shared = 0
    me.minors_now = 0
    for k in range(2):
        me.moved_mode[k] = 0
    if me.touched > 0:  # nothing was seen elsewhere
        clears_seen(mind, me.touched)
        me.touched = 0


@rule
def clears_seen(seen, touched):
    """Empties what a cell or a network saw in a month, in the countries that it touched."""
    k = 0
    while touched > 0:
        if touched & 1:
            seen.tried_entry[k] = 0
            seen.lost_entry[k] = 0
            seen.held_place[k] = 0
            seen.lost_place[k] = 0
        touched >>= 1
        k += 1
    for k in range(2):
        seen.lost_mode[k] = 0
        seen.held_venue[k] = 0
        seen.lost_venue[k] = 0
        seen.held_treatment[k] = 0
        seen.lost_treatment[k] = 0
