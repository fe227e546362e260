"""How much work a verdict takes: the quick one that ends `make run`, and the one to publish."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Effort:
    """Trees of a forest; posterior worlds of each explanation; generations, particles and most worlds of ABC-SMC;
    whether worlds by hand are simulated for the answer."""

    name: str
    trees: int
    draws: int
    populations: int
    particles: int
    most: int
    by_hand: bool


EFFORTS = {
    "quick": Effort("quick", 200, 40, 2, 40, 300, False),
    "full": Effort("full", 300, 120, 4, 100, 2000, True),
}
