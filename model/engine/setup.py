"""The first day: officials take their posts and networks their members, all by lot of the seed."""

from __future__ import annotations

import math

from undercount.model.engine import decisions as d
from undercount.model.engine.compiled import helper, part
from undercount.model.engine.layout import ACQUAINTANCE, ADVERTISEMENT, AGENCY, BORDER, INTERNET, NOBODY
from undercount.model.engine.random import binomial, draw
from undercount.model.lives.official import integrity_of
from undercount.model.lives.recruiter import is_open


@part
def appoint(seed, posts, officials, par, facts):
    """Fills every post; officers of a border serve its two countries by turns (D1, E5)."""
    for p in range(len(posts)):
        post = posts[p]
        for n in range(post.officials):
            me = officials[post.first + n]
            me.id = post.first + n
            me.kind = post.kind
            me.place = post.other if post.kind == BORDER and n % 2 == 1 else post.place
            me.integrity = integrity_of(seed, me.id, 0, facts[0, me.place].integrity)
            me.training_draw = draw(seed, me.id, 0, d.TRAINED)
            me.trained = 1 if me.training_draw < par[0, me.place].training else 0
            me.in_pay = NOBODY
            me.suitor = NOBODY


@part
def found_cells(seed, plan, recruiters, networks, par):
    """Cells of each country of origin, their channels and networks (A6, B2)."""
    r = 0
    first_network = 0
    for k in range(len(plan)):
        base, agents, cells, n_networks = plan[k]
        here = par[0, base]
        for n in range(n_networks):
            networks[first_network + n].country = base
        for n in range(agents):
            me = recruiters[r]
            me.id = r
            me.country = base
            me.network = first_network + n % n_networks
            me.channel = channel_of(here, draw(seed, r, 0, d.CHANNEL))
            me.cells = cells // agents + (1 if n < cells % agents else 0)
            me.active = binomial(me.cells, 1.0 / max(1.0, here.potential), draw(seed, r, 0, d.CELLS_START))
            me.idle = me.cells - me.active
            me.weighed = NOBODY
            me.mind = r
            r += 1
        first_network += n_networks


@part
def weighs_destinations(par, facts, places, routes, gravity):
    """Cumulative weights of a smuggler's destinations in each month: income, over the borders in between."""
    for t in range(len(par)):
        for c in range(len(places)):
            total = 0.0
            for k in range(places[c].n_routes):
                route = routes[places[c].first_route + k]
                if route.legs > 0 and route.papers_only == 0 and is_open(route, t):
                    there = par[t, route.destination]
                    income = facts[t, route.destination].income
                    total += math.exp(there.wage_elasticity * there.pull * math.log(income)) / route.legs
                gravity[t, c, k] = total


@helper
def channel_of(here, u):
    """Acquaintance, agency, advertisement or internet."""
    if u < here.channel_agency:
        return AGENCY
    if u < here.channel_agency + here.channel_advertisement:
        return ADVERTISEMENT
    if u < here.channel_agency + here.channel_advertisement + here.channel_internet:
        return INTERNET
    return ACQUAINTANCE
