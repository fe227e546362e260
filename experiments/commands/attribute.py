"""`undercount attribute`: how much of the change in counts, and in the hidden flow, each mechanism made."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click
from undercount.experiments.commands.draws import DrawsAsked, draw_options, read_draws
from undercount.experiments.commands.options import EngineAsked, engine_options, read_engine

if TYPE_CHECKING:
    from undercount.experiments.compute.jobs import Outcome

DEFAULT_OUT = "results/attribution"


@click.command("attribute")
@draw_options
@click.option("--from", "before", metavar="PERIOD", help="First period (default: the year of the observed peak).")
@click.option("--to", "after", metavar="PERIOD", help="Second period (default: the last observed year).")
@click.option("--player", "players", multiple=True, metavar="NAME",
              help="A cause: a mechanism, own_cause, core_changes, or an onset of the worlds (routes+methods: two as "
                   "one). May be repeated, up to eight (default: of a mixture's worlds every onset).")
@engine_options
@click.option("--out", default=DEFAULT_OUT, show_default=True, metavar="DIR", help="Result folder.")
def command(draws: DrawsAsked, before: str | None, after: str | None, players: tuple[str, ...],
            engine: EngineAsked, out: str) -> int:
    """Attribute a simulated change to the causes in the model, over the draws of VERDICT_FOLDER.

    Shapley values over every coalition of the causes, with common random numbers. It is an attribution
    within the model. The same command again does only what is missing; the tables are the same bytes for
    any engine and number of workers.
    """
    from undercount.experiments.attribution.build import build
    from undercount.experiments.attribution.plan import resolve
    from undercount.experiments.attribution.players import read_players
    from undercount.experiments.commands.ending import carried_out
    from undercount.model.files.problems import BadInput

    problems: list = []
    options = read_engine(problems, engine)
    basis, people_per_agent = read_draws(problems, draws)
    cast = read_players(players, problems, basis.onsets, basis.mixture)
    if problems:
        raise BadInput(problems)
    plan = resolve(basis, cast, before, after, people_per_agent)
    folder = Path(out)

    def tell(outcome: Outcome) -> None:
        if outcome.done and options.only is None:
            for line in json.loads((folder / "attribution.json").read_bytes())["words"]:
                click.echo(line)

    return carried_out(folder, plan.command(folder), options,
                       lambda on_progress: build(plan, folder, options, on_progress), tell)
