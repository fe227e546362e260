"""A migrant's month: one rule, read top to bottom as a life.

Every function takes the person's own record `me` and the world as arrays (`layout.py`). An agent
may stand for several persons who travel as one party (`me.weight`); whatever happens to some of
them only is noted as a party that splits off (`part_*`) and carried out by `parties.py`.
Shared tallies are integers and are only added to, so the order of the agents does not matter.
What a recruit's way abroad looks like stands in `recruitment.py`, life there in `exploitation.py`,
and what follows being found, abroad and at home, in `assistance.py`.
"""

from __future__ import annotations

from undercount.model.engine import decisions as d
from undercount.model.engine.compiled import rule
from undercount.model.engine.layout import (
    ASSISTED,
    AT_HOME,
    CLANDESTINE,
    DEPRIVED,
    EXPLOITED,
    IDENTIFIED,
    INDEPENDENT,
    MINOR,
    MISIDENTIFIED,
    NOBODY,
    ON_POLICE,
    RECRUITED,
    REFUSED,
    REINTEGRATED,
    RETURNED,
    SEEKING,
    SMUGGLED,
)
from undercount.model.engine.luck import how_many
from undercount.model.engine.random import draw
from undercount.model.lives.assistance import goes_home, is_back_home, is_met_as_identified, leaves_shelter
from undercount.model.lives.beliefs import sees_stopped
from undercount.model.lives.crossing import STOPPED, journey
from undercount.model.lives.exploitation import is_exploited
from undercount.model.lives.held import is_held
from undercount.model.lives.recruitment import is_placed, meets_recruiter
from undercount.model.lives.situation import set_situation


@rule
def migrant_month(me, t, w):
    """One month of one migrant (parts 2, 3, 5, 6 and 7 of the month); changes `me` and tallies."""
    if me.situation == AT_HOME:
        if me.threshold > w.classes[me.klass].cumulative:
            return
        sets_out(me, t, w)
    if me.situation == SEEKING:
        looks_for_a_way(me, t, w)
    elif me.situation == INDEPENDENT or me.situation == REINTEGRATED:
        return
    elif me.situation == SMUGGLED:
        if me.leg == 0 and t > me.since and me.pool == NOBODY:  # pools cross by numbers: `crowds.py`
            is_smuggled(me, t, w)
    elif me.situation == RECRUITED:
        if t > me.since:
            is_moved(me, t, w)
    elif me.situation == EXPLOITED:
        is_exploited(me, t, w)
    elif me.situation == IDENTIFIED:
        is_met_as_identified(me, t, w)
    elif me.situation == MISIDENTIFIED or me.situation == REFUSED:
        if t > me.since:
            if me.situation == MISIDENTIFIED and me.place != me.home:
                w.hidden[t, me.place].deported += me.weight
            goes_home(me, t, w)
    elif me.situation == ASSISTED:
        if t - me.since >= w.par[t, me.place].shelter_months:
            leaves_shelter(me, t, w)
    elif me.situation == RETURNED:
        if t >= me.wakes:
            is_back_home(me, t, w)


@rule
def sets_out(me, t, w):
    """Starts to look for a way out (part 2)."""
    set_situation(me, t, w, SEEKING)
    w.actors[t, me.home].set_out += me.weight


@rule
def looks_for_a_way(me, t, w):
    """Stays, goes legally, hires a smuggler or takes an offer (part 3).

    A multinomial logit over four ways with staying as reference [1]. The persons of a party choose
    each for themselves; those who stay keep looking next month.

    1. McFadden (1974), Conditional logit analysis of qualitative choice behavior.
    """
    here = w.par[t, me.home]
    home = w.places[me.home]
    aware = awareness_of(me, here, home)
    freely = w.facts[t, me.home].visa_free > 0.0
    legal = here.legal_openness * (1.0 + here.awareness_legal * aware) * (here.visa_free_gain if freely else 1.0)
    legal *= here.free_work_gain ** w.facts[t, me.home].free_work
    need = 1.0 - here.visa_free_loss if freely else 1.0  # of a go-between
    smuggler = here.smuggler_appeal * need
    offer = here.offer_appeal * need * home.meets * me.accepts * (1.0 - aware * here.awareness_effect)
    if me.age_band == MINOR:
        offer *= here.minor_effect
    total = 1.0 + legal + smuggler + offer
    left = me.weight
    me.part_legal = how_many(left, legal / total, w.seed, me.id, t, d.WAY_LEGAL)
    left -= me.part_legal
    total -= legal
    me.part_smuggled = how_many(left, smuggler / total, w.seed, me.id, t, d.WAY_SMUGGLER)
    left -= me.part_smuggled
    total -= smuggler
    me.part_offer = how_many(left, offer / total, w.seed, me.id, t, d.WAY_OFFER)


@rule
def awareness_of(me, here, home):
    """Knowledge of rights and risks where the person lives, from 0 to 1 (A4)."""
    return home.awareness * (here.awareness_deprived if me.zone == DEPRIVED else 1.0)


@rule
def is_smuggled(me, t, w):
    """Crosses with a smuggler; the business ends at the border, unless debt turns it into another (B4)."""
    me.mode = CLANDESTINE
    if journey(me, t, w) == STOPPED:
        w.hidden[t, me.place].deported += me.weight
        goes_home(me, t, w)
        return
    there = w.par[t, me.place]
    me.leg = w.routes[me.route].legs
    me.since = t
    in_debt = draw(w.seed, me.id, t, d.SMUGGLED_DEBT) < there.smuggled_in_debt
    if in_debt and draw(w.seed, me.id, t, d.SMUGGLED_TRAPPED) < there.smuggled_to_trafficked:
        if w.places[me.home].pick > 0.0:
            is_trapped(me, t, w)
            return
    w.classes[me.klass].success_now += me.weight


@rule
def is_trapped(me, t, w):
    """Has arrived in debt to a smuggler, and is handed to a cell for it (B4)."""
    there = w.par[t, me.place]
    me.recruiter = meets_recruiter(me, t, w)
    me.debt = there.leg_cost * me.leg * there.document_debt
    is_placed(me, t, w)
    begins_exploitation(me, t, w)


@rule
def is_moved(me, t, w):
    """Is taken over the crossings of the route (part 5); whoever is stopped is met by an official."""
    if journey(me, t, w) != STOPPED:
        begins_exploitation(me, t, w)
        return
    sees_stopped(me, w)
    me.lists = ON_POLICE
    w.hidden[t, me.place].identified += me.weight
    set_situation(me, t, w, IDENTIFIED)


@rule
def begins_exploitation(me, t, w):
    """Arrives; the third phase of trafficking begins."""
    me.times += 1
    me.left_behind = 0
    w.hidden[t, me.place].newly_exploited += me.weight
    if me.times > 1:
        w.hidden[t, me.place].retrafficked += me.weight
    w.flows[t, me.home, me.place, me.mode, me.venue] += me.weight
    set_situation(me, t, w, EXPLOITED)
    is_held(me, t, w)
