"""What a cell sees of losses, what its network tells it, and what it believes (B1, C1, C2, C3, C6, C8).

Every month a network tells its cells what they all saw, and whoever saw nothing of a thing follows:

    belief <- belief + step * (seen - belief)

That is the same for all of them, so it is written down once, in the network: a belief is

    keep * own + told

where `keep` and `told` are the network's and move with every lesson, and `own` is the cell's and moves only when it
saw something of the thing itself. No cell is visited for what others saw.
"""

from __future__ import annotations

import numpy as np
from undercount.model.engine.bits import least
from undercount.model.engine.borrowed import fetch_ahead
from undercount.model.engine.compiled import rule
from undercount.model.engine.layout import (
    CACHE_LINE,
    CLANDESTINE,
    ENTRY,
    EXPLOITED,
    HOLDING,
    LEARNS,
    MIND,
    MODE,
    ONE,
    RECRUITED,
    SEEN,
    TREATMENT,
    VENUE,
)

# Where what a mind holds of methods begins, and how large is what it holds of a country: see `fetch_mind`.
METHODS, BYTES_SEEN = MIND.fields["held_venue"][1], SEEN.itemsize
LEAST_KEPT = 1e-200  # of what was believed at first, before own parts are written anew: numbers can hold no less


# --- what is seen -------------------------------------------------------------------------------------
@rule
def sees_entry(me, w, place):
    """The cell takes somebody over a border."""
    if w.counts[LEARNS] == 1:
        notes_country(me, w, place)
        w.minds[me.recruiter].at[place].tried_entry += me.weight
        w.networks[w.recruiters[me.recruiter].network].tried_entry[place] += me.weight


@rule
def sees_stopped(me, w):
    """The cell loses somebody at a border."""
    if w.counts[LEARNS] == 1:
        mind, network = w.minds[me.recruiter], w.networks[w.recruiters[me.recruiter].network]
        mode = 0 if me.mode == CLANDESTINE else 1
        mind.at[me.place].lost_entry += me.weight
        mind.lost_mode[mode] += me.weight
        network.lost_entry[me.place] += me.weight
        network.lost_mode[mode] += me.weight


@rule
def sees_found(me, w):
    """The cell loses somebody whom it held."""
    if w.counts[LEARNS] == 1:
        notes_country(me, w, me.place)
        mind, network = w.minds[me.recruiter], w.networks[w.recruiters[me.recruiter].network]
        mind.at[me.place].lost_place += me.weight
        mind.lost_venue[me.venue] += me.weight
        mind.lost_treatment[me.treatment] += me.weight
        network.lost_place[me.place] += me.weight
        network.lost_venue[me.venue] += me.weight
        network.lost_treatment[me.treatment] += me.weight


@rule
def sees_sent(me, w):
    """The cell sends somebody abroad, with papers or without."""
    if w.counts[LEARNS] == 1:
        cell, mode = w.recruiters[me.recruiter], 0 if me.mode == CLANDESTINE else 1
        cell.moved_mode[mode] += me.weight
        w.networks[cell.network].moved_mode[mode] += me.weight


@rule
def notes_country(me, w, place):
    """Something was seen there this month."""
    cell, bit = w.recruiters[me.recruiter], np.int64(1) << np.int64(place)
    cell.touched |= bit
    w.networks[cell.network].touched |= bit


@rule
def cell_forgets(me, mind):
    """A new month begins: what was seen in the last one is emptied, in the countries that were touched."""
    touched = me.touched
    while touched != 0:
        there = mind.at[least(touched)]
        there.tried_entry = there.lost_entry = there.lost_place = 0
        touched &= touched - 1
    forgets_methods(me, mind)


@rule
def network_forgets(me):
    """The same of what all its cells saw."""
    touched = me.touched
    while touched != 0:
        k = least(touched)
        me.tried_entry[k] = me.lost_entry[k] = me.lost_place[k] = 0
        touched &= touched - 1
    forgets_methods(me, me)


@rule
def forgets_methods(who, seen):
    """What was seen of methods, and where anything was."""
    for k in range(2):
        if who.touched > 0:
            seen.lost_mode[k] = 0
            seen.lost_venue[k] = 0
            seen.lost_treatment[k] = 0
        who.moved_mode[k] = 0
    who.touched = 0


# --- what is told and learnt --------------------------------------------------------------------------
@rule
def belief(old, step, observed):
    """Exponential smoothing."""
    return old + step * (observed - old)


@rule
def lesson(own, by_all, shared, rate):
    """(step of the smoothing, observed loss per try) of (lost, tried); the step grows with how much was seen."""
    seen = (1.0 - shared) * own[1] + shared * by_all[1]
    losses = (1.0 - shared) * own[0] + shared * by_all[0]
    if seen + losses <= 0.0:
        return 0.0, 0.0
    return rate * seen / (seen + ONE), min(1.0, losses / max(seen, losses))


@rule
def tells(w, n, thing, k, by_all, shared, rate):
    """Network `n` tells its cells the month's lesson on one thing."""
    told = w.told[n, thing, k]
    if told.keep < LEAST_KEPT:
        writes_anew(w, n, thing, k)
    step, seen = lesson((0, 0), by_all, shared, rate)
    told.keep_before, told.told_before = told.keep, told.told
    told.keep *= 1.0 - step  # never 0: the step is below 1
    told.told = belief(told.told, step, seen)


@rule
def writes_anew(w, n, thing, k):
    """The same beliefs with `keep` = 1, so that it can fall again."""
    told, base = w.told[n, thing, k], w.places[w.networks[n].country]
    for r in range(base.first_recruiter, base.first_recruiter + base.recruiters):
        if w.recruiters[r].network == n:
            mind = w.minds[w.recruiters[r].mind]
            if thing == ENTRY:
                mind.at[k].entry_own *= told.keep
            elif thing == HOLDING:
                mind.at[k].place_own *= told.keep
            elif thing == MODE:
                mind.mode_own[k] *= told.keep
            elif thing == VENUE:
                mind.venue_own[k] *= told.keep
            else:
                mind.treatment_own[k] *= told.keep
    told.keep = 1.0


@rule
def learnt(own, told, seen, by_all, shared, rate):
    """A cell's own part of a belief after a month; `seen` and `by_all`: (lost, tried) of the cell and its network."""
    if seen[0] == 0 and seen[1] == 0:
        return own
    step, observed = lesson(seen, by_all, shared, rate)
    return (belief(told.keep_before * own + told.told_before, step, observed) - told.told) / told.keep


@rule
def tells_lessons(w, n, here):
    """What all cells of network `n` saw this month becomes a lesson for each of them (C1)."""
    network, shared = w.networks[n], here.experience_shared
    seen = network.touched | network.holds
    while here.route_learning > 0.0 and seen != 0:
        k = least(seen)
        tells(w, n, ENTRY, k, (network.lost_entry[k], network.tried_entry[k]), shared, here.route_learning)
        tells(w, n, HOLDING, k, exposed(network.lost_place[k], network.held_place[k]), shared, here.route_learning)
        seen &= seen - 1
    for k in range(2 if here.method_learning > 0.0 else 0):
        rate = here.method_learning
        tells(w, n, MODE, k, (network.lost_mode[k], network.moved_mode[k]), shared, rate)
        tells(w, n, VENUE, k, exposed(network.lost_venue[k], network.held_venue[k]), shared, rate)
        tells(w, n, TREATMENT, k, exposed(network.lost_treatment[k], network.held_treatment[k]), shared, rate)


@rule
def exposed(lost, held):
    """(lost, tried) of a month of those held: whoever was lost was there, too."""
    return lost, held + lost


@rule
def learns(me, mind, here, w):
    """Moves its beliefs towards own and shared losses, faster the more it saw."""
    network, shared = w.networks[me.network], here.experience_shared
    if here.route_learning > 0.0:
        learns_of_entries(me, mind, here, w)
        learns_of_places(me, mind, here, w)
    if here.method_learning <= 0.0 or (me.touched | me.holds) == 0 and me.moved_mode[0] + me.moved_mode[1] == 0:
        return
    rate = here.method_learning
    for k in range(2):
        mind.mode_own[k] = learnt(
            mind.mode_own[k], w.told[me.network, MODE, k], (mind.lost_mode[k], me.moved_mode[k]),
            (network.lost_mode[k], network.moved_mode[k]), shared, rate)
        mind.venue_own[k] = learnt(
            mind.venue_own[k], w.told[me.network, VENUE, k], exposed(mind.lost_venue[k], mind.held_venue[k]),
            exposed(network.lost_venue[k], network.held_venue[k]), shared, rate)
        mind.treatment_own[k] = learnt(
            mind.treatment_own[k], w.told[me.network, TREATMENT, k],
            exposed(mind.lost_treatment[k], mind.held_treatment[k]),
            exposed(network.lost_treatment[k], network.held_treatment[k]), shared, rate)


@rule
def fetch_mind(cell, w):
    """Asks for what the cell is about to learn from: lines far apart, which the processor cannot guess."""
    if w.counts[LEARNS] == 1 and (cell.holds | cell.touched) != 0:
        fetch_ahead(w.minds, cell.mind, METHODS)
        fetch_ahead(w.minds, cell.mind, METHODS + CACHE_LINE)
        seen = cell.holds | cell.touched
        while seen != 0:
            fetch_ahead(w.minds, cell.mind, least(seen) * BYTES_SEEN)
            seen &= seen - 1


@rule
def fetch_cell(me, w):
    """Asks for the cell of a person who is held or on the way, and for what it will count if the journey ends well."""
    if me.situation == EXPLOITED:
        fetch_ahead(w.recruiters, me.recruiter, 0)
    elif me.situation == RECRUITED:
        fetch_ahead(w.recruiters, me.recruiter, 0)
        fetch_ahead(w.minds, me.recruiter, METHODS)
        fetch_ahead(w.minds, me.recruiter, int(me.place) * BYTES_SEEN)


@rule
def learns_of_entries(me, mind, here, w):
    """What a cell saw of entering countries."""
    network, touched = w.networks[me.network], me.touched
    while touched != 0:
        k = least(touched)
        mind.at[k].entry_own = learnt(
            mind.at[k].entry_own, w.told[me.network, ENTRY, k], (mind.at[k].lost_entry, mind.at[k].tried_entry),
            (network.lost_entry[k], network.tried_entry[k]), here.experience_shared, here.route_learning)
        touched &= touched - 1


@rule
def learns_of_places(me, mind, here, w):
    """What a cell saw of holding people in countries."""
    network, seen = w.networks[me.network], me.touched | me.holds
    while seen != 0:
        k = least(seen)
        mind.at[k].place_own = learnt(
            mind.at[k].place_own, w.told[me.network, HOLDING, k], exposed(mind.at[k].lost_place, mind.at[k].held_place),
            exposed(network.lost_place[k], network.held_place[k]), here.experience_shared, here.route_learning)
        seen &= seen - 1


# --- what is believed: persons lost per person taken into a country, or per person-month held there -----------
@rule
def believed(own, told):
    """A belief from the cell's own part of it and from what its network told."""
    return told.keep * own + told.told


@rule
def entry_loss(cell, w, k):
    """Of entering country `k`."""
    return believed(w.minds[cell.mind].at[k].entry_own, w.told[cell.network, ENTRY, k])


@rule
def place_loss(cell, w, k):
    """Of holding people in country `k`."""
    return believed(w.minds[cell.mind].at[k].place_own, w.told[cell.network, HOLDING, k])


@rule
def mode_loss(cell, w, k):
    """Of clandestine entry (0) and entry with papers (1)."""
    return believed(w.minds[cell.mind].mode_own[k], w.told[cell.network, MODE, k])


@rule
def venue_loss(cell, w, k):
    """Of a kind of venue."""
    return believed(w.minds[cell.mind].venue_own[k], w.told[cell.network, VENUE, k])


@rule
def treatment_loss(cell, w, k):
    """Of a kind of treatment."""
    return believed(w.minds[cell.mind].treatment_own[k], w.told[cell.network, TREATMENT, k])
