"""The month of all recruiters."""

from __future__ import annotations

from undercount.model.engine.compiled import part
from undercount.model.engine.layout import AHEAD
from undercount.model.engine.lent import lent
from undercount.model.lives.beliefs import fetch_mind
from undercount.model.lives.recruiter import recruiter_month


@part
def recruiters_work(t, address):
    """Each recruiter."""
    w = lent(address)
    last = len(w.recruiters) - 1
    for r in range(last + 1):
        fetch_mind(w.recruiters[min(r + AHEAD // 2, last)], w)
        recruiter_month(w.recruiters[r], t, w)
