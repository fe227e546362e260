"""`undercount export`: the tables of a result folder for other programs."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("export")
@click.argument("folder", metavar="DIR")
@click.option("--csv", "as_csv", is_flag=True, help="As CSV, one file a table: the default, so far the only format.")
@click.option("--out", metavar="DIR", help="Where to (default: beside DIR, its name and -csv).")
def command(folder: str, as_csv: bool, out: str | None) -> None:
    """Write the tables of DIR, a folder that `undercount run` made, as CSV, and columns.csv with what they mean."""
    from undercount.experiments.runs.export import export_csv
    from undercount.experiments.runs.results import read_results

    results = read_results(folder)
    path = Path(folder) if Path(folder).name not in ("", "..") else Path(folder).resolve()  # . and .. have no name
    target = Path(out) if out else path.with_name(f"{path.resolve().name}-csv")
    written = export_csv(results, target)
    click.echo(f"{len(written)} files in {target}")
