"""Who is active, who waits for what, and the numbers that a month leaves in its tables."""

from __future__ import annotations

from undercount.model.engine.borrowed import fetch_ahead
from undercount.model.engine.calendar import gives_page_back, waits
from undercount.model.engine.compiled import part, rule
from undercount.model.engine.layout import (
    ACTIVE,
    AHEAD,
    EXPLOITED,
    INDEPENDENT,
    NEEDED,
    PENDING,
    POOLS,
    REINTEGRATED,
    RETURNED,
    SEEKING,
    SMUGGLED,
)
from undercount.model.engine.lent import lent
from undercount.model.engine.parties import has_business, rows_needed
from undercount.model.engine.pools import pool_sets_out
from undercount.model.lives.exploitation import next_look


@rule
def wakes(row, w):
    """The person in this row is visited this month. Where nobody ever splits nobody needs rows: it is not looked at."""
    if w.party_size > 1 or w.counts[POOLS] == 0:
        w.counts[NEEDED] += rows_needed(w.people[row], w)
    w.active[w.counts[ACTIVE]] = row
    w.counts[ACTIVE] += 1


@rule
def wake_up(t, w):
    """Those who begin to look for a way out, and those back home who settle or leave again this month."""
    for k in range(len(w.classes)):
        klass = w.classes[k]
        while klass.next < klass.last and w.people[klass.next].threshold <= klass.cumulative:
            wakes(klass.next, w)
            klass.next += 1
    for n in range(w.counts[POOLS]):
        at_home, looking = w.people[n], w.people[w.counts[POOLS] + n]
        w.counts[NEEDED] += pool_sets_out(at_home, looking, t, w, w.par[0, at_home.home], w.classes[at_home.klass])
    month = w.agenda[t]  # `calendar.py`
    while month.page > 0:
        for line in range(1, month.rows + 1):
            wakes(w.calendar[month.page, line], w)
        gives_page_back(month, w)


@rule
def files(row, kept, t, w):
    """What becomes of a row after its month: it has business for `settle`, waits for a month, is done, or is kept.

    `kept` rows are active so far; returns how many are now.
    """
    me = w.people[row]
    if has_business(me):
        w.pending[w.counts[PENDING]] = row
        w.counts[PENDING] += 1
    elif rests(me, t, w):
        return kept
    w.active[kept] = row
    return kept + 1


@rule
def rests(me, t, w):
    """Is nothing to be done for the person before a later month, in whose list it is entered, or ever?"""
    if me.situation == EXPLOITED:
        me.wakes = next_look(me, t, w)
        waits(me, w)
        return True
    if me.situation == RETURNED and me.wakes > t + 1:
        waits(me, w)
        return True
    return (me.situation == INDEPENDENT or me.situation == REINTEGRATED
            or (me.situation == SMUGGLED and me.leg > 0))


@part
def files_all(t, address):
    """All active rows, where the agents were stepped from outside."""
    w = lent(address)
    kept = 0
    for a in range(w.counts[ACTIVE]):
        kept = files(w.active[a], kept, t, w)
    w.counts[ACTIVE] = kept


@rule
def counts_persons(t, w):
    """Who is in exploitation and who is looking for a way, by place; keeps the rows that are visited next month."""
    for c in range(len(w.places)):
        w.places[c].seekers = 0
    kept = 0
    w.counts[NEEDED] = 0
    for a in range(w.counts[ACTIVE]):
        fetch_ahead(w.people, w.active[min(a + AHEAD, w.counts[ACTIVE] - 1)], 0)
        me = w.people[w.active[a]]
        if me.situation == SEEKING:
            w.places[me.home].seekers += me.weight
        if not rests(me, t, w):
            w.counts[NEEDED] += rows_needed(me, w)
            w.active[kept] = w.active[a]
            kept += 1
    w.counts[ACTIVE] = kept
    for c in range(len(w.places)):
        w.hidden[t, c].in_exploitation = w.places[c].stock
        w.hidden[t, c].in_public = w.places[c].in_public
