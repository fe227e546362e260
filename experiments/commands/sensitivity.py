"""`undercount sensitivity`: which unknowns of a scenario its outcomes hang on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from undercount.experiments.commands.options import (
    EngineAsked,
    engine_options,
    read_engine,
    region_option,
    scenario_names_from,
    settings_option,
)
from undercount.experiments.patterns.scale import COARSE

if TYPE_CHECKING:
    from undercount.experiments.compute.jobs import Outcome
    from undercount.experiments.influence.plan import Inquiry


@click.command("sensitivity")
@click.argument("scenario", metavar="SCENARIO", shell_complete=scenario_names_from)
@region_option
@click.option("--over", multiple=True, metavar="NAME[=LOW:HIGH]",
              help="Only this unknown, over its range or another. May be repeated (default: all unknowns).")
@click.option("--output", "wanted", multiple=True, metavar="NAME",
              help="Only this output: person_months, counted_change, ... May be repeated (default: all).")
@click.option("--seed", default="1", show_default=True, metavar="S", help="Seed of the designs and of luck.")
@click.option("--people-per-agent", metavar="K",
              help=f"Persons that one agent stands for, or `pooled` (default: {COARSE}).")
@click.option("--until", metavar="YYYY-MM", help="The last month (default: the region's last).")
@click.option("--trajectories", default="20", show_default=True, metavar="N", help="Of Morris' screening.")
@click.option("--keep", default="20", show_default=True, metavar="N", help="Unknowns kept by the screening, at most.")
@click.option("--most", default="1024", show_default=True, metavar="N",
              help="The largest Sobol design: N times (kept unknowns + 3) worlds, N a power of 2.")
@click.option("--width", default="0.1", show_default=True, metavar="W",
              help="The design is doubled until the widest 90 % interval of an index is this narrow.")
@settings_option
@engine_options
@click.option("--out", metavar="DIR", help="Result folder (default: results/sensitivity- and the scenario's name).")
def command(scenario: str, engine: EngineAsked, out: str | None, **asked: Any) -> int:
    """Screen the unknowns of SCENARIO by Morris' effects, then give Sobol indices of those that matter.

    Luck is a factor like the others, `(luck)`: its total index is the share of the variance that is not decided by the
    values alone. The same command again does only what is missing; a larger --most goes on.
    """
    from undercount.experiments.commands.ending import carried_out
    from undercount.experiments.influence.build import build
    from undercount.experiments.influence.read import read_inquiry

    problems: list = []
    options = read_engine(problems, engine)
    inquiry: Inquiry = read_inquiry(problems, scenario, asked)
    folder = Path(out) if out else Path("results") / f"sensitivity-{inquiry.scenario.name}"

    def tell(outcome: Outcome) -> None:
        path = folder / "sensitivity.json"
        if options.only is None and not outcome.failed and path.exists():
            for line in json.loads(path.read_bytes())["words"]:
                click.echo(line)

    return carried_out(folder, inquiry.command(folder), options,
                       lambda on_progress: build(inquiry, folder, options, on_progress), tell)
