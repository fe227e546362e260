"""Taking up an offer: which recruiter, and what the recruiter chooses for the recruit (part 4)."""

from __future__ import annotations

from undercount.model.engine import decisions as d
from undercount.model.engine.compiled import rule
from undercount.model.engine.layout import (
    ACQUAINTANCE,
    CLANDESTINE,
    HARSH,
    INTERNAL,
    NOBODY,
    NOT_HELPED,
    PAID,
    PAPERS,
    PRIVATE,
    PUBLIC,
    RECRUITED,
    VISA_FREE,
)
from undercount.model.engine.random import draw
from undercount.model.lives.beliefs import mode_loss, sees_sent, treatment_loss, venue_loss
from undercount.model.lives.crossing import official_at, pays, takes_bribe
from undercount.model.lives.recruiter import enters_freely, exp_within, weighs_routes
from undercount.model.lives.situation import set_situation


@rule
def takes_offer(me, t, w):
    """Meets a recruiter, who chooses destination, path, papers, venue and treatment (part 4)."""
    r = meets_recruiter(me, t, w)
    if r == NOBODY:
        return
    cell = w.recruiters[r]
    chosen = chosen_corridor(me, t, w, cell)
    if chosen == NOBODY:
        return
    me.recruiter = r
    me.route = chosen
    route = w.routes[me.route]
    route.use_now += me.weight
    me.place = route.destination
    there = w.par[t, me.place]
    cost = there.leg_cost * route.legs
    if route.legs == 0:
        me.mode = INTERNAL
    elif enters_freely(route, t, w):
        me.mode = VISA_FREE
    elif route.papers_only == 1 or draw(w.seed, me.id, t, d.PAPERS) < papers_odds(cell, w, there):
        me.mode = PAPERS
        cost += there.papers_cost
        cost += consular_bribe(me, t, w)
    else:
        me.mode = CLANDESTINE
    is_placed(me, t, w)
    me.debt = cost * there.document_debt
    me.leg = 0
    me.lists = 0
    me.lists_home = 0
    me.helped = NOT_HELPED
    me.official = NOBODY
    w.places[cell.country].costs_now += int(cost) * me.weight
    w.actors[t, me.home].recruits += me.weight
    if cell.channel == ACQUAINTANCE:
        w.actors[t, me.home].recruits_of_acquaintances += me.weight
    if route.legs > 0:
        sees_sent(me, w)
    set_situation(me, t, w, RECRUITED)


@rule
def is_placed(me, t, w):
    """The cell chooses venue and treatment (C6, C8)."""
    there, cell = w.par[t, me.place], w.recruiters[me.recruiter]
    private = private_odds(cell, w, there, w.facts[t, me.place])
    me.venue = PRIVATE if draw(w.seed, me.id, t, d.VENUE) < private else PUBLIC
    me.treatment = PAID if draw(w.seed, me.id, t, d.TREATMENT) < payment_odds(cell, w, there) else HARSH


@rule
def meets_recruiter(me, t, w):
    """An active cell of the home country, with a chance that grows with its offers and the trust in them."""
    home = w.places[me.home]
    if home.pick <= 0.0:
        return NOBODY
    u = draw(w.seed, me.id, t, d.MEETS_RECRUITER)
    cell, last = w.guides[home.first_recruiter + int(u * home.recruiters)], home.first_recruiter + home.recruiters - 1
    while w.picks[cell] <= u * home.pick and cell < last:
        cell += 1
    return cell


@rule
def chosen_corridor(me, t, w, cell):
    """Row of the cell's choice among its options; among its country's where networks do not act on losses."""
    base = w.places[cell.country]
    if base.responds == 0:
        options = w.corridors[cell.country]
        return chosen_route(options, base, draw(w.seed, me.id, t, d.ROUTE)) if any_route(options, base) else NOBODY
    weighs_routes(cell, t, w)
    options_of_cell = w.minds[cell.mind].route_odds
    if not any_route(options_of_cell, base):
        return NOBODY
    return chosen_route(options_of_cell, base, draw(w.seed, me.id, t, d.ROUTE))


@rule
def any_route(odds, base):
    """Is there an option with a chance at all?"""
    return base.n_routes > 0 and odds[base.n_routes - 1] > 0.0


@rule
def chosen_route(odds, base, u):
    """The option of `base` whose cumulative propensity first exceeds `u` times the total."""
    last = base.n_routes - 1
    target = u * odds[last]
    k = 0
    while odds[k] <= target and k < last:
        k += 1
    return base.first_route + k


@rule
def shifted(start, gain):
    """A first-year share moved by a gain in log odds; shares of 0 and 1 stay."""
    if start <= 0.0 or start >= 1.0 or gain == 0.0:
        return start
    odds = start / (1.0 - start) * exp_within(gain)
    return odds / (1.0 + odds)


@rule
def papers_odds(cell, w, there):
    """Share sent on papers (C3): grows as clandestine journeys are lost more often."""
    if there.method_response == 0.0:
        return there.papers_start
    gap = mode_loss(cell, w, 0) - mode_loss(cell, w, 1) - w.minds[cell.mind].mode_start
    return shifted(there.papers_start, there.method_response * gap)


@rule
def private_odds(cell, w, there, facts):
    """Share put in private venues (C6), workable only where phones reach clients (C7)."""
    workable = 1.0 - there.phone_need * (1.0 - facts.phones)
    if there.method_response == 0.0:
        return workable * there.private_start
    gap = 12.0 * (venue_loss(cell, w, PUBLIC) - venue_loss(cell, w, PRIVATE) - w.minds[cell.mind].venue_start)
    return workable * shifted(there.private_start, there.method_response * gap)


@rule
def payment_odds(cell, w, there):
    """Share given small payments (C8): grows as harshly treated victims are lost more often."""
    if there.method_response == 0.0:
        return there.payments_start
    gap = 12.0 * (treatment_loss(cell, w, HARSH) - treatment_loss(cell, w, PAID) - w.minds[cell.mind].treatment_start)
    return shifted(there.payments_start, there.method_response * gap)


@rule
def consular_bribe(me, t, w):
    """Papers come through a consular officer: one who takes the bribe, or a dearer forger (D1)."""
    there = w.par[t, me.place]
    officer = w.officials[official_at(w.posts[w.places[me.place].consulate], draw(w.seed, me.id, t, d.OFFICIAL_MET))]
    network = w.recruiters[me.recruiter].network
    if officer.in_pay == network or takes_bribe(officer, there, draw(w.seed, me.id, t, d.CONSUL)):
        pays(officer, network, me.weight)
        return there.bribe
    return there.forger_factor * there.bribe
