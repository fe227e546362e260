"""What is fetched into the cache before its turn; none of it changes a result.

A cell's mind is 2.6 kB, of which a month needs a few lines far apart: the processor cannot guess which.
"""

from __future__ import annotations

from undercount.model.engine.borrowed import fetch_ahead
from undercount.model.engine.compiled import rule
from undercount.model.engine.layout import (
    CACHE_LINE,
    ENTRY_LOSS,
    HELD_PLACE,
    LOST_ENTRY,
    LOST_PLACE,
    MODE_LOSS,
    NOBODY,
    PLACE_LOSS,
    TRIED_ENTRY,
)

SMALL, LARGE = 4, 8  # bytes of a tally and of a belief


@rule
def fetch_cell(me, w):
    """What somebody in exploitation brings, and adds to what the cell saw where anybody learns from it."""
    if me.recruiter == NOBODY:
        return
    fetch_ahead(w.recruiters, me.recruiter, 0)
    if w.risks[0, 0, 0, 0].learnt == 1:
        fetch_ahead(w.minds, me.recruiter, 0)
        fetch_ahead(w.minds, me.recruiter, HELD_PLACE + SMALL * me.place)


@rule
def fetch_tallies(cell, w):
    """What a cell saw this month."""
    for line in range(0, SMALL * len(w.places), CACHE_LINE):
        fetch_ahead(w.minds, cell, HELD_PLACE + line)
        fetch_ahead(w.minds, cell, LOST_PLACE + line)
        fetch_ahead(w.minds, cell, TRIED_ENTRY + line)
        fetch_ahead(w.minds, cell, LOST_ENTRY + line)
    fetch_ahead(w.minds, cell, 0)


@rule
def fetch_beliefs(cell, w):
    """What a cell believes, where anybody learns."""
    if w.risks[0, 0, 0, 0].learnt == 0:
        return
    for line in range(0, LARGE * len(w.places), CACHE_LINE):
        fetch_ahead(w.minds, cell, ENTRY_LOSS + line)
        fetch_ahead(w.minds, cell, PLACE_LOSS + line)
    fetch_ahead(w.minds, cell, MODE_LOSS)
    fetch_ahead(w.minds, cell, 0)
