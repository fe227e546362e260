"""What the cells of a network tell one another."""

from __future__ import annotations

from undercount.model.engine.compiled import rule
from undercount.model.engine.fetching import fetch_tallies
from undercount.model.engine.layout import AHEAD
from undercount.model.lives.recruiter import clears_seen, shares_lessons, shares_methods


@rule
def forgets_month(network):
    """A new month's experience begins empty."""
    clears_seen(network, network.touched)
    network.touched = 0
    for k in range(2):
        network.moved_mode[k] = 0


@rule
def shares_experience(t, w):
    """Cells of a network share what they saw (C1)."""
    for n in range(len(w.networks)):
        forgets_month(w.networks[n])
    for c in range(len(w.places)):
        if w.par[t, c].route_learning > 0.0 or w.par[t, c].method_learning > 0.0:
            gathers_experience(w.places[c], w)
    for n in range(len(w.networks)):
        shares_methods(w.networks[n], w.par[t, w.networks[n].country])
        touched = w.networks[n].touched
        k = 0
        while touched > 0:
            if touched & 1:
                shares_lessons(w.networks[n], w.par[t, w.networks[n].country], k)
            touched >>= 1
            k += 1


@rule
def gathers_experience(home, w):
    """The cells of one country tell their networks."""
    last = home.first_recruiter + home.recruiters - 1
    for r in range(home.first_recruiter, last + 1):
        ahead = min(r + AHEAD, last)
        if w.recruiters[ahead].touched > 0:
            fetch_tallies(ahead, w)
        adds_experience(w.networks[w.recruiters[r].network], w.recruiters[r], w.minds[r])


@rule
def adds_experience(network, cell, seen):
    """One cell's tallies of the month."""
    for k in range(2):
        network.moved_mode[k] += cell.moved_mode[k]
    if cell.touched == 0:
        return
    network.touched |= cell.touched
    touched = cell.touched
    k = 0
    while touched > 0:
        if touched & 1:
            network.tried_entry[k] += seen.tried_entry[k]
            network.lost_entry[k] += seen.lost_entry[k]
            network.held_place[k] += seen.held_place[k]
            network.lost_place[k] += seen.lost_place[k]
        touched >>= 1
        k += 1
    for k in range(2):
        network.lost_mode[k] += seen.lost_mode[k]
        network.held_venue[k] += seen.held_venue[k]
        network.lost_venue[k] += seen.lost_venue[k]
        network.held_treatment[k] += seen.held_treatment[k]
        network.lost_treatment[k] += seen.lost_treatment[k]
