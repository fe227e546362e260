"""An official's month: bribed ones may enter a network's pay, some are investigated and dismissed."""

from __future__ import annotations

import math

from undercount.model.engine import decisions as d
from undercount.model.engine.compiled import rule
from undercount.model.engine.layout import ALMOST_NOTHING, INVESTIGATED, NOBODY, SERVING
from undercount.model.engine.random import draw


@rule
def official_month(me, t, w):
    """One month of one official (part 8 of the month); changes `me` and the month's tallies."""
    here = w.par[t, me.place]
    if me.status == INVESTIGATED:
        awaits_judgement(me, t, w, here)
    elif me.in_pay != NOBODY:
        stays_bought(me, t, w, here)
    elif me.bribes_now > 0:
        may_enter_pay(me, t, w, here)
    me.trained = 1 if me.training_draw < here.training else 0
    me.bribes += me.bribes_now
    me.bribes_now = 0
    me.suitor = NOBODY
    if me.in_pay != NOBODY:
        w.actors[t, me.place].officials_in_pay += 1


@rule
def may_enter_pay(me, t, w, here):
    """Each bribe taken may put an official on the payroll (D2)."""
    if me.suitor == NOBODY:
        return
    fault = min(1.0, here.corruption * (1.0 - me.integrity))
    chance = -math.expm1(me.bribes_now * math.log1p(-min(1.0 - ALMOST_NOTHING, here.capture * fault)))
    if draw(w.seed, me.id, t, d.CAPTURED) < chance:
        me.in_pay = me.suitor
        me.since = t


@rule
def stays_bought(me, t, w, here):
    """Leaves the payroll, or comes under investigation (D2)."""
    if draw(w.seed, me.id, t, d.INVESTIGATED) < min(1.0, here.investigation * here.enforcement):
        me.status = INVESTIGATED
        me.since = t
        me.in_pay = NOBODY
        w.actors[t, me.place].officials_investigated += 1
    elif draw(w.seed, me.id, t, d.RELEASED) < here.release_from_pay:
        me.in_pay = NOBODY


@rule
def awaits_judgement(me, t, w, here):
    """Is dismissed and replaced by somebody else at the same post, or cleared after a year."""
    if draw(w.seed, me.id, t, d.DISMISSED) < here.dismissal:
        w.actors[t, me.place].officials_dismissed += 1
        me.dismissed += 1
        me.status = SERVING
        me.since = t
        me.bribes = 0
        me.integrity = integrity_of(w.seed, me.id, me.dismissed, w.facts[t, me.place].integrity)
        me.training_draw = draw(w.seed, me.id, me.dismissed, d.TRAINED)
    elif t - me.since >= here.investigation_months:
        me.status = SERVING
        me.since = t


@rule
def integrity_of(seed, who, generation, mean):
    """Integrity of the officer at a post: triangular around the country's mean, within 0 and 1 (D1)."""
    spread = min(mean, 1.0 - mean)
    u = draw(seed, who, 2 * generation, d.INTEGRITY) + draw(seed, who, 2 * generation + 1, d.INTEGRITY)
    return mean + spread * (u - 1.0)
