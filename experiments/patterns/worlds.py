"""Coarse worlds of a scenario's prior, and what its patterns are in each."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from undercount.experiments.patterns.measures import Seen, see
from undercount.experiments.patterns.table import Pattern
from undercount.experiments.reference.draws import Draw, drawn
from undercount.model.assumed.scenario import Scenario
from undercount.model.world import Template, World

# Shares and ratios of most patterns hardly depend on the scale: a world at this one takes 25 ms.
COARSE = 1574


@dataclass(frozen=True)
class Judged:
    """A drawn world: the figure of every pattern, and whether it passes the hard ones."""

    draw: Draw
    figures: np.ndarray
    inside: bool
    flow: tuple[float, float]  # newly exploited persons in the first and the second year that are compared
    seen: Seen


def judge(draw: Draw, patterns: Sequence[Pattern], years: tuple[int, int], people_per_agent: int = COARSE) -> Judged:
    """Runs the draw and measures it."""
    world = World(Template(draw.scenario, people_per_agent), draw.luck)
    world.run()
    seen = see(world.outcome)
    figures = np.array([pattern.figure(seen) for pattern in patterns])
    inside = all(pattern.holds(figure) for pattern, figure in zip(patterns, figures) if pattern.hard)
    return Judged(draw, figures, inside, tuple(_flow(seen, year) for year in years), seen)


def inside_gates(draw: Draw, patterns: Sequence[Pattern]) -> bool:
    """Does a coarse world of the draw pass every hard pattern? Whatever the scale it is then run at."""
    hard = [pattern for pattern in patterns if pattern.hard]
    return not hard or judge(draw, hard, ()).inside


def prior_worlds(scenario: Scenario, count: int, seed: int, patterns: Sequence[Pattern], years: tuple[int, int],
                 people_per_agent: int = COARSE,
                 on_progress: Callable[[int], None] = lambda done: None) -> list[Judged]:
    """The first `count` worlds of a scenario's design, as `undercount reference` would draw them."""
    found = []
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        for judged in pool.map(lambda world: judge(drawn(scenario, world, seed), patterns, years, people_per_agent),
                               range(count)):
            found.append(judged)
            on_progress(len(found))
    return found


def _flow(seen: Seen, year: int) -> float:
    first = (year - seen.region.start.year) * 12 + 1 - seen.region.start.month
    return float(seen.hidden["newly_exploited"][first:first + 12].sum())
