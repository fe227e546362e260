"""Makes a reference table: the plan's chunks computed on any engine into a folder, then the tables."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

from undercount.experiments.batch import scale_name
from undercount.experiments.engines import EngineOptions
from undercount.experiments.folder import REGION, write_whole
from undercount.experiments.reference.plan import Plan
from undercount.experiments.reference.quantities import TRIED, columns
from undercount.experiments.reference.simulate import simulate
from undercount.experiments.reference.statistics import FILE
from undercount.experiments.reference.table import write_tables
from undercount.experiments.study import finished_parts, study
from undercount.experiments.work import Outcome


def build(plan: Plan, folder: Path, options: EngineOptions,
          on_progress: Callable[[Outcome], None] = lambda outcome: None) -> Outcome:
    """Compute what is missing of the plan in `folder` and write its tables.

    Raises BadInput if the folder holds another table, `folder.Busy`, `work.Stopped`.
    """
    chunks = plan.chunks()

    def assemble(folder: Path, outcome: Outcome) -> list[Path]:
        statistics, copied = plan.region.folder / FILE, []
        if statistics.exists():
            target = folder / REGION / plan.region.name / FILE
            target.parent.mkdir(parents=True, exist_ok=True)
            write_whole(target, statistics.read_bytes())
            copied = [target]
        unknowns = list(dict.fromkeys(path for scenario in plan.scenarios for path in scenario.free()))
        names = [TRIED, *columns(plan.region, plan.statistics)]
        explanations = [scenario.name for scenario in plan.scenarios]
        return [*write_tables(folder, names, unknowns, explanations, finished_parts(folder, chunks)), *copied]

    return study(folder, "reference", chunks, simulate, about(plan), command_line(plan, folder), options, on_progress,
                 assemble, plan.region)


def about(plan: Plan) -> dict[str, Any]:
    """What the manifest says of a reference table."""
    return {
        "batch": plan.shared(), "worlds": plan.worlds, "widths": {f"{w:g}": n for w, n in plan.widths.items()},
        "scenarios": [{"name": scenario.name, "given": given, "key": scenario.content_hash(),
                       "unknowns": list(scenario.free()), "resolved": scenario.to_dict()}
                      for scenario, given in zip(plan.scenarios, plan.given)]}


def command_line(plan: Plan, folder: Path) -> str:
    """The command that makes this table."""
    words = ["undercount", "reference", *plan.given, "--worlds", plan.worlds, "--seed", plan.seed,
             "--people-per-agent", scale_name(plan.people_per_agent)]
    words += [] if plan.variants else ["--no-variants"]
    words += [] if plan.gates else ["--no-gates"]
    return shlex.join(map(str, [*words, "--out", folder]))
