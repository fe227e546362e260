"""What the cells of a network tell one another."""

from __future__ import annotations

from undercount.model.engine.compiled import rule
from undercount.model.lives.recruiter import clears_seen, shares_lessons


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
