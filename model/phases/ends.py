"""What a month leaves."""

from __future__ import annotations

from undercount.model.country.awareness import remembers
from undercount.model.country.balance import remembers_corridors
from undercount.model.country.markets import counts_money
from undercount.model.country.policing import moves_patrols, moves_raids
from undercount.model.engine.bookkeeping import counts_persons
from undercount.model.engine.compiled import part
from undercount.model.engine.layout import BEGUN
from undercount.model.engine.lent import lent


@part
def end_month(t, address):
    """Corridors are remembered, patrols and raids move, reports travel home, the month is written down."""
    w = lent(address)
    w.counts[BEGUN] = 0
    counts_persons(t, w)
    remembers_corridors(t, w)
    moves_patrols(t, w)
    for c in range(len(w.places)):
        moves_raids(w.par[t, c], w.places[c])
        counts_money(t, w, c)
    for k in range(len(w.classes)):
        remembers(w.par[t, w.classes[k].home], w.classes[k])
    for s in range(len(w.census)):
        w.censuses[t, s] = w.census[s]
