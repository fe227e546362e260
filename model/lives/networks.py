"""What the cells of a network tell one another."""

from __future__ import annotations

from undercount.model.engine.compiled import rule
from undercount.model.engine.layout import LEARNS
from undercount.model.lives.beliefs import cell_forgets, network_forgets, tells_lessons


@rule
def forget_month(w):
    """A new month's experience begins empty."""
    if w.counts[LEARNS] == 0:
        return
    for r in range(len(w.recruiters)):
        cell_forgets(w.recruiters[r], w.minds[r])
    for n in range(len(w.networks)):
        network_forgets(w.networks[n])


@rule
def shares_experience(t, w):
    """Networks tell their cells what all of them saw (C1)."""
    if w.counts[LEARNS] == 1:
        for n in range(len(w.networks)):
            tells_lessons(w, n, w.par[t, w.networks[n].country])
