"""The month of all migrants."""

from __future__ import annotations

from undercount.model.engine.bookkeeping import files
from undercount.model.engine.borrowed import fetch_ahead
from undercount.model.engine.compiled import part
from undercount.model.engine.layout import ACTIVE, AHEAD
from undercount.model.engine.lent import lent
from undercount.model.lives.beliefs import fetch_cell
from undercount.model.lives.migrant import migrant_month


@part
def migrants_live(t, address):
    """Each migrant who may have something to do this month."""
    w = lent(address)
    kept, last = 0, w.counts[ACTIVE] - 1
    for a in range(last + 1):
        fetch_ahead(w.people, w.active[min(a + AHEAD, last)], 0)
        fetch_cell(w.people[w.active[min(a + AHEAD // 2, last)]], w)
        row = w.active[a]
        migrant_month(w.people[row], t, w)
        kept = files(row, kept, t, w)
    w.counts[ACTIVE] = kept
