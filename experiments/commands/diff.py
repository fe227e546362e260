"""`undercount diff`: what differs between two result folders."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("diff")
@click.argument("first", metavar="A")
@click.argument("second", metavar="B")
@click.option("--csv", "table", metavar="FILE", help="Also write the differences of outputs, paired by seed, as CSV.")
def command(first: str, second: str, table: str | None) -> int:
    """Say in one page what differs between the result folders A and B: code, settings, scenarios, numbers, files.

    Runs of one scenario, point and seed are paired; scenarios of different names are compared if each folder has one.
    Exit code 0 if all is the same, 1 if anything differs.
    """
    from undercount.experiments.difference.page import difference
    from undercount.experiments.store.tables import write_csv
    from undercount.model.files.toml_in import plain

    found = difference(first, second)
    for line in found.lines():
        click.echo(plain(line))
    if table is not None:
        write_csv(Path(table), found.numbers)
    return 0 if found.same else 1
