"""Whom a cell holds: a list of rows, and the numbers kept of them.

`me.before` and `me.after` are 1 + the rows of one's neighbours in the list; 0 is none.
"""

from __future__ import annotations

import numpy as np
from undercount.model.engine import decisions as d
from undercount.model.engine.calendar import waits_no_longer
from undercount.model.engine.compiled import rule
from undercount.model.engine.layout import ACTIVE, LEARNS, PUBLIC
from undercount.model.engine.random import draw


@rule
def is_held(me, t, w):
    """Is held by a cell from now on."""
    me.wakes = t
    joins(me, w)
    counts_held(me, w, me.weight)


@rule
def is_held_no_longer(me, w):
    """Leaves those whom the cell holds."""
    counts_held(me, w, -me.weight)
    if me.after > 0:
        w.people[me.after - 1].before = me.before
    if me.before > 0:
        w.people[me.before - 1].after = me.after
    else:
        w.recruiters[me.recruiter].held = me.after


@rule
def joins(me, w):
    """Comes first in the list of its cell."""
    cell = w.recruiters[me.recruiter]
    me.before = 0
    me.after = cell.held
    if cell.held > 0:
        w.people[cell.held - 1].before = me.row + 1
    cell.held = me.row + 1


@rule
def counts_held(me, w, persons):
    """Persons more, or less, where and as this one is held; cells and networks count them where anybody learns."""
    place, cell = w.places[me.place], w.recruiters[me.recruiter]
    place.stock += persons
    if me.venue == PUBLIC:
        place.in_public += persons
    w.stocks[cell.country, me.place, me.venue, me.treatment] += persons
    if w.counts[LEARNS] == 1:
        network, mind = w.networks[cell.network], w.minds[me.recruiter]
        bit = np.int64(1) << np.int64(me.place)
        mind.at[me.place].held_place += persons
        mind.held_venue[me.venue] += persons
        mind.held_treatment[me.treatment] += persons
        cell.holds = cell.holds | bit if mind.at[me.place].held_place > 0 else cell.holds & ~bit
        network.held_place[me.place] += persons
        network.held_venue[me.venue] += persons
        network.held_treatment[me.treatment] += persons
        network.holds = network.holds | bit if network.held_place[me.place] > 0 else network.holds & ~bit


@rule
def are_left_behind(cell, t, w):
    """The cell has stopped or been arrested: then there is nobody to keep those whom it held.

    A recruiter agent may stand for several cells; `cell.breaks` is the share of them that broke this
    month, so that one person's chance does not depend on how many they are.
    """
    row = cell.held
    while row > 0:
        me = w.people[row - 1]
        if me.left_behind == 0 and (cell.breaks >= 1.0 or draw(w.seed, me.id, t, d.CELL_BREAKS) < cell.breaks):
            me.left_behind = 1
            if me.wakes > t:  # what the coming months may bring is drawn anew, at the end of this one
                waits_no_longer(me, w)
                me.wakes = t
                w.active[w.counts[ACTIVE]] = me.row
                w.counts[ACTIVE] += 1
        row = me.after
