"""Counts that were withheld ("<5"): the answer for every way in which they may be filled in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import numpy as np
from undercount.experiments.estimate.lists import Lists
from undercount.experiments.estimate.stability import Rule

MOST_WAYS = 256  # up to so many combinations of ends all are tried; of more so many, drawn at random, and the extremes


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
    """The rule applied to the lists with withheld counts at their ends; and at 1, where they may be none or more.

    An estimate is largest where an overlap is smallest but there.
    """
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
    places = [tuple(place) for place in lists.suppressed]
    ends = [sorted({lists.low[place], max(lists.low[place], 1.0), lists.high[place]}) for place in places]
    if np.prod([float(len(each)) for each in ends]) <= MOST_WAYS:
        ways = product(*ends)
    else:
        rng = np.random.default_rng(seed)
        ways = [[each[0] for each in ends], [each[-1] for each in ends],
                *([each[rng.integers(len(each))] for each in ends] for _ in range(MOST_WAYS - 2))]
    for way in ways:
        counts = lists.low.copy()
        for place, persons in zip(places, way):
            counts[place] = persons
        yield counts
