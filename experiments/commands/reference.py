"""`undercount reference`: one table of simulated worlds of every explanation, drawn from its priors."""

from __future__ import annotations

from pathlib import Path

import click
from undercount.experiments.commands.options import (
    EngineAsked,
    engine_options,
    read_engine,
    region_option,
    scenario_names_from,
)
from undercount.experiments.reference import SCALE

DEFAULT_OUT = "results/reference"


@click.command("reference")
@click.argument("scenarios", nargs=-1, metavar="[SCENARIO...]", shell_complete=scenario_names_from)
@region_option
@click.option("--worlds", default="5000", show_default=True, metavar="N",
              help="Worlds of each explanation; a tenth as many more with priors half and with priors twice as wide, "
                   "and without each of the region's hard patterns.")
@click.option("--no-variants", is_flag=True, help="Leave out the worlds under other assumptions.")
@click.option("--no-gates", is_flag=True, help="Keep worlds that contradict the region's hard patterns.")
@click.option("--seed", default="1", show_default=True, metavar="S", help="Seed of the design and of all luck.")
@click.option("--people-per-agent", default=SCALE, show_default=True, metavar="K",
              help="Persons that one agent stands for, or `pooled`, where counts have the noise of single persons.")
@engine_options
@click.option("--out", default=DEFAULT_OUT, show_default=True, metavar="DIR", help="Folder of the table.")
def command(scenarios: tuple[str, ...], region: str | None, worlds: str, no_variants: bool, no_gates: bool, seed: str,
            people_per_agent: str, engine: EngineAsked, out: str) -> int:
    """Simulate worlds of SCENARIO..., names or paths (default: every explanation that ships).

    Priors are drawn on a scrambled Sobol design; a draw whose coarse world contradicts a hard pattern of the
    region is drawn anew (`undercount patterns`). The same command again does only what is missing; with
    more worlds it extends the table. The tables are the same bytes for any engine and number of workers.
    """
    from undercount.experiments.ask import LARGEST_SEED, read_scale, read_whole
    from undercount.experiments.commands.ending import carried_out
    from undercount.experiments.reference.build import build, command_line
    from undercount.experiments.reference.plan import MOST_WORLDS, resolve

    problems: list = []
    options = read_engine(problems, engine)
    n = read_whole(problems, "--worlds", worlds, 1, MOST_WORLDS)
    s = read_whole(problems, "--seed", seed, 0, LARGEST_SEED)
    k = read_scale(problems, people_per_agent)
    plan = resolve(scenarios, n, not no_variants, s, k, problems, not no_gates, region)
    folder = Path(out)
    again = command_line(plan, folder)
    return carried_out(folder, again, options, lambda on_progress: build(plan, folder, options, on_progress))
