"""Makes a reference table: the plan's stretches computed on any engine into a folder, then the tables."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

from undercount.experiments.ask import scale_name
from undercount.experiments.compute.engines import EngineOptions
from undercount.experiments.compute.jobs import Outcome
from undercount.experiments.reference.plan import TablePlan
from undercount.experiments.reference.quantities import TRIED, columns
from undercount.experiments.reference.statistics import FILE
from undercount.experiments.reference.table import write_tables
from undercount.experiments.reference.worlds import simulate_stretch
from undercount.experiments.store.folder import REGION, write_whole
from undercount.experiments.store.kept import Needs
from undercount.experiments.study import Study, carry_out, finished_parts, planned


def build(plan: TablePlan, folder: Path, options: EngineOptions,
          on_progress: Callable[[Outcome], None] = lambda outcome: None) -> Outcome:
    """Compute what is missing of the plan in `folder` and write its tables.

    Raises what `study.carry_out` raises.
    """
    stretches = plan.stretches()

    copy = folder / REGION / plan.region.name / FILE

    def prepare(there: dict[str, Any] | None) -> Study:
        statistics = plan.region.folder / FILE
        if statistics.exists() and not (copy.exists() and copy.samefile(statistics)):
            copy.parent.mkdir(parents=True, exist_ok=True)
            write_whole(copy, statistics.read_bytes())
        return Study(about(plan) | planned(stretches), command_line(plan, folder), stretches, simulate_stretch,
                     assemble, plan.region, needs=Needs(tuple(zip(plan.given, plan.scenarios)), region=plan.on_region))

    def assemble() -> list[Path]:
        copied = [copy] if copy.exists() else []
        unknowns = list(dict.fromkeys(path for scenario in plan.scenarios for path in scenario.free()))
        names = [TRIED, *columns(plan.region, plan.statistics)]
        explanations = [scenario.name for scenario in plan.scenarios]
        return [*write_tables(folder, names, unknowns, explanations, finished_parts(folder, stretches)), *copied]

    return carry_out(folder, "reference", plan.shared(), prepare, options, on_progress)


def about(plan: TablePlan) -> dict[str, Any]:
    """What the manifest says of a reference table."""
    return {
        "batch": plan.shared(), "on_region": plan.on_region, "worlds": plan.worlds,
        "variants": [variant._asdict() | {"worlds": n} for variant, n in plan.sizes.items()],
        "scenarios": [{"name": scenario.name, "given": given, "key": scenario.content_hash(),
                       "unknowns": list(scenario.free()), "resolved": scenario.to_dict()}
                      for scenario, given in zip(plan.scenarios, plan.given)]}


def command_line(plan: TablePlan, folder: Path) -> str:
    """The command that makes this table."""
    words = ["undercount", "reference", *plan.given, "--worlds", plan.worlds, "--seed", plan.seed,
             "--people-per-agent", scale_name(plan.people_per_agent)]
    words += ["--region", plan.on_region] if plan.on_region else []
    words += [] if plan.variants else ["--no-variants"]
    words += [] if plan.gates else ["--no-gates"]
    return shlex.join(map(str, [*words, "--out", folder]))
