"""`undercount new-region`: a folder to begin a region of one's own with."""

from __future__ import annotations

import shlex
from pathlib import Path

import click


@click.command("new-region")
@click.argument("folder", metavar="DIR")
@click.option("--from", "like", metavar="REGION",
              help="Begin with the tables of this region, a name or a path, without its results.")
def command(folder: str, like: str | None) -> None:
    """Write a region into DIR: two origins and two destinations that do not exist, each column explained.

    It loads and runs as it is; replace its files one by one (docs/your-region.md).
    """
    from undercount.experiments.newregion.build import write_region

    made = write_region(Path(folder), like)
    there = shlex.quote(folder if "/" in folder else f"./{folder}")
    click.echo(f"region in {made}")
    click.echo(f"check it:  undercount check {shlex.quote(folder)}")
    click.echo(f"run it:    undercount run no-change --region {there} --replicates 5 --out results/mine")
