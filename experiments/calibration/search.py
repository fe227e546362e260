"""The cross-entropy search for the draw of a scenario that fits the observed table best.

A Sobol design of coarse worlds gives the first elite, unless the search begins around given values, such as those
that another scenario with the same core was found to fit best at; each generation then draws points around the elite,
with the elite's spread, and keeps the best [1]. Points are fractions of the unknowns' ranges, so none leaves
the prior. Every point is tried with the same few lucks (common random numbers). A world outside a hard
pattern ranks behind every world inside. What lists cover is solved for in the end (`coverage.py`).

1. Rubinstein, Kroese (2004), The cross-entropy method. Springer.
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np
from undercount.experiments.ask import scale_name
from undercount.experiments.calibration.coverage import INSIDE, covered, rows_of
from undercount.experiments.design import design
from undercount.experiments.patterns.measures import see
from undercount.experiments.patterns.scale import COARSE
from undercount.experiments.patterns.table import Pattern
from undercount.model.assumed.scenario import Scenario
from undercount.model.country.observation import as_published
from undercount.model.known.region import Region
from undercount.model.simulation import simulate_template
from undercount.model.world import Template

ELITE = 0.15  # share of a generation that the next one is drawn around
SMOOTHING = 0.7  # weight of the new elite against the old one
LEAST_SPREAD = 0.01
OUTSIDE = 10.0  # added to the distance for each hard pattern that fails
LUCKS = 2  # worlds a point
NEAR = 0.3  # width, as a fraction of a range, of a design around values to begin with
FINALISTS, FINAL_LUCKS = 6, 8  # the best points are tried again with more lucks, so that none wins by luck


@dataclass(frozen=True)
class Fit:
    """A point (fractions of the unknowns, in the order of `free()`), the mean distance of its worlds, whether they lie
    inside the gates, and their mean counts, (rows of the observed table,)."""

    point: np.ndarray
    distance: float
    inside: bool
    counts: np.ndarray


@dataclass(frozen=True)
class SearchPlan:
    """What is searched, and how much."""

    scenario: Scenario
    patterns: Sequence[Pattern]
    coarse: int
    generations: int
    size: int
    seed: int
    people_per_agent: int
    start: Mapping[str, float] = field(default_factory=dict)  # values of unknowns to begin around
    own: np.ndarray | None = None  # a point to beat: the scenario's own values

    def command(self, name: str, region: str | None, start: str | None) -> str:
        """The command that finds the values of scenario `name` again and writes them; as on the command line."""
        words = ["undercount", "calibrate", name, "--coarse", self.coarse, "--generations", self.generations,
                 "--size", self.size, "--seed", self.seed, "--people-per-agent", scale_name(self.people_per_agent)]
        for option, value in (("--region", region), ("--start", start)):
            words += [option, value] if value else []
        return shlex.join(map(str, [*words, "--write"]))


def cells_of(region: Region) -> list[int]:
    """Rows of the observed table that are compared: those of the years in which most countries have a figure.

    None if every figure is masked.
    """
    known = [n for n, row in enumerate(region.referrals) if row.assisted is not None]
    by_period: dict[str, list[int]] = {}
    for n in known:
        by_period.setdefault(region.referrals[n].period, []).append(n)
    fullest = max((len(rows) for rows in by_period.values()), default=0)
    return [n for rows in by_period.values() if len(rows) == fullest for n in rows]


def distance(counts: np.ndarray, region: Region) -> float:
    """Root mean square of the differences of log(1 + count), over the cells of `cells_of`."""
    cells = cells_of(region)
    observed = np.array([region.referrals[n].assisted for n in cells], float)
    shown = as_published([region.referrals[n] for n in cells], np.asarray(counts, float)[cells])
    return float(np.sqrt(np.mean((np.log1p(shown) - np.log1p(observed)) ** 2)))


def evaluate(plan: SearchPlan, point: np.ndarray, people_per_agent: int, lucks: Sequence[int]) -> Fit:
    """The mean distance of the point's worlds, and whether the mean of each hard pattern holds."""
    scenario = plan.scenario.draw(dict(zip(plan.scenario.free(), point.tolist())))
    template = Template(scenario, people_per_agent)
    distances, figures, counts = [], [], []
    hard = [pattern for pattern in plan.patterns if pattern.hard]
    for luck in lucks:
        seen = see(simulate_template(template, luck))
        counts.append(seen.counts)
        distances.append(distance(seen.counts, scenario.region))
        figures.append([pattern.figure(seen) for pattern in hard])
    failed = sum(not pattern.holds(figure) for pattern, figure in zip(hard, np.mean(figures, axis=0))) if hard else 0
    return Fit(point, float(np.mean(distances)) + OUTSIDE * failed, failed == 0, np.mean(counts, axis=0))


def search(plan: SearchPlan, on_progress: Callable[[int], None] = lambda done: None) -> list[Fit]:
    """The best fit of the design and of every generation, in their order, then the best of the finalists, and last
    that with what its lists cover solved for, where that is unknown and brings it nearer.

    The same for any number of threads.
    """
    free = list(plan.scenario.free())
    rng = np.random.default_rng(plan.seed)
    done, best = 0, []
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        def tried(points: np.ndarray, people_per_agent: int, lucks: Sequence[int]) -> list[Fit]:
            nonlocal done
            found = []
            for fit in pool.map(lambda point: evaluate(plan, point, people_per_agent, lucks), points):
                found.append(fit)
                done += 1
                on_progress(done)
            return sorted(found, key=lambda fit: fit.distance)

        points = design(plan.scenario.name, len(free), 1.0, plan.seed, 0, plan.coarse)
        if plan.start:
            points = _around(plan, points)
        fits = tried(points, COARSE, [plan.seed])
        best.append(fits[0])
        elite = np.array([fit.point for fit in fits[: max(4, plan.coarse // 20)]])
        centre, spread = elite.mean(axis=0), np.maximum(elite.std(axis=0), 0.1)
        some = range(plan.seed, plan.seed + LUCKS)
        kept: list[Fit] = [] if plan.own is None else tried(plan.own[None], plan.people_per_agent, some)
        for _ in range(plan.generations):
            points = np.clip(rng.normal(centre, spread, (plan.size, len(free))), 0.0, INSIDE)
            fits = sorted([*tried(points, plan.people_per_agent, some), *kept], key=lambda fit: fit.distance)
            best.append(fits[0])
            kept = fits[: _elite(plan)]
            elite = np.array([fit.point for fit in kept])
            centre += SMOOTHING * (elite.mean(axis=0) - centre)
            spread = np.maximum(spread + SMOOTHING * (elite.std(axis=0) - spread), LEAST_SPREAD)
        finalists = np.array([fit.point for fit in kept[:FINALISTS]] or [best[-1].point])
        lucks = range(plan.seed + LUCKS, plan.seed + LUCKS + FINAL_LUCKS)
        best.append(tried(finalists, plan.people_per_agent, lucks)[0])
        if _solves(plan):
            nearer = covered(plan.scenario, best[-1].point, best[-1].counts, cells_of(plan.scenario.region))
            best.append(min(best[-1], *tried(nearer[None], plan.people_per_agent, lucks), key=lambda fit: fit.distance))
    return best


def _solves(plan: SearchPlan) -> bool:
    return bool(rows_of(plan.scenario, cells_of(plan.scenario.region)))


def own_point(scenario: Scenario) -> np.ndarray:
    """The scenario's own values as fractions of its unknowns' ranges, in the order of `free()`."""
    point = []
    for path, (low, high) in scenario.free().items():
        whole = path.startswith("onsets.") and path.endswith((".when", ".ramp"))  # drawn as whole months
        point.append((scenario.value(path) - low + 0.5 * whole) / (high - low + whole))
    return np.clip(point, 0.0, INSIDE)


def _around(plan: SearchPlan, points: np.ndarray) -> np.ndarray:
    """The design drawn together around the values to begin with; what they do not name keeps its whole range."""
    points = points.copy()
    for k, (path, (low, high)) in enumerate(plan.scenario.free().items()):
        if path in plan.start:
            middle = (plan.start[path] - low) / (high - low)
            points[:, k] = np.clip(middle + NEAR * (points[:, k] - 0.5), 0.0, INSIDE)
    return points


def jobs(plan: SearchPlan) -> int:
    """Points that `search` tries."""
    last = min(FINALISTS, _elite(plan)) if plan.generations else 1
    return plan.coarse + plan.generations * plan.size + (plan.own is not None) + last + _solves(plan)


def _elite(plan: SearchPlan) -> int:
    return max(3, int(ELITE * plan.size))
