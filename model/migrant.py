"""A migrant's month: one rule, read top to bottom as a life.

Every function takes the person's own record `me` and the world as arrays (`layout.py`). An agent
may stand for several persons who travel as one party (`me.weight`); whatever happens to some of
them only is noted as a party that splits off (`part_*`) and carried out by `parties.py`.
Shared tallies are integers and are only added to, so the order of the agents does not matter.
"""

from __future__ import annotations

import math

from model.compiled import rule
from model import decisions as d
from model.crossing import PASSED, journey, official_at, pays, recognises, takes_bribe
from model.layout import (
    AT_HOME, ASSISTED, CLANDESTINE, ESCAPES, EXPLOITED, HARSH, IDENTIFIED, INDEPENDENT, INTERNAL,
    IS_RELEASED, MINOR,
    MISIDENTIFIED, NOBODY, ON_ASSISTANCE, ON_HOTLINE, ON_POLICE, PAID, PAPERS, PRIVATE, PUBLIC,
    RECRUITED, REFUSED, REINTEGRATED, RETURNED, SEEKING, SMUGGLED, STAYS, VISA_FREE)
from model.random import binomial, draw
from model.recruiter import weighs_routes


@rule
def migrant_month(me, t, seed, par, facts, places, classes, routes, posts, officials, recruiters,
                  networks, ngos, hidden, actors, flows, histories, census, settling):
    """One month of one migrant (parts 2, 3, 5, 6 and 7 of the month); changes `me` and tallies."""
    if me.situation == AT_HOME:
        if me.threshold > classes[me.klass].cumulative:
            return
        sets_out(me, t, actors, census)
    if me.situation == SEEKING:
        looks_for_a_way(me, t, seed, par, facts, places)
    elif me.situation == INDEPENDENT or me.situation == REINTEGRATED:
        return
    elif me.situation == SMUGGLED:
        if me.leg == 0 and t > me.since:
            is_smuggled(me, t, seed, par, facts, places, classes, routes, posts, officials,
                        recruiters, hidden, actors, flows, census)
    elif me.situation == RECRUITED:
        if t > me.since:
            is_moved(me, t, seed, par, facts, places, routes, posts, officials, recruiters,
                     hidden, actors, flows, census)
    elif me.situation == EXPLOITED:
        is_exploited(me, t, seed, par, facts, places, recruiters, networks, ngos, hidden, classes, census)
    elif me.situation == IDENTIFIED:
        is_met_as_identified(me, t, seed, par, places, officials, recruiters, ngos, hidden, histories, classes,
                             census)
    elif me.situation == MISIDENTIFIED or me.situation == REFUSED:
        if t > me.since:
            if me.situation == MISIDENTIFIED and me.place != me.home:
                hidden[t, me.place].deported += me.weight
            goes_home(me, t, hidden, classes, census)
    elif me.situation == ASSISTED:
        if t - me.since >= par[t, me.place].shelter_months:
            leaves_shelter(me, t, ngos, places, hidden, classes, census)
    elif me.situation == RETURNED:
        if t >= me.wakes:
            is_back_home(me, t, seed, par, places, ngos, hidden, settling, census)


@rule
def set_situation(me, situation, t, census):
    """Moves the person (all of the party) to another situation and keeps the census."""
    census[me.situation] -= me.weight
    census[situation] += me.weight
    me.situation = situation
    me.since = t


# --- leaving home ------------------------------------------------------------------------------
@rule
def sets_out(me, t, actors, census):
    """Starts to look for a way out (part 2)."""
    set_situation(me, SEEKING, t, census)
    actors[t, me.home].set_out += me.weight


@rule
def looks_for_a_way(me, t, seed, par, facts, places):
    """Stays, goes legally, hires a smuggler or takes an offer (part 3).

    A multinomial logit over four ways with staying as reference [1]. The persons of a party choose
    each for themselves; those who stay keep looking next month.

    1. McFadden (1974), Conditional logit analysis of qualitative choice behavior.
    """
    here = par[t, me.home]
    home = places[me.home]
    aware = awareness_of(me, here, home)
    legal = here.visa_free_openness if facts[t, me.home].visa_free > 0.0 else here.legal_openness
    legal *= 1.0 + aware
    smuggler = here.smuggler_appeal
    offer = here.offer_appeal * home.meets * me.accepts * (1.0 - aware * here.awareness_effect)
    if me.age_band == MINOR:
        offer *= here.minor_effect
    total = 1.0 + legal + smuggler + offer
    left = me.weight
    me.part_legal = binomial(left, legal / total, draw(seed, me.id, t, d.WAY_LEGAL))
    left -= me.part_legal
    total -= legal
    me.part_smuggled = binomial(left, smuggler / total, draw(seed, me.id, t, d.WAY_SMUGGLER))
    left -= me.part_smuggled
    total -= smuggler
    me.part_offer = binomial(left, offer / total, draw(seed, me.id, t, d.WAY_OFFER))


@rule
def awareness_of(me, here, home):
    """Knowledge of rights and risks where the person lives, from 0 to 1 (A4)."""
    return home.awareness * (here.awareness_deprived if me.zone == 1 else 1.0)


# --- taking up an offer --------------------------------------------------------------------------
@rule
def takes_offer(me, t, seed, par, facts, places, routes, posts, officials, recruiters, census):
    """Meets a recruiter, who chooses destination, path, papers, venue and treatment (part 4)."""
    r = meets_recruiter(me, t, seed, places, recruiters)
    if r == NOBODY:
        return
    cell = recruiters[r]
    weighs_routes(cell, t, par, places, routes)
    if not any_route(cell.route_odds, places[cell.country]):
        return
    me.recruiter = r
    me.route = chosen_route(cell.route_odds, places[cell.country], draw(seed, me.id, t, d.ROUTE))
    route = routes[me.route]
    me.place = route.destination
    there = par[t, me.place]
    cost = there.leg_cost * route.legs
    if route.legs == 0:
        me.mode = INTERNAL
    elif facts[t, me.home].visa_free > 0.0 and places[me.place].visa_area == 1:
        me.mode = VISA_FREE
    elif route.papers_only == 1 or draw(seed, me.id, t, d.PAPERS) < papers_odds(cell, there):
        me.mode = PAPERS
        cost += there.papers_cost
        cost += consular_bribe(me, t, seed, par, places, posts, officials, recruiters)
    else:
        me.mode = CLANDESTINE
    private = private_odds(cell, there, facts[t, me.place])
    me.venue = PRIVATE if draw(seed, me.id, t, d.VENUE) < private else PUBLIC
    me.treatment = PAID if draw(seed, me.id, t, d.TREATMENT) < payment_odds(cell, there) else HARSH
    me.debt = cost * there.document_debt
    me.months = 0
    me.leg = 0
    me.lists = 0
    me.lists_home = 0
    me.helped = 0
    me.official = NOBODY
    cell.costs_now += int(cost) * me.weight
    if route.legs > 0:
        cell.moved_mode[0 if me.mode == CLANDESTINE else 1] += me.weight
    set_situation(me, RECRUITED, t, census)


@rule
def meets_recruiter(me, t, seed, places, recruiters):
    """An active cell of the home country, with a chance that grows with its offers and the trust in them."""
    home = places[me.home]
    if home.pick <= 0.0:
        return NOBODY
    target = draw(seed, me.id, t, d.MEETS_RECRUITER) * home.pick
    low = home.first_recruiter
    high = low + home.recruiters - 1
    while low < high:
        middle = (low + high) // 2
        if recruiters[middle].pick > target:
            high = middle
        else:
            low = middle + 1
    return low


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
    if start <= 0.0 or start >= 1.0:
        return start
    odds = start / (1.0 - start) * math.exp(min(20.0, max(-20.0, gain)))
    return odds / (1.0 + odds)


@rule
def papers_odds(cell, there):
    """Share sent on papers (C3): grows as clandestine journeys are lost more often."""
    gain = (cell.mode_loss[0] - cell.mode_loss[1]) * there.loss_value
    return shifted(there.papers_start, gain * there.choice_sharpness / 5000.0)


@rule
def private_odds(cell, there, facts):
    """Share put in private venues (C6), workable only where phones reach clients (C7)."""
    workable = 1.0 - there.phone_need * (1.0 - facts.phones)
    gain = 12.0 * (cell.venue_loss[PUBLIC] - cell.venue_loss[PRIVATE]) * there.loss_value
    return workable * shifted(there.private_start, gain * there.choice_sharpness / 5000.0)


@rule
def payment_odds(cell, there):
    """Share given small payments (C8): grows as harshly treated victims are lost more often."""
    gain = 12.0 * (cell.treatment_loss[HARSH] - cell.treatment_loss[PAID]) * there.loss_value
    return shifted(there.payments_start, gain * there.choice_sharpness / 5000.0)


@rule
def consular_bribe(me, t, seed, par, places, posts, officials, recruiters):
    """Papers come through a consular officer: one who takes the bribe, or a dearer forger (D1)."""
    there = par[t, me.place]
    officer = officials[official_at(posts[places[me.place].consulate], draw(seed, me.id, t, d.OFFICIAL_MET))]
    network = recruiters[me.recruiter].network
    if officer.in_pay == network or takes_bribe(officer, there, draw(seed, me.id, t, d.CONSUL)):
        pays(officer, network, me.weight)
        return there.bribe
    return 2.0 * there.bribe


# --- on the way ----------------------------------------------------------------------------------
@rule
def is_smuggled(me, t, seed, par, facts, places, classes, routes, posts, officials, recruiters,
                hidden, actors, flows, census):
    """Crosses with a smuggler; the business ends at the border, unless debt turns it into another (B4)."""
    me.mode = CLANDESTINE
    outcome = journey(me, t, seed, par, places, routes, posts, officials, recruiters, actors)
    if outcome != PASSED:
        hidden[t, me.place].deported += me.weight
        goes_home(me, t, hidden, classes, census)
        return
    there = par[t, me.place]
    me.leg = routes[me.route].legs
    me.since = t
    in_debt = draw(seed, me.id, t, d.SMUGGLED_DEBT) < there.smuggled_in_debt
    if in_debt and draw(seed, me.id, t, d.SMUGGLED_TRAPPED) < there.smuggled_to_trafficked:
        r = meets_recruiter(me, t, seed, places, recruiters)
        if r != NOBODY:
            cell = recruiters[r]
            me.recruiter = r
            me.debt = there.leg_cost * me.leg
            private = private_odds(cell, there, facts[t, me.place])
            me.venue = PRIVATE if draw(seed, me.id, t, d.VENUE) < private else PUBLIC
            me.treatment = PAID if draw(seed, me.id, t, d.TREATMENT) < payment_odds(cell, there) else HARSH
            begins_exploitation(me, t, hidden, flows, census)
            return
    classes[me.klass].success_now += me.weight


@rule
def is_moved(me, t, seed, par, facts, places, routes, posts, officials, recruiters, hidden, actors,
             flows, census):
    """Is taken over the crossings of the route (part 5); whoever is stopped is met by an official."""
    outcome = journey(me, t, seed, par, places, routes, posts, officials, recruiters, actors)
    if outcome == PASSED:
        begins_exploitation(me, t, hidden, flows, census)
        return
    cell = recruiters[me.recruiter]
    cell.lost_entry[me.place] += me.weight
    cell.lost_mode[0 if me.mode == CLANDESTINE else 1] += me.weight
    me.lists = ON_POLICE
    hidden[t, me.place].identified += me.weight
    set_situation(me, IDENTIFIED, t, census)


@rule
def begins_exploitation(me, t, hidden, flows, census):
    """Arrives; the third phase of trafficking begins."""
    me.times += 1
    me.months = 0
    me.left_behind = 0
    hidden[t, me.place].newly_exploited += me.weight
    if me.times > 1:
        hidden[t, me.place].retrafficked += me.weight
    flows[t, me.home, me.place, me.mode, me.venue] += me.weight
    set_situation(me, EXPLOITED, t, census)


# --- in exploitation -----------------------------------------------------------------------------
@rule
def is_exploited(me, t, seed, par, facts, places, recruiters, networks, ngos, hidden, classes, census):
    """Held, earning for others; found by raid, hotline or outreach, or gets out (part 6)."""
    here = par[t, me.place]
    place = places[me.place]
    cell = recruiters[me.recruiter]
    earns = place.revenue * (1.0 - (here.payment_share if me.treatment == PAID else 0.0))
    if me.venue == PRIVATE:
        earns -= here.private_cost * facts[t, me.place].phones
    cell.revenue_now += int(earns) * me.weight
    cell.held_place[me.place] += me.weight
    cell.held_venue[me.venue] += me.weight
    cell.held_treatment[me.treatment] += me.weight
    cell.holding += me.weight

    raid = raided(me, here, place, facts[t, me.place], networks[cell.network])
    call = calls_hotline(me, here, place, facts[t, me.place], ngos)
    reach = reached_by_outreach(me, here, place, ngos)
    found = 1.0 - (1.0 - raid) * (1.0 - call) * (1.0 - reach)
    me.part_found = binomial(me.weight, found, draw(seed, me.id, t, d.FOUND))
    if me.part_found == me.weight:
        return  # nobody is left who could get out; `parties.py` moves them on
    me.months += 1
    me.debt = max(0.0, me.debt - here.debt_repaid)
    hold = here.debt_hold if me.debt > 0.0 else 0.0
    escape = here.escape * (1.0 - hold) * (1.0 - (here.payment_hold if me.treatment == PAID else 0.0))
    release = here.release * (1.0 - hold)
    if left_behind(me, t, seed, cell):
        release = max(release, here.broken_release)
    u = draw(seed, me.id, t, d.GETS_OUT)
    me.leaves = ESCAPES if u < escape else (IS_RELEASED if u < escape + release else STAYS)
    if me.part_found == 0:
        gets_out(me, t, hidden, classes, census)


@rule
def left_behind(me, t, seed, cell):
    """Has the cell that held the person stopped or been arrested? Then there is nobody to keep them.

    A recruiter agent may stand for several cells; `cell.breaks` is the share of them that broke last
    month, so that one person's chance does not depend on how many they are.
    """
    if me.left_behind == 0 and cell.breaks > 0.0 and draw(seed, me.id, t, d.CELL_BREAKS) < cell.breaks:
        me.left_behind = 1
    return me.left_behind == 1


@rule
def gets_out(me, t, hidden, classes, census):
    """Escapes or is let go; those of the party who were found the same month have left it before."""
    if me.leaves == STAYS:
        return
    if me.leaves == ESCAPES:
        hidden[t, me.place].escaped += me.weight
    else:
        hidden[t, me.place].released += me.weight
    me.leaves = STAYS
    goes_home(me, t, hidden, classes, census)


@rule
def raided(me, here, place, facts, network):
    """Chance to be found in a raid this month (C6, C7, D2, D6, D9)."""
    lead = here.proactive_share + (1.0 - here.proactive_share) * place.testimony
    rate = here.raid_rate * here.enforcement * here.regime_visibility * lead
    rate *= 1.0 + here.phone_leads * facts.phones
    if me.venue == PRIVATE:
        rate *= here.private_exposure * 2.0 * place.attention
    else:
        rate *= 2.0 * (1.0 - place.attention)
    if network.police_in_pay & (1 << me.place):
        rate *= 1.0 - here.tip_off
    return min(1.0, rate)


@rule
def works(ngo, ngos):
    """Has this country such a programme, and has it started?"""
    return ngo != NOBODY and ngos[ngo].active == 1


@rule
def calls_hotline(me, here, place, facts, ngos):
    """Chance to call a hotline; fear, payments and missing protection keep people from it (C8, E7)."""
    if not works(place.hotline, ngos):
        return 0.0
    rate = here.self_report * ngos[place.hotline].strength * (0.5 + 0.5 * facts.phones)
    rate *= (1.0 - here.victim_prosecution) * (1.0 + here.protection)
    if me.treatment == PAID:
        rate *= 1.0 - here.payment_hold
    return min(1.0, rate)


@rule
def reached_by_outreach(me, here, place, ngos):
    """Chance to be reached by outreach workers, who go where they found people before."""
    if not works(place.outreach, ngos):
        return 0.0
    worker = ngos[place.outreach]
    reach = here.outreach * worker.strength
    if me.venue == PRIVATE:
        return min(1.0, reach * here.private_exposure * 2.0 * worker.attention)
    return min(1.0, reach * 2.0 * (1.0 - worker.attention))


@rule
def is_found(me, t, seed, par, facts, places, recruiters, routes, posts, officials, networks, ngos,
             hidden, actors, census):
    """Is found by a raid (unless it is bought off), an own call or outreach, and leaves exploitation."""
    here = par[t, me.place]
    place = places[me.place]
    cell = recruiters[me.recruiter]
    raid = raided(me, here, place, facts[t, me.place], networks[cell.network])
    call = calls_hotline(me, here, place, facts[t, me.place], ngos)
    reach = reached_by_outreach(me, here, place, ngos)
    u = draw(seed, me.id, t, d.FOUND_HOW) * (raid + call + reach)
    if u < raid:
        me.official = official_at(posts[place.police], draw(seed, me.id, t, d.RAID_MEETS))
        officer = officials[me.official]
        if takes_bribe(officer, here, draw(seed, me.id, t, d.RAID_BRIBE)):
            pays(officer, cell.network, me.weight)
            actors[t, me.place].bribes_taken += me.weight
            cell.costs_now += int(here.bribe) * me.weight
            return
        me.lists = ON_POLICE
    elif u < raid + call:
        me.lists = ON_HOTLINE
        if draw(seed, me.id, t, d.TO_POLICE) < here.hotline_to_police:
            me.lists = ON_HOTLINE | ON_POLICE
    else:
        me.lists = 0
    cell.lost_place[me.place] += me.weight
    cell.lost_venue[me.venue] += me.weight
    cell.lost_treatment[me.treatment] += me.weight
    if me.venue == PRIVATE:
        place.found_private += me.weight
    else:
        place.found_public += me.weight
    hidden[t, me.place].identified += me.weight
    set_situation(me, IDENTIFIED, t, census)


# --- identified ----------------------------------------------------------------------------------
@rule
def is_met_as_identified(me, t, seed, par, places, officials, recruiters, ngos, hidden, histories, classes,
                         census):
    """Recognised or misread, referred or not, offered help, accepts or refuses (part 7)."""
    if t == me.since or me.waiting == 1:
        return
    here = par[t, me.place]
    place = places[me.place]
    by_police_alone = me.lists == ON_POLICE
    if by_police_alone and not recognised(me, t, seed, here, officials):
        hidden[t, me.place].misidentified += me.weight
        me.lists = 0  # held as an offender: on no list of victims
        set_situation(me, MISIDENTIFIED, t, census)
        return
    hidden[t, me.place].recognised += me.weight
    place.recognised_now += me.weight
    helped = works(place.shelter, ngos) and offered_help(me, t, seed, here, by_police_alone)
    accepted = False
    if helped:
        hidden[t, me.place].offered_help += me.weight
        accepted = accepts_help(me, t, seed, here)
    testifies = accepted and draw(seed, me.id, t, d.TESTIFIES) < min(
        1.0, here.testimony * (1.0 + here.protection))
    if testifies:
        place.testified_now += me.weight
    tells_on_recruiter(me, t, par, places, recruiters, testifies)
    if accepted:
        me.waiting = 1
        return
    is_listed(me, t, me.lists, histories)
    if helped:
        hidden[t, me.place].refused += me.weight
        set_situation(me, REFUSED, t, census)
    else:  # recognised, but nobody was told: sent home without help
        goes_home(me, t, hidden, classes, census)


@rule
def recognised(me, t, seed, here, officials):
    """Does the officer who found the person see a victim or an offender? (E5, E7)"""
    if not recognises(officials[me.official], here, draw(seed, me.id, t, d.RECOGNISED)):
        return False
    return draw(seed, me.id, t, d.TREATED_AS_OFFENDER) >= here.victim_prosecution


@rule
def offered_help(me, t, seed, here, by_police_alone):
    """Helpers offer help themselves; police refer some, minors on a path of their own (A7, E4)."""
    if not by_police_alone:
        return True
    chance = here.referral * (here.minor_referral if me.age_band == MINOR else 1.0)
    return draw(seed, me.id, t, d.REFERRED) < chance


@rule
def accepts_help(me, t, seed, here):
    """Fear, conditions and small payments make people decline (C8, E2, E3, E7)."""
    chance = here.acceptance * (1.0 - here.conditions * here.conditions_cost)
    chance *= 1.0 + here.protection
    if me.treatment == PAID:
        chance *= 1.0 - here.payment_refusal
    if me.age_band == MINOR:
        chance *= here.minor_referral
    return draw(seed, me.id, t, d.ACCEPTS) < chance


@rule
def tells_on_recruiter(me, t, par, places, recruiters, testifies):
    """Adds to the evidence against the cell, in millionths of an expected arrest (D3, D5)."""
    if me.recruiter == NOBODY:
        return
    here = par[t, me.place]
    cell = recruiters[me.recruiter]
    chance = here.arrest_testimony if testifies else here.arrest_intelligence
    if cell.country != me.place:
        chance *= 0.5 + 0.5 * here.intelligence_sharing
    cell.heat_now += int(1e6 * chance) * me.weight
    if me.age_band == MINOR:
        cell.minors_now += int(1e6 * chance) * me.weight


@rule
def enters_shelter(me, t, seed, here, ngos, places, hidden, histories, census):
    """Gets the place that was free, is entered on the list, and counts as assisted."""
    me.waiting = 0
    ngos[places[me.place].shelter].used += me.weight
    hidden[t, me.place].assisted += me.weight
    at_home = me.place == me.home
    listed = draw(seed, me.id, t, d.HOME_REGISTERED if at_home else d.REGISTERED) < here.registered
    if listed:
        hidden[t, me.place].listed_assisted += me.weight
        if me.situation == RETURNED:
            me.lists_home |= ON_ASSISTANCE
        else:
            me.lists |= ON_ASSISTANCE
    episode = me.lists_home if me.situation == RETURNED else me.lists
    is_listed(me, t, episode, histories)
    me.helped = 2 if me.situation == RETURNED else 1
    set_situation(me, ASSISTED, t, census)


@rule
def is_listed(me, t, lists, histories):
    """The episode is over: which lists of this country hold the person? (E1)"""
    histories[t, me.place, lists] += me.weight
    me.ever_listed |= lists << (3 if me.place == me.home else 0)


@rule
def finds_no_place(me, t, hidden, histories, classes, census):
    """Accepted help, but every place was taken."""
    me.waiting = 0
    hidden[t, me.place].no_place += me.weight
    if me.situation != RETURNED:
        is_listed(me, t, me.lists, histories)
        goes_home(me, t, hidden, classes, census)


@rule
def leaves_shelter(me, t, ngos, places, hidden, classes, census):
    """Is repatriated, or leaves a shelter at home."""
    ngos[places[me.place].shelter].used -= me.weight
    if me.place != me.home:
        hidden[t, me.place].repatriated += me.weight
        if me.lists & ON_ASSISTANCE:
            hidden[t, me.place].listed_repatriated += me.weight
    goes_home(me, t, hidden, classes, census)


# --- home again ----------------------------------------------------------------------------------
@rule
def goes_home(me, t, hidden, classes, census):
    """Comes back; what became of the journey is told at home, more or less (A3)."""
    trafficked = me.recruiter != NOBODY
    if me.helped != 2:  # who was helped at home had come back before
        classes[me.klass].failure_now += me.weight
        if trafficked:
            hidden[t, me.home].returned += me.weight
    me.place = me.home
    me.official = NOBODY
    me.wakes = t + 1
    set_situation(me, RETURNED if trafficked else SEEKING, t, census)


@rule
def is_back_home(me, t, seed, par, places, ngos, hidden, settling, census):
    """Asks for help in the first month; then settles, or takes up an offer again, in a month drawn now (E6)."""
    here = par[t, me.home]
    if t > me.since + 1:
        settles = here.reintegrates * (here.support if me.helped == 2 else 1.0)
        if draw(seed, me.id, t, d.SETTLES) * (settles + here.retrafficked) < settles:
            set_situation(me, REINTEGRATED, t, census)
        elif places[me.home].pick > 0.0:
            me.part_offer = me.weight
        return
    if works(places[me.home].shelter, ngos):
        if draw(seed, me.id, t, d.HOME_HELP) < asks_for_help(me, here):
            is_met_at_home(me, t, seed, here, hidden)
    me.wakes = month_of_change(settling[me.home, 1 if me.helped == 2 else 0], t + 1,
                               draw(seed, me.id, t, d.RETURN_ENDS))


@rule
def is_met_at_home(me, t, seed, here, hidden):
    """Comes forward at home: the home country's helpers identify the person and offer help (E6)."""
    for_whom = hidden[t, me.home]
    for_whom.identified += me.weight
    for_whom.recognised += me.weight
    for_whom.offered_help += me.weight
    if draw(seed, me.id, t, d.HOME_ACCEPTS) < here.acceptance:
        me.waiting = 1
    else:
        for_whom.refused += me.weight


@rule
def month_of_change(chances, first, u):
    """First month from `first` on in which one of independent monthly chances comes true.

    By inversion of one uniform, so nobody has to be visited in the months between. Returns the
    number of months if it is never.
    """
    left = 1.0 - u
    survival = 1.0
    for month in range(first, len(chances)):
        survival *= 1.0 - chances[month]
        if survival <= left:
            return month
    return len(chances)


@rule
def asks_for_help(me, here):
    """Chance to ask for help at home: likely after help abroad, once only, rare otherwise."""
    if me.helped == 0:
        return here.home_self_referral
    return here.home_assistance if me.helped == 1 and me.mode != INTERNAL else 0.0
