"""`undercount further`: which further observation would narrow the answer most."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("further")
@click.argument("reference", metavar="[REFERENCE]", required=False)
@click.option("--observed", metavar="FILE", help="An observed table in the region's format (default: its own).")
@click.option("--attribution", metavar="DIR",
              help="A folder of `undercount attribute` on worlds of the same table: adds what adaptation made of the "
                   "fall (the table that ships has one).")
@click.option("--seed", default="1", show_default=True, metavar="S", help="Seed of the forests.")
@click.option("--out", default="results/further", show_default=True, metavar="DIR", help="Result folder.")
def command(reference: str | None, observed: str | None, attribution: str | None, seed: str, out: str) -> int:
    """Say by how much each figure that an agency could publish would narrow the answer, in the worlds of REFERENCE
    (default: those that ship).

    Expected shrinkage of the 90 % interval of the change of the hidden flow, with its error, by the kind of effort
    that a figure takes.
    """
    import os

    from undercount.experiments.ask import LARGEST_SEED, read_whole
    from undercount.experiments.commands.ending import carried_out
    from undercount.experiments.compute.engines import EngineOptions
    from undercount.experiments.discover.value_build import WORDS, build, inquire
    from undercount.experiments.reference.shipped import shipped_reference
    from undercount.experiments.reference.table import read_reference
    from undercount.experiments.verdict.observed import read_observed
    from undercount.model.files.problems import BadInput

    problems: list = []
    number = read_whole(problems, "--seed", seed, 0, LARGEST_SEED)
    if problems:
        raise BadInput(problems)
    there = read_reference(reference) if reference else shipped_reference()
    seen = read_observed(there, Path(observed) if observed else None)
    inquiry = inquire(there, seen, number, observed, attribution)
    folder = Path(out)
    return carried_out(
        folder, inquiry.command(folder), EngineOptions("serial"),
        lambda on_progress: build(inquiry, folder, os.cpu_count() or 1, lambda what: click.echo(what, err=True)),
        lambda outcome: click.echo((folder / WORDS).read_text(encoding="utf-8")), runs=False)
