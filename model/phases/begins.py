"""What a month finds."""

from __future__ import annotations

from undercount.model.country.awareness import informs, raises_hazard
from undercount.model.country.balance import draws_cells, takes_stock
from undercount.model.country.markets import hears_offers, prices
from undercount.model.country.policing import finds_police_in_pay
from undercount.model.engine.bookkeeping import wake_up
from undercount.model.engine.compiled import part
from undercount.model.engine.layout import BEGUN, WARM_UP
from undercount.model.engine.lent import lent
from undercount.model.lives.exploitation import weighs_risks
from undercount.model.lives.networks import forget_month
from undercount.model.lives.recruiter import weighs_corridors


@part
def begin_month(t, address):
    """What the month finds (laws, markets, offers) and who will look for a way out."""
    w = lent(address)
    w.counts[BEGUN] = 1
    if t == WARM_UP:
        takes_stock(t, w)
    forget_month(w)
    finds_police_in_pay(w)
    for c in range(len(w.places)):
        informs(t, w, w.par[t, c], w.places[c])
        prices(t, w.par[t, c], w.facts[t, c], w.places[c])
        hears_offers(w, w.par[t, c], w.facts[t, c], w.places[c])
        draws_cells(t, w.par[t, c], w.facts[t, c], w.places[c])
    weighs_corridors(t, w)
    weighs_risks(t, w)
    for k in range(len(w.classes)):
        raises_hazard(t, w, w.classes[k])
    wake_up(t, w)
