"""Parties: when something happens to some persons of an agent only, they become an agent of their own.

An agent at home stands for `people_per_agent` persons. Seekers choose each for themselves; those
who take an offer travel in parties of at most `party_size` persons, and persons who are found in
exploitation leave their party. With one person an agent nothing ever splits. Draws of a party are
keyed by its own identity, so the order in which parties are made changes nobody's luck.
"""

from __future__ import annotations

import numpy as np
from undercount.model.engine import decisions as d
from undercount.model.engine.compiled import part, rule
from undercount.model.engine.crowds import crowds_cross
from undercount.model.engine.layout import (
    ACTIVE,
    AT_HOME,
    EXPLOITED,
    INDEPENDENT,
    NOBODY,
    PENDING,
    RETURNED,
    ROWS,
    SEEKING,
    SMUGGLED,
    STAYS,
)
from undercount.model.engine.lent import lent
from undercount.model.engine.pools import becomes_a_person, leave_alone
from undercount.model.engine.random import draw, draw_child
from undercount.model.lives.assistance import enters_shelter, finds_no_place
from undercount.model.lives.exploitation import gets_out, is_found
from undercount.model.lives.held import joins
from undercount.model.lives.networks import shares_experience
from undercount.model.lives.recruitment import any_route, chosen_route, takes_offer
from undercount.model.lives.situation import set_situation


@rule
def splits(me, w, weight, rows):
    """Row of the persons concerned: `me` itself if that is everybody, otherwise a new party.

    A pool stays even if everybody has left it. Returns (row, rows in use); row is -1 where `me`
    itself is meant.
    """
    if weight == me.weight and me.pool == NOBODY:
        return -1, rows
    child = w.people[rows]
    w.people[rows] = me
    child.id = draw_child(w.seed, me.id, me.parties, d.PARTY)
    child.row = rows
    child.weight = weight
    child.parties = 0
    child.leaves = STAYS
    clear_parts(child)
    me.parties += 1
    me.weight -= weight
    if child.situation == EXPLOITED:
        joins(child, w)
    return rows, rows + 1


@rule
def clear_parts(me):
    """Forgets what was to split off."""
    me.part_legal = 0
    me.part_smuggled = 0
    me.part_offer = 0
    me.part_found = 0


@rule
def parts(me, t, w, rows):
    """Carries out what `migrant_month` noted for some persons of the party; returns rows in use."""
    legal, smuggled, offer, found = me.part_legal, me.part_smuggled, me.part_offer, me.part_found
    clear_parts(me)
    if me.pool != NOBODY:
        leave_alone(me, t, w, legal, smuggled)
        legal = smuggled = 0
    if legal > 0:
        row, rows = splits(me, w, legal, rows)
        goes_legally(me if row < 0 else w.people[row], t, w)
    if smuggled > 0:
        row, rows = splits(me, w, smuggled, rows)
        hires_smuggler(me if row < 0 else w.people[row], t, w)
    while offer > 0:
        size = min(offer, w.party_size)
        row, rows = splits(me, w, size, rows)
        if me.pool != NOBODY:
            becomes_a_person(w.people[row], w, w.par[0, me.home])
        takes_offer(me if row < 0 else w.people[row], t, w)
        offer -= size
    if found > 0:
        row, rows = splits(me, w, found, rows)
        is_found(me if row < 0 else w.people[row], t, w)
        if row >= 0:
            gets_out(me, t, w)
    return rows


@rule
def goes_legally(me, t, w):
    """Leaves by the legal way and does well enough to say so at home."""
    w.classes[me.klass].success_now += me.weight
    w.actors[t, me.home].independent += me.weight
    set_situation(me, t, w, INDEPENDENT)


@rule
def hires_smuggler(me, t, w):
    """Hires a smuggler to a destination drawn by income and distance."""
    home = w.places[me.home]
    if not any_route(w.gravity[t, me.home], home):
        return
    me.route = chosen_route(w.gravity[t, me.home], home, draw(w.seed, me.id, t, d.SMUGGLED_TO))
    me.place = w.routes[me.route].destination
    me.leg = 0
    me.recruiter = NOBODY
    w.actors[t, me.home].smuggled += me.weight
    set_situation(me, t, w, SMUGGLED)


@rule
def has_business(me):
    """Must somebody else act for this person before the month ends: a party splits off, a place is sought?"""
    return me.waiting == 1 or me.part_legal + me.part_smuggled + me.part_offer + me.part_found > 0


@rule
def rows_needed(me, w):
    """Most rows that this person's parties can need in a month."""
    if me.situation == SMUGGLED and me.pool != NOBODY:
        return me.weight
    if me.situation == EXPLOITED:
        return 1 if me.weight > 1 else 0
    if me.situation == SEEKING or me.situation == AT_HOME or me.situation == RETURNED:
        return 3 + me.weight // w.party_size
    return 0


@rule
def admissions(t, w, waiting, n_waiting):
    """Fills the free shelter places of each country in an order drawn by lot (part 7)."""
    order = np.empty(n_waiting, np.float64)
    for k in range(n_waiting):
        order[k] = draw(w.seed, w.people[waiting[k]].id, t, d.PLACE_ORDER)
    for k in np.argsort(order, kind="mergesort"):
        me = w.people[waiting[k]]
        shelter = w.ngos[w.places[me.place].shelter]
        if shelter.active == 1 and shelter.used + me.weight <= shelter.beds:
            enters_shelter(me, t, w, w.par[t, me.place])
        else:
            finds_no_place(me, t, w)


@part
def settle(t, address):
    """Carries out what concerns several agents: pools cross, parties split off, shelters admit, networks share."""
    w = lent(address)
    before = w.counts[ROWS]
    crowds_cross(t, w)
    rows = w.counts[ROWS]
    waiting = np.empty(w.counts[PENDING], np.int64)
    n_waiting = 0
    for a in range(w.counts[PENDING]):
        me = w.people[w.pending[a]]
        if me.waiting == 1:
            waiting[n_waiting] = w.pending[a]
            n_waiting += 1
        else:
            rows = parts(me, t, w, rows)
    w.counts[PENDING] = 0
    for row in range(before, rows):
        w.active[w.counts[ACTIVE]] = row
        w.counts[ACTIVE] += 1
    w.counts[ROWS] = rows
    admissions(t, w, waiting, n_waiting)
    shares_experience(t, w)
