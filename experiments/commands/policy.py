"""`undercount policy`: levers of equal effort, what they spare people, and what the counts would show."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click
from undercount.experiments.commands.draws import DrawsAsked, draw_options, read_draws
from undercount.experiments.commands.options import EngineAsked, engine_options, read_engine

if TYPE_CHECKING:
    from undercount.experiments.compute.jobs import Outcome

DEFAULT_OUT = "results/policy"


@click.command("policy")
@draw_options
@click.option("--start", metavar="YYYY-MM", help="Month in which levers begin (default: the middle of the period).")
@click.option("--effort", "efforts", multiple=True, metavar="E",
              help="From 0 to 1; may be repeated (default: 0.25, 0.5, 1).")
@click.option("--lever", "names", multiple=True, metavar="NAME",
              help="Only this lever. May be repeated (default: all).")
@click.option("--levers", "file", metavar="FILE", help="Table of levers (default: levers.csv of the scenarios).")
@engine_options
@click.option("--out", default=DEFAULT_OUT, show_default=True, metavar="DIR", help="Result folder.")
def command(draws: DrawsAsked, start: str | None, efforts: tuple[str, ...], names: tuple[str, ...],
            file: str | None, engine: EngineAsked, out: str) -> int:
    """Compare prevention, supply side, demand side and assistance over the draws of VERDICT_FOLDER.

    Every draw with and without each lever, with the same luck, once with networks that never relearn and
    once with networks that do. The same command again does only what is missing; the tables are the same
    bytes for any engine and number of workers.
    """
    from undercount.experiments.commands.ending import carried_out
    from undercount.experiments.policy.build import build
    from undercount.experiments.policy.levers import check_known, read_levers
    from undercount.experiments.policy.plan import read_efforts, resolve

    problems: list = []
    options = read_engine(problems, engine)
    wanted = read_efforts(efforts, problems)
    basis, people_per_agent = read_draws(problems, draws)
    levers = check_known(names, read_levers(file, basis.draws[0].scenario.region))
    plan = resolve(basis, levers, file, wanted, start, people_per_agent)
    folder = Path(out)

    def tell(outcome: Outcome) -> None:
        table = folder / "policy.json"
        if options.only is None and table.exists():
            for line in json.loads(table.read_bytes())["words"]:
                click.echo(line)

    return carried_out(folder, plan.command(folder), options,
                       lambda on_progress: build(plan, folder, options, on_progress), tell)
