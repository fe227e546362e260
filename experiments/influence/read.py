"""An inquiry from the options of a command."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from undercount.experiments.ask import LARGEST_SEED, read_scale, read_whole, wrong_names
from undercount.experiments.influence.plan import FIRST, Inquiry
from undercount.experiments.patterns.scale import COARSE
from undercount.experiments.runs.batch import resolve
from undercount.experiments.runs.outputs import outputs_of
from undercount.experiments.sweeps.sweep import SOBOL, Sweep, check_sweep
from undercount.experiments.sweeps.typed import ALL, read_axes
from undercount.model.files.problems import BadInput, Problem
from undercount.model.files.toml_in import describe

MOST_BLOCKS = 2**20


def read_inquiry(problems: list[Problem], scenario: str, asked: Mapping[str, Any]) -> Inquiry:
    """The inquiry that the options ask for, as typed. Raises BadInput with every problem, after `problems`."""
    scale = read_scale(problems, COARSE if asked["people_per_agent"] is None else asked["people_per_agent"])
    seed = read_whole(problems, "--seed", asked["seed"], 0, LARGEST_SEED - MOST_BLOCKS)
    number = read_whole(problems, "--trajectories", asked["trajectories"], 2, 10_000)
    keep = read_whole(problems, "--keep", asked["keep"], 1, 1000)
    most = read_whole(problems, "--most", asked["most"], FIRST, MOST_BLOCKS)
    if most & (most - 1):
        problems.append(Problem("command line", "--most", str(most), "a power of 2"))
    width = _width(problems, asked["width"])
    over = [text for text in asked["over"] if text != ALL]
    sweep = Sweep(SOBOL, tuple(read_axes(problems, "--over", over)), 1)
    batch = resolve([scenario], 1, seed, COARSE, asked["until"], asked["settings"], problems, asked["region"])
    given = batch.entries[0].scenario
    if problems := check_sweep(sweep, [given]):
        raise BadInput(problems)
    base = sweep.base(given)
    known = [output.name for output in outputs_of(batch.region, batch.months)]
    wanted = list(dict.fromkeys(asked["wanted"])) or known
    if problems := wrong_names(wanted, known, "--output"):
        raise BadInput(problems)
    return Inquiry(base, batch.entries[0].given, tuple(axis.as_typed() for axis in sweep.axes), sweep.names(base),
                   tuple(wanted), seed, scale, batch.until, number, keep, most, width, batch.settings,
                   batch.on_region)


def _width(problems: list[Problem], text: str) -> float:
    if re.fullmatch(r"[0-9]?\.?[0-9]{1,6}", str(text).strip()) and 0.0 < float(text) <= 2.0:
        return float(text)
    problems.append(Problem("command line", "--width", describe(text), "a number above 0, at most 2"))
    return 1.0
