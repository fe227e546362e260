"""Draws asked for only where chance decides: the same numbers as `random.draw` and `binomial` give."""

from __future__ import annotations

from undercount.model.engine.compiled import helper
from undercount.model.engine.random import binomial, draw


@helper
def how_many(n, p, seed, who, month, decision):
    """`binomial` with a draw of its own, which is left out where nobody or everybody is meant anyway."""
    if n <= 0 or p <= 0.0:
        return 0
    if p >= 1.0:
        return n
    return binomial(n, p, draw(seed, who, month, decision))
