"""`undercount compare`: were fewer people trafficked, and what made the counts fall."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
from undercount.experiments.commands.options import EngineAsked, engine_options, read_engine, region_option

if TYPE_CHECKING:
    from undercount.experiments.compute.jobs import Outcome


@click.command("compare")
@click.argument("reference", metavar="[REFERENCE]", required=False)
@region_option
@click.option("--observed", metavar="FILE", help="An observed table in the region's format (default: its own).")
@click.option("--attribution", metavar="DIR", help="An `undercount attribute --prior` of the table's own worlds: what "
              "adaptation made of the fall, and how well such tables tell (the table that ships has one).")
@click.option("--effort", type=click.Choice(["quick", "full"]), default="full", show_default=True,
              help="Size of forests, of posterior predictive checks and of ABC-SMC.")
@click.option("--seed", default="1", show_default=True, metavar="S", help="Seed of all methods.")
@click.option("--no-smc", is_flag=True, help="Leave out the third opinion, ABC-SMC (it needs the extra [abc]).")
@engine_options
@click.option("--out", default="results/verdict", show_default=True, metavar="DIR", help="Folder of the verdict.")
def command(reference: str | None, region: str | None, observed: str | None, attribution: str | None, effort: str,
            seed: str, no_smc: bool, engine: EngineAsked, out: str) -> int:
    """Answer from the table in REFERENCE, a folder that `undercount reference` made (default: the one that ships).

    Were fewer people trafficked when fewer were counted, and how much of the fall was seeing fewer of them? A table of
    a mixture (everything) answers best; with two single explanations or more they are compared as well. Writes
    verdict.json, the answer in plain words, tables, and posterior draws; with every number come the tests of the
    methods on worlds whose truth is known. The same command again goes on where it stopped.
    """
    from undercount.experiments.answer.build import make
    from undercount.experiments.ask import LARGEST_SEED, read_whole
    from undercount.experiments.commands.ending import carried_out
    from undercount.experiments.inference.smc import available
    from undercount.experiments.reference.shipped import shipped_reference
    from undercount.experiments.reference.table import read_reference
    from undercount.experiments.verdict.asked import Asked
    from undercount.experiments.verdict.effort import EFFORTS
    from undercount.experiments.verdict.folder import WORDS
    from undercount.experiments.verdict.observed import read_observed
    from undercount.model.files.problems import BadInput, Problem

    problems: list = []
    options = read_engine(problems, engine)
    number = read_whole(problems, "--seed", seed, 0, LARGEST_SEED)
    if reference and region:
        problems.append(Problem("command line", "--region", "it together with REFERENCE", "one of them: a table is of "
                                "the region that it was made on"))
    if problems:
        raise BadInput(problems)
    folder = Path(out)

    def say(line: str) -> None:
        click.echo(line, err=True)

    there = read_reference(reference) if reference else shipped_reference(region)
    seen = read_observed(there, Path(observed) if observed else None)
    for warning in seen.warnings:
        say(f"warning: outside what was simulated: {warning}")
    asked = Asked(there, seen, EFFORTS[effort], number, not no_smc and available(), observed, shipped=not reference,
                  region=region, attribution=attribution)

    def tell(outcome: Outcome) -> None:
        if outcome.done == outcome.total:
            click.echo((folder / WORDS).read_text(encoding="utf-8"))

    return carried_out(folder, asked.command(folder), options,
                       lambda on_progress: make(asked, folder, options, on_progress, say), tell)
