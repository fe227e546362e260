"""One month: the phases of `schedule.py` as compiled code.

`run_months` runs whole months, all agents, in one call that holds no interpreter lock;
`TraffickingModel.step` walks through the same phases with `mesa` activation, and a test holds the two
together. `t` is the month, counted from 0; `w` the tables of a world (`world.Tables`).
"""

from __future__ import annotations

from undercount.model.country.awareness import informs, raises_hazard, remembers
from undercount.model.country.balance import draws_cells, remembers_corridors, takes_stock
from undercount.model.country.markets import counts_money, hears_offers, prices
from undercount.model.country.policing import finds_police_in_pay, moves_patrols, moves_raids
from undercount.model.engine.bookkeeping import counts_persons, files, files_all, wake_up
from undercount.model.engine.borrowed import fetch_ahead
from undercount.model.engine.compiled import part
from undercount.model.engine.layout import ACTIVE, AHEAD, BEGUN, NEEDED, ROWS, WARM_UP
from undercount.model.engine.lent import lent
from undercount.model.engine.parties import settle
from undercount.model.lives.beliefs import fetch_cell, fetch_mind
from undercount.model.lives.exploitation import weighs_risks
from undercount.model.lives.migrant import migrant_month
from undercount.model.lives.networks import forget_month
from undercount.model.lives.ngo import ngo_month
from undercount.model.lives.official import official_month
from undercount.model.lives.recruiter import recruiter_month, weighs_corridors


@part
def run_months(first, last, address):
    """Runs the months first <= t < last; returns the month reached, earlier if rows run out."""
    w = lent(address)
    for t in range(first, last):
        if w.counts[BEGUN] == 0:
            begin_month(t, address)
        if w.counts[ROWS] + w.counts[NEEDED] > len(w.people):
            return t
        migrants_live(t, address)
        settle(t, address)
        recruiters_work(t, address)
        for n in range(len(w.officials)):
            official_month(w.officials[n], t, w)
        for n in range(len(w.ngos)):
            ngo_month(w.ngos[n], t, w)
        end_month(t, address)
    return last


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


@part
def recruiters_work(t, address):
    """Each recruiter."""
    w = lent(address)
    last = len(w.recruiters) - 1
    for r in range(last + 1):
        fetch_mind(w.recruiters[min(r + AHEAD // 2, last)], w)
        recruiter_month(w.recruiters[r], t, w)


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


# The rule of each phase of `schedule.PHASES`, by its name.
RULES = {function.__name__: function for function in (
    begin_month, migrant_month, settle, recruiter_month, official_month, ngo_month, end_month)}
__all__ = ["RULES", "begin_month", "end_month", "files_all", "run_months", "settle"]
