"""People at home by the pool: everybody at home who is alike is one agent, whoever leaves is one person.

At the pooled scale (`layout.POOLED`) a class is divided by the traits that decide who leaves, who
looks and who accepts. Persons of a pool cannot be told apart, so how many of them set out, and how
many of those who look take which way, are binomial numbers: exactly the law of single persons, at a
cost that does not grow with their number. Whoever takes up an offer, or is trapped by debt to a
smuggler, becomes an agent of one person; the traits that no rule asks for are drawn then.

Pool n is five agents (`KINDS`), in the rows n, `pools` + n and so on: those at home, those who look for a
way, those who hired a smuggler and travel next month (`crowds.py`), those who arrived with one, and those who
left the legal way.
"""

from __future__ import annotations

import math

import numpy as np
from undercount.model.engine import decisions as d
from undercount.model.engine.compiled import part, rule
from undercount.model.engine.home import PERSON_BITS, vulnerability
from undercount.model.engine.layout import AT_HOME, CLANDESTINE, INDEPENDENT, MINOR, NOBODY, POOLS, SEEKING, SMUGGLED
from undercount.model.engine.luck import how_many
from undercount.model.engine.random import draw_four
from undercount.model.lives.recruitment import any_route

UNDRAWN = -1  # a trait that differs within a pool
NEVER = 1e300  # a cumulative hazard that nobody reaches: pools set out by `pool_sets_out`
KINDS = (AT_HOME, SEEKING, SMUGGLED, SMUGGLED, INDEPENDENT)  # of a pool's agents; the second SMUGGLED have arrived
LOOKING, ON_THE_WAY, ARRIVED, GONE = range(1, 5)
TRAITS = 16  # family risk x minority x low wage or not x minor or not


@part
def fill_pools(par, classes, people):
    """Rows of all pools: persons of a class by largest remainder, nobody looking yet; returns the pools.

    Somebody without work counts as on a low wage (`home.vulnerability`), so half of the pools of a
    class without work are empty and left out.
    """
    pools = 0
    for k in range(len(classes)):
        classes[k].first = pools
        classes[k].next = pools
        pools += TRAITS if classes[k].working == 1 else TRAITS // 2
        classes[k].last = pools
    for k in range(len(classes)):
        klass = classes[k]
        n_pools = klass.last - klass.first
        shares = np.empty(n_pools)
        for n in range(n_pools):
            shares[n] = share_of(par[0, klass.home], n, klass.working)
        persons = shared_out(klass.persons, shares)
        for n in range(n_pools):
            for kind in range(len(KINDS)):
                me = people[klass.first + n + kind * pools]
                me.id = (np.int64(k) << PERSON_BITS) | (n + kind * n_pools)
                me.row = klass.first + n + kind * pools
                me.pool = pools + klass.first + n
                me.threshold = NEVER
                me.klass = k
                me.home = klass.home
                me.place = klass.home
                me.zone = klass.zone
                me.working = klass.working
                me.situation = KINDS[kind]
                me.weight = persons[n] if kind == 0 else 0
                me.mode = CLANDESTINE
                me.leg = 1 if kind == ARRIVED else 0
                me.route = NOBODY
                me.recruiter = NOBODY
                me.official = NOBODY
                me.family_risk = n & 1
                me.minority = n >> 1 & 1
                me.age_band = MINOR if n >> 2 & 1 else UNDRAWN
                me.wage_band = 0 if klass.working == 0 else (UNDRAWN if n >> 3 & 1 else 1)
                me.sex = UNDRAWN
                _, me.accepts = vulnerability(par[0, klass.home], me.family_risk == 1, me.minority == 1,
                                              has_low_wage(me), klass.working == 1)
    return pools


@rule
def share_of(setup, n, working):
    """Share of a class that is in its `n`-th pool; the traits are independent."""
    share = setup.family_risk_share if n & 1 else 1.0 - setup.family_risk_share
    share *= setup.minority_share if n >> 1 & 1 else 1.0 - setup.minority_share
    share *= setup.minor_share if n >> 2 & 1 else 1.0 - setup.minor_share
    if working == 1:
        share *= 1.0 - setup.wage_under_50 if n >> 3 & 1 else setup.wage_under_50
    return share


@rule
def shared_out(persons, shares):
    """Whole persons for each share, by largest remainder; they add up to `persons`."""
    whole = np.floor(persons * shares)
    short = int(round(persons - whole.sum()))
    order = np.argsort(whole - persons * shares, kind="mergesort")
    for n in range(short):
        whole[order[n]] += 1.0
    return whole.astype(np.int64)


@rule
def has_low_wage(me):
    """No work or less than USD 50 a month."""
    return me.wage_band == 0 or me.wage_band == 1


@rule
def pool_sets_out(at_home, looking, t, w, setup, klass):
    """How many of a pool start to look for a way this month (part 2): each with chance 1 - exp(-hazard)."""
    leaving, _ = vulnerability(setup, at_home.family_risk == 1, at_home.minority == 1, has_low_wage(at_home),
                               at_home.working == 1)
    chance = -math.expm1(-klass.rise * leaving)
    persons = how_many(at_home.weight, chance, w.seed, at_home.id, t, d.LEAVE)
    at_home.weight -= persons
    looking.weight += persons
    w.census[AT_HOME] -= persons
    w.census[SEEKING] += persons
    w.actors[t, at_home.home].set_out += persons
    return persons


@rule
def becomes_a_person(me, w, setup):
    """Leaves the pool: draws what differs within it, given what does not."""
    me.pool = NOBODY
    wage, age, sex, _ = draw_four(w.seed, me.id, 0, d.TRAITS)
    if me.wage_band == UNDRAWN:
        me.wage_band = 2 if wage * (1.0 - setup.wage_under_50) < setup.wage_50_100 else 3
    if me.age_band == UNDRAWN:
        me.age_band = 1 if age * (1.0 - setup.minor_share) < setup.young_share else 2
    me.sex = 0 if sex < setup.women_share else 1


@rule
def move_persons(source, target, persons, w):
    """From one agent of a pool to another."""
    source.weight -= persons
    target.weight += persons
    w.census[source.situation] -= persons
    w.census[target.situation] += persons


@rule
def leave_alone(looking, t, w, legal, smuggled):
    """Those of a pool who leave without a recruiter this month: the legal way, or with a smuggler next month."""
    pools = w.counts[POOLS]
    if legal > 0:
        move_persons(looking, w.people[looking.pool + (GONE - LOOKING) * pools], legal, w)
        w.classes[looking.klass].success_now += legal
        w.actors[t, looking.home].independent += legal
    if smuggled > 0 and any_route(w.gravity[t, looking.home], w.places[looking.home]):
        move_persons(looking, w.people[looking.pool + (ON_THE_WAY - LOOKING) * pools], smuggled, w)
        w.actors[t, looking.home].smuggled += smuggled
