"""Coarse worlds of a scenario's prior, and what its patterns are in each."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from undercount.experiments.design import design, world_seed
from undercount.experiments.patterns.measures import Seen, see
from undercount.experiments.patterns.scale import COARSE
from undercount.experiments.patterns.table import Pattern
from undercount.model.assumed.scenario import Scenario
from undercount.model.simulation import simulate_template
from undercount.model.world import Template


@dataclass(frozen=True)
class Judged:
    """A drawn world: the figure of every pattern, and whether it passes the hard ones."""

    figures: np.ndarray
    inside: bool
    flow: tuple[float, ...]  # newly exploited persons in the years that are compared


def judge(scenario: Scenario, luck: int, patterns: Sequence[Pattern], years: Sequence[int] = (),
          people_per_agent: int = COARSE) -> Judged:
    """Runs a drawn scenario and measures it: no longer than the patterns and `years` look."""
    seen = see(simulate_template(Template(scenario, people_per_agent), luck, _months_seen(scenario, patterns, years)))
    figures = np.array([pattern.figure(seen) for pattern in patterns])
    inside = all(pattern.holds(figure) for pattern, figure in zip(patterns, figures) if pattern.hard)
    return Judged(figures, inside, tuple(_flow(seen, year) for year in years))


def _months_seen(scenario: Scenario, patterns: Sequence[Pattern], years: Sequence[int]) -> int:
    """Months from the region's start to the last that any pattern or year looks at."""
    region = scenario.region
    periods = [period for pattern in patterns for period in (pattern.period, pattern.against) if period]
    ends = [last - region.start + 1 for _, last in periods]
    return max([*ends, *(region.years[year].stop for year in years)])


def prior_worlds(scenario: Scenario, count: int, seed: int, patterns: Sequence[Pattern], years: tuple[int, int],
                 people_per_agent: int = COARSE,
                 on_progress: Callable[[int], None] = lambda done: None) -> list[Judged]:
    """Worlds of the first `count` points of a scenario's design: its prior, before any gate."""
    free = list(scenario.free())
    points = design(scenario.name, len(free), 1.0, seed, 0, count)

    def one(world: int) -> Judged:
        drawn = scenario.draw(dict(zip(free, points[world].tolist())))
        return judge(drawn, world_seed(scenario.name, 1.0, seed, world), patterns, years, people_per_agent)

    found = []
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        for judged in pool.map(one, range(count)):
            found.append(judged)
            on_progress(len(found))
    return found


def _flow(seen: Seen, year: int) -> float:
    return float(seen.hidden["newly_exploited"][seen.region.years[year]].sum())
