"""Those who hire a smuggler at the pooled scale, by numbers: nothing on the way tells them apart.

Everybody of one home who travels in a month has the same chance of every route, and everybody on a route the
same chance at every border. How many are stopped where, who has to bribe whom and how many arrive are therefore
binomial and multinomial numbers: exactly the law of persons who cross one by one (`migrant.is_smuggled`), at a
cost that hardly grows with them. Who is stopped or trapped is drawn back to the pools; whoever is trapped
becomes an agent of one person.
"""

from __future__ import annotations

import numpy as np
from undercount.model.engine import decisions as d
from undercount.model.engine.compiled import rule
from undercount.model.engine.layout import BORDER, MAX_ROUTES, NOBODY, POOLS, ROWS
from undercount.model.engine.luck import how_many
from undercount.model.engine.pools import ARRIVED, LOOKING, ON_THE_WAY, becomes_a_person, move_persons
from undercount.model.engine.random import binomial, draw, draw_child
from undercount.model.lives.crossing import bribe_odds, inspected, pays
from undercount.model.lives.migrant import is_trapped
from undercount.model.lives.recruitment import chosen_route

STOP, BRIBE = range(2)  # what a border does to somebody who travels alone; else nothing happens
INTO_PLACE, INTO_OTHER = range(2)  # the two ways over a border
ROUNDING = 1e-12  # share of a sum of chances that may be left over by rounding


@rule
def crowds_cross(t, w):
    """All pools' persons who hired a smuggler last month cross; new rows are those who are trapped."""
    pools = w.counts[POOLS]
    if pools == 0:
        return
    odds = border_odds(t, w)
    passed = np.zeros((len(w.posts), 2), np.int64)
    first = 0
    while first < pools:  # pools of one home follow one another
        last = first
        while last < pools and w.people[last].home == w.people[first].home:
            last += 1
        home_crosses((first, last), t, w, odds, passed)
        first = last
    officials_are_bribed(t, w, odds, passed)


@rule
def border_odds(t, w):
    """(posts, ways, STOP or BRIBE): chances of somebody without papers or a network at every border."""
    odds = np.zeros((len(w.posts), 2, 2))
    for p in range(len(w.posts)):
        post = w.posts[p]
        for way in range(2 if post.kind == BORDER else 0):
            here = w.par[t, post.place if way == INTO_PLACE else post.other]
            takes = 0.0
            for n in range(post.first, post.first + post.officials):
                takes += bribe_odds(w.officials[n], here) / post.officials
            looks = inspected(w.people[ON_THE_WAY * w.counts[POOLS]], here, post)
            odds[p, way, STOP] = looks * (1.0 - takes)
            odds[p, way, BRIBE] = looks * takes
    return odds


@rule
def way_over(route, leg, w):
    """The way over the border of a leg."""
    return INTO_PLACE if w.posts[route.posts[leg]].place == route.places[leg] else INTO_OTHER


@rule
def chance_to_pass(route, legs, odds, w):
    """Chance to pass the first `legs` borders of a route."""
    chance = 1.0
    for leg in range(legs):
        chance *= 1.0 - odds[route.posts[leg], way_over(route, leg, w), STOP]
    return chance


@rule
def home_crosses(pools, t, w, odds, passed):
    """Who of one home's pools (first, last) is stopped, trapped, or arrives; `passed` counts borders passed."""
    hired = 0
    for n in range(pools[0], pools[1]):
        hired += w.people[ON_THE_WAY * w.counts[POOLS] + n].weight
    if hired == 0:
        return
    base = w.places[w.people[pools[0]].home]
    share, held, arriving = np.zeros(MAX_ROUTES), np.zeros(MAX_ROUTES), np.zeros(MAX_ROUTES)
    trapped, through = weighs_ends(base, t, w, odds, (share, held, arriving))
    stopped, arrived = 0, 0
    for n in range(pools[0], pools[1]):
        way = w.people[ON_THE_WAY * w.counts[POOLS] + n]
        back = how_many(way.weight, 1.0 - through, w.seed, way.id, t, d.CROWD_STOPPED)
        kept = how_many(way.weight - back, trapped / max(through, ROUNDING), w.seed, way.id, t, d.CROWD_TRAPPED)
        on = way.weight - back - kept
        move_persons(way, w.people[way.pool], back, w)
        move_persons(way, w.people[way.pool + (ARRIVED - LOOKING) * w.counts[POOLS]], on, w)
        w.classes[way.klass].failure_now += back
        w.classes[way.klass].success_now += on
        for _ in range(kept):
            leaves_crowd(way, t, w, held, passed)
        stopped += back
        arrived += on
    share_out_stopped(stopped, base, t, w, odds, (share, passed))
    share_out_arrived(arrived, base, t, w, (arriving, passed))


@rule
def weighs_ends(base, t, w, odds, ends):
    """Chances to be trapped at the end, and to arrive there at all; fills `ends` (share, held, arriving) by route.

    share     of those who set out, cumulative
    held      arrive and are trapped by debt, cumulative
    arriving  arrive and are not
    """
    share, held, arriving = ends
    cumulative = w.gravity[t - 1, w.routes[base.first_route].origin]
    total = cumulative[base.n_routes - 1]
    trapped = through = before = 0.0
    for k in range(base.n_routes):
        route = w.routes[base.first_route + k]
        share[k] = (cumulative[k] - before) / total
        before = cumulative[k]
        if share[k] > 0.0:
            there = w.par[t, route.destination]
            arrives = share[k] * chance_to_pass(route, route.legs, odds, w)
            in_debt = there.smuggled_in_debt * there.smuggled_to_trafficked if base.pick > 0.0 else 0.0
            through += arrives
            trapped += arrives * in_debt
            arriving[k] = arrives * (1.0 - in_debt)
        held[k] = trapped
    return trapped, min(1.0, through)


@rule
def leaves_crowd(way, t, w, held, passed):
    """One of those on the way is trapped at the end of it, and is an agent of its own from now on."""
    base = w.places[way.home]
    row = w.counts[ROWS]
    w.counts[ROWS] += 1
    one = w.people[row]
    w.people[row] = way
    one.id = draw_child(w.seed, way.id, way.parties, d.PARTY)
    one.row = row
    one.weight = 1
    one.parties = 0
    way.parties += 1
    way.weight -= 1
    one.route = chosen_route(held, base, draw(w.seed, one.id, t, d.SMUGGLED_TO))
    route = w.routes[one.route]
    passes(route, route.legs, 1, w, passed)
    one.place = route.destination
    one.leg = route.legs
    becomes_a_person(one, w, w.par[0, way.home])
    is_trapped(one, t, w)


@rule
def passes(route, legs, persons, w, passed):
    """Notes persons who passed the first `legs` borders of a route."""
    for leg in range(legs):
        w.posts[route.posts[leg]].arrivals_now += persons
        passed[route.posts[leg], way_over(route, leg, w)] += persons


@rule
def portion(persons, chance, rest, u):
    """How many of the persons who are left have an end of that chance; `rest` is the chance of all ends left."""
    return persons if chance >= rest * (1.0 - ROUNDING) else binomial(persons, chance / rest, u)


@rule
def share_out_stopped(persons, base, t, w, odds, ways):
    """At which border of which route: a multinomial number, end by end."""
    share, passed = ways
    rest = 0.0
    for k in range(base.n_routes):
        route = w.routes[base.first_route + k]
        rest += share[k] * (1.0 - chance_to_pass(route, route.legs, odds, w)) if share[k] > 0.0 else 0.0
    for k in range(base.n_routes):
        route = w.routes[base.first_route + k]
        for leg in range(route.legs if share[k] > 0.0 else 0):
            if persons == 0:
                return
            stop = odds[route.posts[leg], way_over(route, leg, w), STOP]
            chance = share[k] * chance_to_pass(route, leg, odds, w) * stop
            here = portion(persons, chance, rest, draw(w.seed, base.first_route + k, t, d.CROWD_STOPPED_AT + leg))
            rest -= chance
            persons -= here
            passes(route, leg, here, w, passed)
            w.posts[route.posts[leg]].arrivals_now += here
            w.posts[route.posts[leg]].found_now += here
            w.actors[t, route.places[leg]].inspections += here
            w.hidden[t, route.places[leg]].deported += here


@rule
def share_out_arrived(persons, base, t, w, ways):
    """By which route: a multinomial number, route by route."""
    arriving, passed = ways
    rest = arriving.sum()
    for k in range(base.n_routes):
        if persons == 0:
            return
        if arriving[k] > 0.0:
            route = w.routes[base.first_route + k]
            here = portion(persons, arriving[k], rest, draw(w.seed, base.first_route + k, t, d.CROWD_ARRIVES))
            rest -= arriving[k]
            persons -= here
            passes(route, route.legs, here, w, passed)


@rule
def officials_are_bribed(t, w, odds, passed):
    """Some of those who passed a border paid for it: how many, and to which of its officials."""
    for p in range(len(w.posts)):
        post = w.posts[p]
        for way in range(2):
            if passed[p, way] == 0:
                continue
            entered = post.place if way == INTO_PLACE else post.other
            here = w.par[t, entered]
            persons = binomial(passed[p, way], odds[p, way, BRIBE] / (1.0 - odds[p, way, STOP]),
                               draw(w.seed, p, t, d.CROWD_BRIBES + way))
            w.actors[t, entered].inspections += persons
            w.actors[t, entered].bribes_taken += persons
            rest = 0.0
            for n in range(post.first, post.first + post.officials):
                rest += bribe_odds(w.officials[n], here)
            for n in range(post.first, post.first + post.officials):
                chance = bribe_odds(w.officials[n], here)
                if persons > 0 and chance > 0.0:
                    paid = portion(persons, chance, rest, draw(w.seed, n, t, d.CROWD_PAYS + way))
                    rest -= chance
                    persons -= paid
                    pays(w.officials[n], NOBODY, paid)
