"""The month of all NGOs."""

from __future__ import annotations

from undercount.model.engine.compiled import part
from undercount.model.engine.lent import lent
from undercount.model.lives.ngo import ngo_month


@part
def ngos_help(t, address):
    """Each programme."""
    w = lent(address)
    for n in range(len(w.ngos)):
        ngo_month(w.ngos[n], t, w)
