"""After being found: recognised, offered help, sheltered, home, settled or trafficked again (part 7)."""

from __future__ import annotations

from undercount.model.engine import decisions as d
from undercount.model.engine.compiled import question, rule
from undercount.model.engine.layout import (
    ASSISTED,
    HELD,
    HELD_MONTHS,
    HELPED_ABROAD,
    HELPED_AT_HOME,
    INTERNAL,
    MINOR,
    MISIDENTIFIED,
    NOBODY,
    NOT_HELPED,
    ON_ASSISTANCE,
    ON_POLICE,
    PAID,
    REFUSED,
    REINTEGRATED,
    RETURNED,
    SEEKING,
)
from undercount.model.engine.random import draw
from undercount.model.lives.crossing import official_at, pays, recognises, takes_bribe
from undercount.model.lives.ngo import works
from undercount.model.lives.reporting import is_reported, is_reported_at_home, may_be_reported_by_care
from undercount.model.lives.situation import set_situation

# What the officer and the helpers make of somebody who was found.
MISREAD, NO_PROGRAMME, NOT_REFERRED, DECLINES, ACCEPTS = range(5)


@rule
def is_met_as_identified(me, t, w):
    """Recognised or misread, referred or not, offered help, accepts or refuses (part 7)."""
    if t == me.since or me.waiting == 1:
        return
    outcome = met_as_identified(me, t, w)
    if outcome == MISREAD:
        w.hidden[t, me.place].misidentified += me.weight
        me.lists = 0  # held as an offender: on no list of victims
        set_situation(me, t, w, MISIDENTIFIED)
        return
    w.hidden[t, me.place].recognised += me.weight
    w.places[me.place].recognised_now += me.weight
    is_reported(me, t, w, w.par[t, me.place])
    testifies = outcome == ACCEPTS and is_witness(me, t, w)
    tells_on_recruiter(me, t, w, testifies)
    if outcome == ACCEPTS:
        w.hidden[t, me.place].offered_help += me.weight
        me.waiting = 1
        return
    is_listed(me, t, w, me.lists)
    if outcome == DECLINES:
        w.hidden[t, me.place].offered_help += me.weight
        w.hidden[t, me.place].refused += me.weight
        set_situation(me, t, w, REFUSED)
    else:  # recognised, but nobody was told: sent home without help
        goes_home(me, t, w)


@question
def met_as_identified(me, t, w):
    """MISREAD, NO_PROGRAMME, NOT_REFERRED, DECLINES or ACCEPTS: what being found leads to (E2-E5, E7)."""
    here = w.par[t, me.place]
    by_police_alone = me.lists == ON_POLICE
    if by_police_alone and not recognised(me, t, w, here):
        return MISREAD
    if not works(w.places[me.place].shelter, w.ngos):
        return NO_PROGRAMME
    if not offered_help(me, t, w, here, by_police_alone):
        return NOT_REFERRED
    return ACCEPTS if accepts_help(me, t, w, here) else DECLINES


@rule
def is_witness(me, t, w):
    """Does somebody who accepted help testify? Then police trust testimony more (D6)."""
    here = w.par[t, me.place]
    testifies = draw(w.seed, me.id, t, d.TESTIFIES) < min(1.0, here.testimony * (1.0 + here.protection))
    if testifies:
        w.places[me.place].testified_now += me.weight
    return testifies


@rule
def recognised(me, t, w, here):
    """Does the officer who found the person see a victim or an offender? (E5, E7)"""
    if not recognises(w.officials[me.official], here, draw(w.seed, me.id, t, d.RECOGNISED)):
        return False
    return draw(w.seed, me.id, t, d.TREATED_AS_OFFENDER) >= here.victim_prosecution


@rule
def offered_help(me, t, w, here, by_police_alone):
    """Helpers offer help themselves; police refer some, minors on a path of their own (A7, E4)."""
    if not by_police_alone:
        return True
    chance = here.referral * (here.minor_referral if me.age_band == MINOR else 1.0)
    return draw(w.seed, me.id, t, d.REFERRED) < chance


@rule
def accepts_help(me, t, w, here):
    """Fear, conditions and small payments make people decline (C8, E2, E3, E7)."""
    chance = here.acceptance * (1.0 - here.conditions * here.conditions_cost)
    chance *= 1.0 + here.protection
    if me.treatment == PAID:
        chance *= 1.0 - here.payment_refusal
    if me.age_band == MINOR:
        chance *= here.minor_referral
    return draw(w.seed, me.id, t, d.ACCEPTS) < chance


@rule
def tells_on_recruiter(me, t, w, testifies):
    """Adds to the evidence against the cell, in millionths of an expected arrest (D1, D3, D5).

    The country of exploitation acts on it as far as its law allows and its prosecutor is not bought;
    what is passed on reaches the police of the cell's own country later, under their law.
    """
    if me.recruiter == NOBODY:
        return
    here = w.par[t, me.place]
    cell = w.recruiters[me.recruiter]
    chance = here.arrest_testimony if testifies else here.arrest_intelligence
    if not case_is_dropped(me, t, w, here, cell.network):
        heat = int(1e6 * chance * gate_of(here, w.facts[t, me.place].law)) * me.weight
        cell.heat_now += heat
        if me.age_band == MINOR:
            cell.minors_now += heat
    if cell.country != me.place:
        home = w.par[t, cell.country]
        passed_on = here.intelligence_sharing * gate_of(home, w.facts[t, cell.country].law)
        cell.heat_shared += int(1e6 * chance * passed_on) * me.weight


@rule
def gate_of(here, law):
    """Share of cases that a country's law lets go to court: none, partial or full law (D3)."""
    if law > 0.5:
        return here.law_partial + (1.0 - here.law_partial) * (2.0 * law - 1.0)
    return here.law_none + (here.law_partial - here.law_none) * 2.0 * law


@rule
def case_is_dropped(me, t, w, here, network):
    """Does the prosecutor who has the case take a bribe to drop it? (D1)"""
    court = w.posts[w.places[me.place].court]
    prosecutor = w.officials[official_at(court, draw(w.seed, me.id, t, d.PROSECUTOR))]
    if takes_bribe(prosecutor, here, draw(w.seed, me.id, t, d.CASE_DROPPED)):
        pays(prosecutor, network, 1)
        return True
    return False


@rule
def enters_shelter(me, t, w, here):
    """Gets the place that was free, is entered on the list, and counts as assisted."""
    me.waiting = 0
    w.ngos[w.places[me.place].shelter].used += me.weight
    w.hidden[t, me.place].assisted += me.weight
    may_be_reported_by_care(me, t, w, here, d.REPORTED_BY_SHELTER)
    at_home = me.place == me.home
    on_list = 0
    if draw(w.seed, me.id, t, d.HOME_REGISTERED if at_home else d.REGISTERED) < here.registered:
        w.hidden[t, me.place].listed_assisted += me.weight
        on_list = ON_ASSISTANCE
    if me.situation == RETURNED:  # a second episode, after the one abroad
        me.lists_home |= on_list
        me.helped = HELPED_AT_HOME
        is_listed(me, t, w, me.lists_home)
    else:
        me.lists |= on_list
        me.helped = HELPED_ABROAD
        is_listed(me, t, w, me.lists)
    set_situation(me, t, w, ASSISTED)


@rule
def is_listed(me, t, w, lists):
    """The episode is over: which lists of this country hold the person? (E1)

    For whoever compares lists it is noted of those found here this year where they were held, and for how many
    of its months; and of those listed at home, with which lists abroad, if they were entered there in the same
    year. This changes nobody's life.
    """
    w.histories[t, me.place, lists] += me.weight
    january = t - int(w.facts[t, me.place].since_january)
    route = w.routes[me.route]
    if me.situation == RETURNED:
        if lists != 0 and me.lists != 0 and me.listed >= january:
            abroad = route.destination if me.leg == route.legs else route.places[me.leg]
            w.relisted[t, abroad, me.lists] += me.weight
        return
    me.listed = t
    if me.leg == route.legs and me.since >= january:
        held = w.exposures[t, me.place, lists, me.venue]
        held[HELD] += me.weight
        held[HELD_MONTHS] += min(me.months, me.since - january) * me.weight


@rule
def finds_no_place(me, t, w):
    """Accepted help, but every place was taken."""
    me.waiting = 0
    w.hidden[t, me.place].no_place += me.weight
    if me.situation != RETURNED:
        is_listed(me, t, w, me.lists)
        goes_home(me, t, w)


@rule
def leaves_shelter(me, t, w):
    """Is repatriated, or leaves a shelter at home."""
    w.ngos[w.places[me.place].shelter].used -= me.weight
    if me.place != me.home:
        w.hidden[t, me.place].repatriated += me.weight
        if me.lists & ON_ASSISTANCE:
            w.hidden[t, me.place].listed_repatriated += me.weight
    goes_home(me, t, w)


@rule
def goes_home(me, t, w):
    """Comes back; what became of the journey is told at home, more or less (A3)."""
    trafficked = me.recruiter != NOBODY
    if me.helped != HELPED_AT_HOME:  # who was helped at home had come back before
        w.classes[me.klass].failure_now += me.weight
        if trafficked:
            w.hidden[t, me.home].returned += me.weight
    me.place = me.home
    me.official = NOBODY
    me.wakes = t + 1
    set_situation(me, t, w, RETURNED if trafficked else SEEKING)


@rule
def is_back_home(me, t, w):
    """Asks for help in the first month; then settles, or takes up an offer again, in a month drawn now (E6)."""
    here = w.par[t, me.home]
    if t > me.since + 1:
        settles = here.reintegrates * (here.support if me.helped == HELPED_AT_HOME else 1.0)
        if draw(w.seed, me.id, t, d.SETTLES) * (settles + here.retrafficked) < settles:
            set_situation(me, t, w, REINTEGRATED)
        elif w.places[me.home].pick > 0.0:
            me.part_offer = me.weight
        return
    if works(w.places[me.home].shelter, w.ngos):
        if draw(w.seed, me.id, t, d.HOME_HELP) < asks_for_help(me, t, w, here):
            is_met_at_home(me, t, w, here)
    me.wakes = month_of_change(w.settling[me.home, 1 if me.helped == HELPED_AT_HOME else 0], t + 1,
                               draw(w.seed, me.id, t, d.RETURN_ENDS))


@rule
def is_met_at_home(me, t, w, here):
    """Comes forward at home: the home country's helpers identify the person and offer help (E6)."""
    for_whom = w.hidden[t, me.home]
    for_whom.identified += me.weight
    for_whom.recognised += me.weight
    is_reported_at_home(me, t, w, here)
    for_whom.offered_help += me.weight
    if draw(w.seed, me.id, t, d.HOME_ACCEPTS) < here.acceptance:
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
def asks_for_help(me, t, w, here):
    """Chance to be helped at home: likely after help abroad, once only; rare otherwise, by where one was (E6).

    How many of both the helpers at home reach changes from year to year.
    """
    if me.helped == HELPED_ABROAD:
        return here.home_assistance * here.home_reach if me.mode != INTERNAL else 0.0
    there = w.par[t, w.routes[me.route].destination]
    return there.return_referral * here.home_reach if me.helped == NOT_HELPED else 0.0
