"""What is swept, and the points of a scenario: a grid, a design over ranges, or draws that somebody made."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from undercount.experiments.design import design
from undercount.experiments.sweeps.axis import Axis
from undercount.experiments.sweeps.point import Point, key_of
from undercount.model.assumed.scenario import Scenario
from undercount.model.files.problems import BadInput, Problem, nearest

GRID, SOBOL, LATIN = "grid", "sobol", "lhs"
DESIGNS = (SOBOL, LATIN)
DRAWN = ("prior", "posterior")
MOST_POINTS = 1_000_000
LONGEST_WORDS = 6_000  # a manifest holds no command above 8,000
LUCKS = 2  # runs of each draw of the parameters


@dataclass(frozen=True)
class Sweep:
    """One of three: a grid over `axes`; a `design` of `points` over `axes` (none: all unknowns); drawn parameters.

    Point 0 is the scenario's own values; drawn parameters have none. In a grid or design replicate r has the same
    seed at every point (common random numbers). With drawn parameters replicates 2 i and 2 i + 1 are draw i, so
    that every draw has lucks of its own, which is what the law of total variance asks for.
    """

    design: str
    axes: tuple[Axis, ...] = ()
    points: int = 0
    words: tuple[str, ...] = ()  # of the command line
    draws: Callable[[Scenario, int], tuple[Scenario, ...]] | None = None  # (scenario, how many), of drawn parameters
    folders: Mapping[str, tuple[str, Callable[[Path], None]]] = field(default_factory=dict)  # that words name: `Needs`

    @property
    def drawn(self) -> bool:
        return self.design in DRAWN

    @property
    def extensible(self) -> bool:
        """Are the first n points the same whatever their number?"""
        return self.design in (SOBOL, "prior")

    def about(self) -> dict[str, Any]:
        """For the manifest: what a folder must agree in."""
        return {"design": self.design, "words": list(self.words),
                "over": [axis.as_typed(short=False) for axis in self.axes],
                **({} if self.extensible else {"points": self.points})}

    def base(self, scenario: Scenario) -> Scenario:
        """The scenario with the ranges that the design states. Raises BadInput."""
        for axis in self.axes:
            if axis.span is not None:
                stated = {"value": axis.span[0], "low": axis.span[0], "high": axis.span[1]}
                priors = scenario.with_values({axis.name: stated}, axis.file).priors
                scenario = replace(scenario, priors=priors)
        return scenario

    def names(self, scenario: Scenario) -> tuple[str, ...]:
        """What is swept in a scenario: columns of the table of points."""
        return tuple(axis.name for axis in self.axes) or tuple(scenario.free())

    def points_of(self, scenario: Scenario, seed: int) -> list[Point]:
        """Every point of the scenario (as `base` gives it), in order."""
        if self.drawn:
            return [Point(n, key=key_of(self.design, n, drawn.content_hash()), given=drawn)
                    for n, drawn in enumerate(self.draws(scenario, self.points), start=1)]
        names = self.names(scenario)
        if self.design == GRID:
            rows = itertools.product(*(axis.values for axis in self.axes))
            return [Point(0), *(Point(n, names, row, key=key_of(names, row)) for n, row in enumerate(rows, start=1))]
        ranges = tuple(scenario.free()[name] for name in names)
        rows = _fractions(self.design, len(names), self.points, seed).tolist()
        return [Point(0), *(Point(n, names, tuple(row), True, key_of(names, ranges, row))
                            for n, row in enumerate(rows, start=1))]


def _fractions(kind: str, dimensions: int, points: int, seed: int) -> np.ndarray:
    """(points, dimensions) in [0, 1): the same for every scenario that has so many unknowns."""
    if kind == SOBOL:
        return design("sweep", dimensions, 1.0, seed, 0, points)
    from scipy.stats import qmc

    return qmc.LatinHypercube(dimensions, seed=np.random.default_rng(seed)).random(points)


def check_sweep(sweep: Sweep, scenarios: Sequence[Scenario]) -> list[Problem]:
    """What keeps the scenarios from being run at the points; each mistake once."""
    found: list[Problem] = []
    if (length := len(" ".join(sweep.words))) > LONGEST_WORDS:
        found.append(Problem("command line", "--sweep or --over", f"{length:,} characters",
                             f"at most {LONGEST_WORDS:,}, as the folder keeps the command; low:high:n is short"))
    if sweep.design == GRID:
        size = math.prod(len(axis.values) for axis in sweep.axes)
        if size > MOST_POINTS:
            found.append(Problem("command line", "--sweep", f"{size:,} points", f"at most {MOST_POINTS:,}"))
        for scenario in scenarios:
            for axis in sweep.axes:
                found += [problem for value in axis.values for problem in _refused(scenario, axis, value)]
    for scenario in scenarios if sweep.design in DESIGNS else ():
        found += _unknown(sweep, scenario)
    return list(dict.fromkeys(found))


def _refused(scenario: Scenario, axis: Axis, value: object) -> list[Problem]:
    try:
        scenario.with_values({axis.name: value}, axis.file)
        return []
    except BadInput as error:
        return [replace(problem, line=axis.line) for problem in error.problems]


def _unknown(sweep: Sweep, scenario: Scenario) -> list[Problem]:
    try:
        free = sweep.base(scenario).free()
    except BadInput as error:
        lines = {axis.name: axis.line for axis in sweep.axes}
        return [replace(problem, line=lines.get(problem.key)) for problem in error.problems]
    if not free:
        return [Problem("scenario", scenario.name, "no unknown parameter", "at least one prior to sweep")]
    return [axis.problem(f"no unknown of {scenario.name}",
                         "a name with a range (docs/ODD.md lists them), or NAME=low:high",
                         _nearest(axis.name, free)) for axis in sweep.axes if axis.name not in free]


def _nearest(name: str, free: Mapping[str, object]) -> str | None:
    """The nearest unknown, by its path or by the last part of it."""
    last = {path.rpartition(".")[2]: path for path in free}
    found = nearest(name[:80], [*free, *last])
    return last.get(found or "", found)
