"""A reference table whose quantities are written down, not simulated: what makes its outcomes is known."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
from undercount.experiments.design import design
from undercount.experiments.reference import plan as plans
from undercount.experiments.reference.build import about
from undercount.experiments.reference.quantities import TRIED, columns
from undercount.experiments.reference.table import Reference, read_reference, write_tables
from undercount.experiments.store.manifest import copy_region, head

PAIR = ["everything", "no-change"]  # `resolve` wants two


def made_up(folder: Path, worlds: int, figures: Callable[[dict[str, np.ndarray], list[str]], dict[str, np.ndarray]],
            seed: int = 1) -> Reference:
    """A table of worlds of the mixture `everything`.

    figures  from (each unknown's values, in its unit, (worlds,); names of the columns) to some columns (worlds,); the
             others are 100 everywhere
    """
    plan = plans.resolve(PAIR, worlds, False, seed, 1574, gates=False)
    plan = replace(plan, scenarios=plan.scenarios[:1], given=plan.given[:1])
    scenario, names = plan.scenarios[0], [TRIED, *columns(plan.region, plan.statistics)]
    free = list(scenario.free())
    drawn = [scenario.draw(dict(zip(free, point.tolist())))
             for point in design(scenario.name, len(free), 1.0, seed, 0, worlds)]
    parameters = np.array([[world.value(path) for path in free] for world in drawn])
    table = np.full((worlds, len(names)), 100.0)
    table[:, 0] = 1.0
    for name, values in figures(dict(zip(free, parameters.T)), names).items():
        table[:, names.index(name)] = values
    folder.mkdir(parents=True)
    copy_region(plan.region, folder)
    part = ({"explanation": scenario.name, "width": 1.0, "first": 0, "last": worlds, "unknowns": free},
            {"parameters": parameters, "quantities": table})
    write_tables(folder, names, free, [scenario.name], [part])
    manifest = head("reference", "undercount reference everything") | about(plan) | {
        "state": "finished", "planned": [], "tables": {}, "parts": {}}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return read_reference(folder)
