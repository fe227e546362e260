"""Counts that were withheld ("<5"): the answer for every way in which they may be filled in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import numpy as np
from undercount.experiments.estimate.lists import Lists
from undercount.experiments.estimate.stability import Rule

ALL_CORNERS = 8  # up to so many withheld counts, every combination of least and most is tried
DRAWN = 254  # beyond, so many combinations drawn at random, and the two extremes


@dataclass(frozen=True)
class Filled:
    """The least and most that came out, of the estimate and of the ends of its interval."""

    ways: int
    without: int
    least: float | None
    most: float | None
    low: float | None
    high: float | None


def over_fillings(lists: Lists, rule: Rule, seed: int) -> Filled:
    """The rule applied to the lists with withheld counts at their ends."""
    found, ways, without = [], 0, 0
    for counts in _fillings(lists, seed):
        ways += 1
        joint = rule(counts)
        if joint.fine:
            found.append((joint.population, *joint.wald()))
        else:
            without += 1
    if not found:
        return Filled(ways, without, None, None, None, None)
    middle, low, high = (np.array(column) for column in zip(*found))
    return Filled(ways, without, float(middle.min()), float(middle.max()), float(low.min()), float(high.max()))


def _fillings(lists: Lists, seed: int) -> Iterator[np.ndarray]:
    places = lists.suppressed
    if len(places) <= ALL_CORNERS:
        corners = product((0, 1), repeat=len(places))
    else:
        rng = np.random.default_rng(seed)
        corners = [np.zeros(len(places)), np.ones(len(places)), *rng.integers(0, 2, (DRAWN, len(places)))]
    for corner in corners:
        counts = lists.low.copy()
        for (stratum, history), high in zip(places, corner):
            if high:
                counts[stratum, history] = lists.high[stratum, history]
        yield counts
