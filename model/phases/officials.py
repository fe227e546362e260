"""The month of all officials."""

from __future__ import annotations

from undercount.model.engine.compiled import part
from undercount.model.engine.lent import lent
from undercount.model.lives.official import official_month


@part
def officials_serve(t, address):
    """Each official."""
    w = lent(address)
    for n in range(len(w.officials)):
        official_month(w.officials[n], t, w)
