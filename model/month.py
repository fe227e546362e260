"""One month, part by part: the schedule of the model stands here and nowhere else.

`run_months` is the fast path: whole months, all agents, one call that holds no interpreter lock.
`TraffickingModel.step` walks through the same parts with `mesa` activation. All arguments are the
arrays of a `World` (`world.py`); `t` is the month, counted from 0.
"""

from __future__ import annotations

import math

import numpy as np
from undercount.model.country.balance import draws_cells, remembers_corridors, takes_stock
from undercount.model.country.markets import prices
from undercount.model.engine.borrowed import borrowed, fetch_ahead
from undercount.model.engine.compiled import part, rule
from undercount.model.engine.home import hazard
from undercount.model.engine.layout import (
    BORDER,
    EXPLOITED,
    INDEPENDENT,
    NOBODY,
    POLICE,
    PUBLIC,
    REINTEGRATED,
    RETURNED,
    SEEKING,
    SMUGGLED,
    WARM_UP,
)
from undercount.model.engine.parties import admissions, has_business, parts, rows_needed
from undercount.model.engine.pools import pool_sets_out
from undercount.model.lives.migrant import migrant_month
from undercount.model.lives.ngo import ngo_month
from undercount.model.lives.official import official_month
from undercount.model.lives.recruiter import clears_seen, clears_tallies, recruiter_month, shares_lessons

AHEAD = 8  # rows fetched into the cache before their turn


@part
def run_months(first, last, tables):
    """Runs the months first <= t < last; returns the month reached, earlier if rows run out.

    `counts` holds: active rows, rows in use, 1 while a month has begun and not ended, rows that
    this month's parties may need, rows pending in `settle`, and pools of people at home.
    """
    w = borrowed(tables)
    for t in range(first, last):
        if w.counts[2] == 0:  # parts 1 and 2: events, push and pull
            begin_month(t, w)
        if w.counts[1] + w.counts[3] > len(w.people):
            return t
        for a in range(w.counts[0]):  # parts 3, 5, 6, 7: ways, transport, exploitation, help
            fetch_ahead(w.people, w.active[min(a + AHEAD, w.counts[0] - 1)])
            fetch_ahead(w.recruiters, max(0, w.people[w.active[min(a + AHEAD // 2, w.counts[0] - 1)]].recruiter))
            migrant_month(w.people[w.active[a]], t, w)
            if has_business(w.people[w.active[a]]):
                w.pending[w.counts[4]] = w.active[a]
                w.counts[4] += 1
        settle(t, w)
        for r in range(len(w.recruiters)):  # parts 4, 8, 9: choice of options, justice, learning
            recruiter_month(w.recruiters[r], t, w)
        for n in range(len(w.officials)):  # part 8: pay, investigation, dismissal
            official_month(w.officials[n], t, w)
        for n in range(len(w.ngos)):  # part 9: programmes start, grow, adapt
            ngo_month(w.ngos[n], t, w)
        end_month(t, w)
    return last


@part
def begin_month(t, w):
    """Part 1 and 2: what the month finds (laws, markets, offers) and who will look for a way out."""
    w.counts[2] = 1
    if t == WARM_UP:
        takes_stock(t, w)
    for r in range(len(w.recruiters)):
        clears_tallies(w.recruiters[r])
    finds_police_in_pay(w)
    for c in range(len(w.places)):
        informs(t, w, w.par[t, c], w.places[c])
        prices(t, w.par[t, c], w.facts[t, c], w.places[c])
        hears_offers(w, w.par[t, c], w.facts[t, c], w.places[c])
        draws_cells(t, w.par[t, c], w.facts[t, c], w.places[c])
    for k in range(len(w.classes)):
        raises_hazard(t, w, w.classes[k])
        klass = w.classes[k]
        while klass.next < klass.last and w.people[klass.next].threshold <= klass.cumulative:
            w.counts[3] += rows_needed(w.people[klass.next], w)
            w.active[w.counts[0]] = klass.next
            w.counts[0] += 1
            klass.next += 1
    for n in range(w.counts[5]):
        at_home, looking = w.people[n], w.people[w.counts[5] + n]
        w.counts[3] += pool_sets_out(at_home, looking, t, w, w.par[0, at_home.home], w.classes[at_home.klass])
    entry = w.calendar[0, t]
    while entry != 0:  # those who settle or leave again this month
        w.counts[3] += rows_needed(w.people[entry - 1], w)
        w.active[w.counts[0]] = entry - 1
        w.counts[0] += 1
        entry = w.calendar[1, entry - 1]


@rule
def finds_police_in_pay(w):
    """Which networks have police in their pay, place by place, as bits (D2)."""
    for n in range(len(w.networks)):
        w.networks[n].police_in_pay = 0
    for n in range(len(w.officials)):
        if w.officials[n].kind == POLICE and w.officials[n].in_pay != NOBODY:
            network = w.networks[w.officials[n].in_pay]
            network.police_in_pay |= np.int64(1) << np.int64(w.officials[n].place)


@rule
def informs(t, w, here, place):
    """What prevention programmes add to awareness fades (A4)."""
    if t == 0:
        place.awareness = here.awareness_start
    faded = math.exp(-math.log(2.0) / max(1.0, here.awareness_halflife))
    place.awareness = here.awareness_start + faded * (place.awareness - here.awareness_start)
    if place.prevention != NOBODY and w.ngos[place.prevention].active == 1:
        place.awareness += here.campaign_effort * w.ngos[place.prevention].strength * (1.0 - place.awareness)


@rule
def hears_offers(w, here, facts, place):
    """How likely a seeker is to meet an offer that deserves trust, and whose it would be (A6, C7)."""
    total = 0.0
    active = 0
    custody = 0
    profit = 0.0
    arrests = 0
    idle = 0
    for r in range(place.first_recruiter, place.first_recruiter + place.recruiters):
        cell = w.recruiters[r]
        trust = here.trust_acquaintance
        if cell.channel == 1:
            trust = here.trust_agency
        elif cell.channel == 2:
            trust = here.trust_advertisement
        elif cell.channel == 3:
            trust = here.trust_internet * facts.online
        total += cell.active * trust
        cell.pick = total
        active += cell.active
        custody += cell.custody
        idle += cell.idle
        profit += cell.profit
        arrests += cell.arrests
    place.pick = total
    place.active = active
    place.custody = custody
    place.idle = idle
    place.profit += 0.1 * (profit / max(1, active) - place.profit)
    place.risk += 0.1 * (arrests / max(1, active + arrests) - place.risk)
    seekers = max(1.0, float(place.seekers))
    place.meets = 1.0 - math.exp(-here.offers_per_cell * total / seekers)


@rule
def raises_hazard(t, w, klass):
    """Adds the month's hazard, given what contacts report (A3)."""
    here = w.par[t, klass.home]
    heard = klass.success + here.failure_told * klass.failure
    mood = 0.0
    if heard > 0.0:
        mood = (klass.success - here.failure_told * klass.failure) / (heard + 1e-4 * klass.persons)
    klass.rise = hazard(here, w.facts[t, klass.home], klass.zone, klass.working, mood)
    klass.cumulative += klass.rise


@part
def with_business(w):
    """Rows for `settle`, where the agents were stepped from outside."""
    for a in range(w.counts[0]):
        if has_business(w.people[w.active[a]]):
            w.pending[w.counts[4]] = w.active[a]
            w.counts[4] += 1


@part
def settle(t, w):
    """Carries out what concerns several agents: parties split off, and shelters admit (part 7)."""
    rows = w.counts[1]
    before = rows
    waiting = np.empty(w.counts[4], np.int64)
    n_waiting = 0
    for a in range(w.counts[4]):
        me = w.people[w.pending[a]]
        if me.waiting == 1:
            waiting[n_waiting] = w.pending[a]
            n_waiting += 1
        else:
            rows = parts(me, t, w, rows)
    w.counts[4] = 0
    for row in range(before, rows):
        w.active[w.counts[0]] = row
        w.counts[0] += 1
    w.counts[1] = rows
    admissions(t, w, waiting, n_waiting)
    shares_experience(t, w)


@rule
def shares_experience(t, w):
    """Cells of a network share what they saw (C1)."""
    for n in range(len(w.networks)):
        clears_seen(w.networks[n])
    for r in range(len(w.recruiters)):
        adds_experience(w.networks[w.recruiters[r].network], w.recruiters[r])
    for n in range(len(w.networks)):
        touched = w.networks[n].touched
        k = 0
        while touched > 0:
            if touched & 1:
                shares_lessons(w.networks[n], w.par[t, w.networks[n].country], k)
            touched >>= 1
            k += 1


@rule
def adds_experience(network, cell):
    """One cell's tallies of the month."""
    network.touched |= cell.touched
    touched = cell.touched
    k = 0
    while touched > 0:
        if touched & 1:
            network.tried_entry[k] += cell.tried_entry[k]
            network.lost_entry[k] += cell.lost_entry[k]
            network.held_place[k] += cell.held_place[k]
            network.lost_place[k] += cell.lost_place[k]
        touched >>= 1
        k += 1
    for k in range(2):
        network.moved_mode[k] += cell.moved_mode[k]
        network.lost_mode[k] += cell.lost_mode[k]
        network.held_venue[k] += cell.held_venue[k]
        network.lost_venue[k] += cell.lost_venue[k]
        network.held_treatment[k] += cell.held_treatment[k]
        network.lost_treatment[k] += cell.lost_treatment[k]


@part
def end_month(t, w):
    """Part 9 and 10: patrols and raids move, reports travel home, the month is written down."""
    w.counts[2] = 0
    counts_persons(t, w)
    remembers_corridors(t, w)
    moves_patrols(t, w)
    for c in range(len(w.places)):
        moves_raids(w.par[t, c], w.places[c])
    for k in range(len(w.classes)):
        remembers(w.par[t, w.classes[k].home], w.classes[k])
    for s in range(len(w.census)):
        w.censuses[t, s] = w.census[s]


@rule
def counts_persons(t, w):
    """Who is in exploitation and who is looking for a way, by place.

    Drops from the active rows those who are settled, and those back home until the month in their
    calendar: `calendar[0, month]` is 1 + the first row of a month and
    `calendar[1, row]` 1 + the next one; 0 is none.
    """
    for c in range(len(w.places)):
        w.places[c].seekers = 0
        w.places[c].stock = 0
    kept = 0
    w.counts[3] = 0
    for a in range(w.counts[0]):
        fetch_ahead(w.people, w.active[min(a + AHEAD, w.counts[0] - 1)])
        me = w.people[w.active[a]]
        if me.situation == EXPLOITED:
            w.places[me.place].stock += me.weight
            if me.venue == PUBLIC:
                w.hidden[t, me.place].in_public += me.weight
        elif me.situation == SEEKING:
            w.places[me.home].seekers += me.weight
        done = (me.situation == INDEPENDENT or me.situation == REINTEGRATED
                or (me.situation == SMUGGLED and me.leg > 0))
        if me.situation == RETURNED and me.wakes > t + 1:
            done = True
            if me.wakes < len(w.hidden):
                w.calendar[1, w.active[a]] = w.calendar[0, me.wakes]
                w.calendar[0, me.wakes] = w.active[a] + 1
        if not done:
            w.counts[3] += rows_needed(me, w)
            w.active[kept] = w.active[a]
            kept += 1
    w.counts[0] = kept
    for c in range(len(w.places)):
        w.hidden[t, c].in_exploitation = w.places[c].stock
    for r in range(len(w.recruiters)):
        w.actors[t, w.recruiters[r].country].recruiters_active += w.recruiters[r].active
        w.actors[t, w.recruiters[r].country].recruiters_in_custody += w.recruiters[r].custody


@rule
def moves_patrols(t, w):
    """Patrols at borders drift towards recent detections; their sum stays the same (C1)."""
    mean = 0.0
    borders = 0
    for p in range(len(w.posts)):
        post = w.posts[p]
        post.arrivals = post.arrivals_now
        post.found += 0.2 * (post.found_now - post.found)
        post.arrivals_now = 0
        post.found_now = 0
        if post.kind == BORDER:
            mean += post.found
            borders += 1
    if borders == 0 or mean <= 0.0:
        return
    mean /= borders
    total = 0.0
    for p in range(len(w.posts)):
        if w.posts[p].kind == BORDER:
            target = min(3.0, max(0.3, w.posts[p].found / mean))
            w.posts[p].patrol += w.par[t, w.posts[p].place].patrol_shift * (target - w.posts[p].patrol)
            total += w.posts[p].patrol
    for p in range(len(w.posts)):
        if w.posts[p].kind == BORDER:
            w.posts[p].patrol *= borders / total


@rule
def moves_raids(here, place):
    """Raids drift towards the kind of venue where victims were found; testimony feeds new raids (D6)."""
    found = place.found_public + place.found_private
    if found > 0:
        share = min(0.9, max(0.1, place.found_private / found))
        place.attention += here.patrol_shift * (share - place.attention)
    if place.recognised_now > 0:
        usual = max(1e-9, place.testimony_start)
        level = min(2.0, place.testified_now / place.recognised_now / usual)
        place.testimony += 0.1 * (level - place.testimony)
    place.found_public = 0
    place.found_private = 0
    place.recognised_now = 0
    place.testified_now = 0


@rule
def remembers(here, klass):
    """Reports of success and failure are heard and fade (A3)."""
    keep = 1.0 - 1.0 / max(1.0, here.report_memory)
    klass.success = klass.success * keep + klass.success_now
    klass.failure = klass.failure * keep + klass.failure_now
    klass.success_now = 0
    klass.failure_now = 0
