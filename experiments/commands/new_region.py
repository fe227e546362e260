"""`undercount new-region`: a folder to begin a region of one's own with."""

from __future__ import annotations

import shlex
from pathlib import Path

import click
from undercount.model.files.problems import BadInput, Problem


@click.command("new-region")
@click.argument("folder", metavar="DIR")
@click.option("--from", "like", metavar="REGION",
              help="Begin with the tables of this region, a name or a path, without its results.")
@click.option("--origins", metavar="CODES", help="Your origins, such as LVA,LTU: they stand in every file then.")
@click.option("--between", metavar="CODES", help="Your countries in between, if there are any.")
@click.option("--destinations", metavar="CODES", help="Your destinations; a country may be origin, too.")
@click.option("--start", metavar="YYYY-MM", help="Its first month (default: 2010-01).")
@click.option("--end", metavar="YYYY-MM", help="Its last month (default: 2015-12).")
def command(folder: str, like: str | None, **shape: str | None) -> None:
    """Write a region into DIR: two origins and two destinations that do not exist, or your codes and months with
    invented figures, each column explained.

    It loads and runs as it is; replace its files one by one (docs/your-region.md).
    """
    from undercount.experiments.newregion.build import shape_of, write_region

    given = [f"--{name}" for name, value in shape.items() if value is not None]
    if like is not None and given:
        raise BadInput(Problem("command line", "--from", f"it together with {', '.join(given)}",
                               "a region to begin with, or codes and months"))
    made = write_region(Path(folder), like, shape_of(**shape))
    there = shlex.quote(folder if "/" in folder else f"./{folder}")
    click.echo(f"region in {made}")
    click.echo(f"check it:  undercount check {shlex.quote(folder)}")
    click.echo(f"run it:    undercount run no-change --region {there} --replicates 5 --out results/mine")
