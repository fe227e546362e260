"""A sweep from the options of a command."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from undercount.experiments.ask import read_whole
from undercount.experiments.sweeps.axis import Axis, grid_axis, range_axis
from undercount.experiments.sweeps.sweep import DESIGNS, GRID, MOST_POINTS, Sweep
from undercount.model.files.problems import Problem, nearest
from undercount.model.files.tables_in import Problems
from undercount.model.files.toml_in import Source, describe

POINTS = 64
ALL = "all"


def read_sweep(problems: list[Problem], given: Mapping[str, Any]) -> Sweep | None:
    """The grid or design that `sweep` (texts), `design`, `points` and `over` (texts) ask for; None if none.

    What is wrong is added to `problems`; whether scenarios have such names is for `check_sweep` to say.
    """
    grids, over = list(given["sweep"]), list(given["over"])
    kind, points = given["design"], given["points"]
    if grids:
        for option in ("design", "points", "over"):
            if given[option]:
                problems.append(Problem("command line", f"--{option}", "it together with --sweep", "one of them"))
        return grid(problems, read_axes(problems, "--sweep", grids))
    if kind is None:
        for option in ("points", "over"):
            if given[option]:
                problems.append(Problem("command line", f"--{option}", "it without --design", " or ".join(DESIGNS)))
        return None
    if kind not in DESIGNS:
        problems.append(Problem("command line", "--design", describe(kind), " or ".join(DESIGNS),
                                nearest=nearest(kind[:20], DESIGNS)))
        return None
    number = read_whole(problems, "--points", POINTS if points is None else points, 1, MOST_POINTS)
    axes = read_axes(problems, "--over", [text for text in over if text != ALL])
    if ALL in over and axes:
        problems.append(Problem("command line", "--over", "all together with names", "one of them"))
    return designed(kind, axes, number)


def grid(problems: list[Problem], axes: Sequence[Axis]) -> Sweep:
    words = [word for axis in axes for word in ("--sweep", axis.as_typed())]
    twice(problems, axes)
    return Sweep(GRID, tuple(axes), math.prod(len(axis.values) for axis in axes), tuple(words))


def designed(kind: str, axes: Sequence[Axis], points: int) -> Sweep:
    words = ["--design", kind, *(word for axis in axes for word in ("--over", axis.as_typed()))]
    return Sweep(kind, tuple(axes), points, tuple(words))


def twice(problems: list[Problem], axes: Sequence[Axis]) -> None:
    """Add a problem for every name that is given more than once."""
    names = [axis.name for axis in axes]
    problems += [axis.problem("a name given twice", "each name once")
                 for n, axis in enumerate(axes) if axis.name in names[:n]]


def read_axes(problems: list[Problem], option: str, texts: Sequence[str]) -> list[Axis]:
    """The axes of --sweep or --over as typed."""
    source, axes = Source(option, Problems()), []
    for text in texts:
        name, equals, values = text.partition("=")
        if option == "--over":
            axes.append(range_axis(source, (), text))
        elif not name.strip() or not equals:
            source.bad((), name.strip() or "(no name)", describe(text), "NAME=a,b,c or NAME=low:high:n")
        else:
            axes.append(grid_axis(source, (), name.strip(), values))
    problems += source.problems.listed
    found = [axis for axis in axes if axis is not None]
    if option == "--over":
        twice(problems, found)
    return found
