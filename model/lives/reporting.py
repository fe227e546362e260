"""Into figures and registers: whoever recognises a victim reports it or does not; observation, without effect (E1).

Police, border guards, inspectors and care bodies (hotlines, outreach, shelters) report with rates of their own, which
events may move. Nobody stands in a country's register twice for being found once.
"""

from __future__ import annotations

from undercount.model.engine import decisions as d
from undercount.model.engine.compiled import rule
from undercount.model.engine.layout import BORDER, BY_BORDER, BY_CARE, BY_INSPECTORS, BY_POLICE, ON_POLICE
from undercount.model.engine.random import draw


@rule
def is_covered(me, t, w, here):
    """Stands in the country's figures of the identified."""
    if happens(here.covered, me, t, w, d.COVERED):
        w.hidden[t, me.place].listed_identified += me.weight


@rule
def is_reported(me, t, w, here):
    """The officials who recognised a person abroad report it, or else the helpers who did."""
    is_covered(me, t, w, here)
    me.reported = 0
    if me.lists & ON_POLICE:
        who = official_who_reports(me, t, w, here)
        rate = here.police_reports
        if who == BY_BORDER:
            rate = here.border_reports
        elif who == BY_INSPECTORS:
            rate = here.inspector_reports
        if happens(rate, me, t, w, d.REPORTED):
            enters_register(me, t, w, who)
    if me.lists != ON_POLICE:
        may_be_reported_by_care(me, t, w, here, d.REPORTED_BY_CARE)


@rule
def official_who_reports(me, t, w, here):
    """Border guards of who was met at a crossing; of who was found in a raid the police, or inspectors."""
    if me.lists != ON_POLICE:  # a call that was passed on
        return BY_POLICE
    if w.officials[me.official].kind == BORDER:
        return BY_BORDER
    return BY_INSPECTORS if happens(here.inspector_raids, me, t, w, d.INSPECTORS) else BY_POLICE


@rule
def is_reported_at_home(me, t, w, here):
    """Somebody who is back comes forward to helpers at home: a new episode, in another country's figures."""
    is_covered(me, t, w, here)
    me.reported = 0
    may_be_reported_by_care(me, t, w, here, d.REPORTED_BY_CARE)


@rule
def may_be_reported_by_care(me, t, w, here, decision):
    """Helpers report whom nobody has reported yet."""
    if me.reported == 0 and happens(here.care_reports, me, t, w, decision):
        enters_register(me, t, w, BY_CARE)


@rule
def enters_register(me, t, w, who):
    """Counts as registered in the country where the person is, by who reported it."""
    me.reported = 1
    for_whom = w.hidden[t, me.place]
    for_whom.registered += me.weight
    if who == BY_POLICE:
        for_whom.registered_by_police += me.weight
    elif who == BY_BORDER:
        for_whom.registered_by_border += me.weight
    elif who == BY_INSPECTORS:
        for_whom.registered_by_inspectors += me.weight
    else:
        for_whom.registered_by_care += me.weight


@rule
def happens(rate, me, t, w, decision):
    """A draw against a rate; none is drawn where there is nothing to decide."""
    return rate >= 1.0 or (rate > 0.0 and draw(w.seed, me.id, t, decision) < rate)
