"""An experiment in one file: scenarios, what is swept, replicates, and what the report shows.

    scenarios = ["full-adaptation", "no-change"]
    replicates = 5
    seed = 1
    people-per-agent = "pooled"
    outputs = ["counted_2003", "exploited_2003"]

    [sweep]                                    # a grid
    corruption = [0.6, 1, 1.4]
    "policing.raid_rate" = { low = 0.004, high = 0.02, points = 5 }

    # or
    [design]
    method = "sobol"
    points = 256
    over = "all"                               # or a list of NAME and "NAME=low:high"

A scenario is a name that ships, or a path as seen from the file.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from undercount.experiments.ask import wrong_names
from undercount.experiments.sweeps.axis import Axis, grid_axis, range_axis
from undercount.experiments.sweeps.sweep import DESIGNS, MOST_POINTS, Sweep
from undercount.experiments.sweeps.typed import ALL, POINTS, designed, grid, twice
from undercount.model.assumed.scenario import scenario_names
from undercount.model.files.problems import Problem, nearest
from undercount.model.files.tables_in import Problems
from undercount.model.files.toml_in import Source, describe, finite, read_toml

KEYS = ("title", "scenarios", "region", "replicates", "seed", "people-per-agent", "until", "set", "outputs", "sweep",
        "design")
DESIGN_KEYS = ("method", "points", "over")
TEXTS = ("title", "region", "until")
NUMBERS = ("replicates", "seed", "people-per-agent")


@dataclass(frozen=True)
class Experiment:
    """A file as read; `options` are those of `undercount run` that it states, as texts."""

    path: Path
    title: str
    scenarios: tuple[str, ...]
    options: dict[str, str]
    settings: dict[str, str]
    sweep: Sweep | None
    outputs: tuple[str, ...]
    lines: dict[str, int | None] = field(default_factory=dict)

    def located(self, problem: Problem) -> Problem:
        """A problem with an option as one of the file, where the file states the option."""
        key = problem.key.removeprefix("--")
        if problem.file in ("command line", "--set") and (key in self.options or key in self.settings):
            return Problem(self.path, key, problem.found, problem.allowed, self.lines.get(key), problem.nearest)
        return problem

    def wrong_outputs(self, known: Sequence[str]) -> list[Problem]:
        """A problem for each output that is none of those that the runs have."""
        return wrong_names(self.outputs, known, "outputs", file=self.path, line=self.lines.get("outputs"))


def is_experiment(path: Path) -> bool:
    """Does a TOML file name `scenarios`? A file that cannot be read is none."""
    document = read_toml(path, Problems()) if path.suffix == ".toml" and path.is_file() else None
    return document is not None and "scenarios" in document.values


def read_experiment(path: Path) -> Experiment:
    """The experiment in a file. Raises BadInput with every mistake but those that only its scenarios can tell."""
    problems = Problems()
    document = read_toml(path, problems)
    problems.raise_any()
    values, source = document.values, document.source
    for name in values:
        if name not in KEYS:
            source.bad((name,), name, "no such key", ", ".join(KEYS), KEYS)
    scenarios = _texts(source, values, "scenarios", needed=True)
    outputs = _texts(source, values, "outputs")
    options = {name: str(values[name]) for name in (*TEXTS[1:], *NUMBERS)
               if name in values and _good(source, values, name)}
    if "title" in values:
        _good(source, values, "title")
    found: list[Problem] = []
    sweep = _sweep(source, values, found)
    settings = _settings(source, values)
    lines = {name: source.line((name,)) for name in (*options, "outputs")}
    lines |= {name: source.line(("set", name)) for name in settings}
    problems.listed += found
    problems.count = max(problems.count, len(problems.listed))
    problems.raise_any()
    return Experiment(path, str(values.get("title", path.stem)), tuple(_beside(path, name) for name in scenarios),
                      options, settings, sweep, outputs, lines)


def _beside(path: Path, name: str) -> str:
    """A scenario's file as seen from the experiment's."""
    there = path.parent / name
    return name if name in (*scenario_names(), "all") or not there.is_file() else str(there)


def _texts(source: Source, values: dict[str, Any], key: str, needed: bool = False) -> tuple[str, ...]:
    raw = values.get(key, [])
    if not isinstance(raw, list) or not all(isinstance(each, str) and each for each in raw) or needed and not raw:
        source.bad((key,), key, describe(raw) if key in values else "nothing", "a list of names")
        return ()
    return tuple(raw)


def _good(source: Source, values: dict[str, Any], name: str) -> bool:
    value = values[name]
    right = isinstance(value, str) or name in NUMBERS and isinstance(value, int) and not isinstance(value, bool)
    if not right:
        source.bad((name,), name, describe(value), "a whole number" if name in NUMBERS else "a text")
    return right


def _settings(source: Source, values: dict[str, Any]) -> dict[str, str]:
    raw = values.get("set", {})
    if not isinstance(raw, dict):
        source.bad(("set",), "set", describe(raw), "a table of values by name")
        return {}
    found = {}
    for name, value in raw.items():
        if isinstance(value, str | bool) or finite(value) is not None:
            found[name] = str(value).lower() if isinstance(value, bool) else str(value)
        else:
            source.bad(("set", name), name, describe(value), 'a number, a text, true or false; dotted names in quotes')
    return found


def _sweep(source: Source, values: dict[str, Any], problems: list[Problem]) -> Sweep | None:
    swept, design = values.get("sweep"), values.get("design")
    for key, raw in (("sweep", swept), ("design", design)):
        if raw is not None and (not isinstance(raw, dict) or not raw):
            source.bad((key,), key, describe(raw), "a table")
            return None
    if swept is not None and design is not None:
        source.bad(("design",), "design", "it together with [sweep]", "one of them")
        return None
    if swept is not None:
        axes = [grid_axis(source, ("sweep", name), name, value) for name, value in swept.items()]
        return grid(problems, [axis for axis in axes if axis is not None])
    return None if design is None else _design(source, design, problems)


def _design(source: Source, raw: dict[str, Any], problems: list[Problem]) -> Sweep | None:
    for name in raw:
        if name not in DESIGN_KEYS:
            source.bad(("design", name), f"design.{name}", "no such key", ", ".join(DESIGN_KEYS), DESIGN_KEYS)
    kind, points, over = raw.get("method"), raw.get("points", POINTS), raw.get("over", ALL)
    if kind not in DESIGNS:
        source.bad(("design", "method"), "design.method", describe(kind), " or ".join(DESIGNS), DESIGNS,
                   nearest(str(kind)[:20], DESIGNS))
    if not isinstance(points, int) or isinstance(points, bool) or not 1 <= points <= MOST_POINTS:
        source.bad(("design", "points"), "design.points", describe(points), f"a whole number from 1 to {MOST_POINTS}")
        return None
    axes: list[Axis | None] = []
    if over != ALL:
        if not isinstance(over, list) or not over:
            source.bad(("design", "over"), "design.over", describe(over), 'a list of names, or "all"')
            return None
        axes = [range_axis(source, ("design", "over"), each) for each in over]
    found = [axis for axis in axes if axis is not None]
    twice(problems, found)
    return designed(str(kind), found, points)
