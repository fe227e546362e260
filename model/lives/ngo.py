"""An NGO's month: a programme starts, grows, and goes where it found people before."""

from __future__ import annotations

import math

from undercount.model.engine.compiled import rule
from undercount.model.engine.layout import NOBODY, OUTREACH, SHELTER


@rule
def ngo_month(me, t, w):
    """One month of one NGO (part 9 of the month); changes `me`."""
    here = w.par[t, me.place]
    place = w.places[me.place]
    if t < me.start:
        return
    me.active = 1
    me.strength = 1.0 - math.exp(-(t - me.start + 1) / max(1.0, here.programme_growth))
    if me.kind == SHELTER:
        full = here.referral_capacity * here.shelter_places * place.population / 1e6
        me.beds = int(math.ceil(full * me.strength))
        w.actors[t, me.place].shelter_places += me.beds
        w.actors[t, me.place].shelter_used += me.used
    elif me.kind == OUTREACH:
        found = place.found_public + place.found_private
        if found > 0:
            share = min(1.0 - here.attention_least, max(here.attention_least, place.found_private / found))
            me.attention += here.patrol_shift * (share - me.attention)


@rule
def works(ngo, ngos):
    """Has this country such a programme, and has it started?"""
    return ngo != NOBODY and ngos[ngo].active == 1
