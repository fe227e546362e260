"""What happens at the crossings of a journey, where persons and officials meet (part 5)."""

from __future__ import annotations

from undercount.model.engine import decisions as d
from undercount.model.engine.compiled import question, rule
from undercount.model.engine.layout import CLANDESTINE, NOBODY, PAPERS, SERVING, VISA_FREE
from undercount.model.engine.random import draw
from undercount.model.lives.beliefs import sees_entry

# What happens at a border; whoever is not stopped goes on.
UNSEEN, WAVED_ON, BRIBED, STOPPED = range(4)


@rule
def journey(me, t, w):
    """Takes the party over every leg of its route; stops where an official stops it.

    Returns what happened at the last border (UNSEEN where there is none), and leaves `me.place`, `me.leg` and
    `me.official` where that was.
    """
    route = w.routes[me.route]
    for leg in range(route.legs):
        if crosses(me, t, w, leg) == STOPPED:
            me.place = route.places[leg]
            me.leg = leg
            return STOPPED
    me.place = route.destination
    me.leg = route.legs
    return UNSEEN


@rule
def crosses(me, t, w, leg):
    """One crossing, and what it leaves with the officials and in the cell's books; returns what happened."""
    outcome, n = at_border(me, t, w, leg)
    route = w.routes[me.route]
    entered = route.places[leg]
    post = w.posts[route.posts[leg]]
    post.arrivals_now += me.weight
    if me.recruiter != NOBODY:
        sees_entry(me, w, entered)
    if outcome == BRIBED or outcome == STOPPED:
        w.actors[t, entered].inspections += me.weight
    if outcome == BRIBED:
        pays(w.officials[n], network_of(me, w), me.weight)
        w.actors[t, entered].bribes_taken += me.weight
        if me.recruiter != NOBODY:
            w.places[w.recruiters[me.recruiter].country].costs_now += int(w.par[t, entered].bribe) * me.weight
    elif outcome == STOPPED:
        post.found_now += me.weight
        me.official = n
    return outcome


@question
def at_border(me, t, w, leg):
    """(UNSEEN, WAVED_ON, BRIBED or STOPPED, row of the official who looked): what happens at one border."""
    route = w.routes[me.route]
    here = w.par[t, route.places[leg]]
    post = w.posts[route.posts[leg]]
    if draw(w.seed, me.id, t, d.CROSSING_INSPECTED + leg) >= inspected(me, here, post) * checked(me, t, w, here):
        return UNSEEN, NOBODY
    n = official_at(post, draw(w.seed, me.id, t, d.CROSSING_MEETS + leg))
    official = w.officials[n]
    network = network_of(me, w)
    if network != NOBODY and official.in_pay == network:
        return WAVED_ON, n
    if takes_bribe(official, here, draw(w.seed, me.id, t, d.CROSSING_BRIBE + leg)):
        return BRIBED, n
    return STOPPED, n


@rule
def checked(me, t, w, here):
    """Share of the inspections of visa-free travel that are left where citizens of a union move freely in it (C4)."""
    moves_freely = me.mode == VISA_FREE and w.facts[t, me.home].free_movement > 0.0
    return here.free_movement_visibility if moves_freely else 1.0


@rule
def network_of(me, w):
    """The network that moves the person; NOBODY for who travels without a recruiter."""
    return NOBODY if me.recruiter == NOBODY else w.recruiters[me.recruiter].network


@rule
def official_at(post, u):
    """Row of the official of a post whom one happens to meet."""
    return post.first + int(u * post.officials)


@rule
def takes_bribe(official, here, u):
    """Does the official take a bribe?"""
    return u < bribe_odds(official, here)


@rule
def bribe_odds(official, here):
    """Chance to take a bribe: the less integrity, the more likely; none while under investigation (D1)."""
    fault = min(1.0, here.corruption * (1.0 - official.integrity))
    return here.bribe_taken * fault if official.status == SERVING else 0.0


@rule
def pays(official, network, persons):
    """Notes a bribe for each person.

    Of several networks that pay in a month the last-numbered one may put the official on its payroll.
    """
    official.bribes_now += persons
    official.suitor = max(official.suitor, network)


@rule
def recognises(official, here, u):
    """Sees a victim where others see an irregular migrant; training helps (E5)."""
    return u < (here.recognise_trained if official.trained == 1 else here.recognise_untrained)


@rule
def inspected(me, here, post):
    """Chance of an inspection: visibility of the entry mode, patrols, and the post's capacity."""
    rate = here.inspection * here.enforcement * post.patrol
    if me.mode == PAPERS:
        rate *= here.papers_visibility
    elif me.mode != CLANDESTINE:
        rate *= here.visa_free_visibility
    capacity = here.inspections_per_official * post.officials
    if post.arrivals * rate > capacity:
        rate = capacity / post.arrivals
    return min(1.0, rate)
