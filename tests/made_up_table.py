"""A reference table whose quantities are written down, not simulated: what makes its outcomes is known."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
from undercount.experiments.compute.engines import EngineOptions
from undercount.experiments.design import design
from undercount.experiments.reference import plan as plans
from undercount.experiments.reference.build import about, build
from undercount.experiments.reference.quantities import TRIED, columns
from undercount.experiments.reference.table import Reference, read_reference, write_tables
from undercount.experiments.store.folder import relative
from undercount.experiments.store.manifest import copy_region, head

PAIR = ["everything", "no-change"]  # `resolve` wants two


def made_up(folder: Path, worlds: int, figures: Callable[[dict[str, np.ndarray], list[str]], dict[str, np.ndarray]],
            seed: int = 1, explanations: int = 1) -> Reference:
    """A table of so many worlds of each of the first explanations of PAIR.

    figures  from (each unknown's values, in its unit, (worlds,); names of the columns) to some columns (worlds,); the
             others are 100 everywhere
    """
    plan = plans.resolve(PAIR, worlds, False, seed, 1574, gates=False)
    plan = replace(plan, scenarios=plan.scenarios[:explanations], given=plan.given[:explanations])
    names, parts = [TRIED, *columns(plan.region, plan.statistics)], []
    for scenario in plan.scenarios:
        free = list(scenario.free())
        drawn = [scenario.draw(dict(zip(free, point.tolist())))
                 for point in design(scenario.name, len(free), 1.0, seed, 0, worlds)]
        parameters = np.array([[world.value(path) for path in free] for world in drawn])
        table = np.full((worlds, len(names)), 100.0)
        table[:, 0] = 1.0
        for name, values in figures(dict(zip(free, parameters.T)), names).items():
            table[:, names.index(name)] = values
        parts.append(({"explanation": scenario.name, "width": 1.0, "without": "", "first": 0, "last": worlds, "unknowns": free},
                      {"parameters": parameters, "quantities": table}))
    folder.mkdir(parents=True)
    copy_region(plan.region, folder)
    unknowns = list(dict.fromkeys(path for head_of, _ in parts for path in head_of["unknowns"]))
    write_tables(folder, names, unknowns, [scenario.name for scenario in plan.scenarios], parts)
    manifest = head("reference", "undercount reference everything") | about(plan) | {
        "state": "finished", "planned": [], "tables": {}, "parts": {}}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return read_reference(folder)


def a_verdict(folder: Path, reference: Reference, worlds: list[int], weights: list[float]) -> Path:
    """A verdict's folder whose posterior draws are worlds of the table with weights."""
    folder.mkdir(parents=True)
    manifest = {"undercount": "0", "kind": "compare", "state": "finished", "command": "undercount compare", "tables": {},
                "parts": {}, "planned": [], "given": {}, "reference": relative(reference.folder, folder)}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    pd.DataFrame({"explanation": "everything", "world": worlds, "weight": weights}).to_parquet(
        folder / "draws.parquet", index=False)
    return folder


def simulated(folder: Path, worlds: int, people_per_agent: int = 10_000, seed: int = 1) -> Reference:
    """A table of worlds of `everything` as `undercount reference --no-gates` makes it."""
    plan = plans.resolve(PAIR, worlds, False, seed, people_per_agent, gates=False)
    plan = replace(plan, scenarios=plan.scenarios[:1], given=plan.given[:1])
    build(plan, folder, EngineOptions("serial"))
    return read_reference(folder)
