"""`undercount export`: the tables of a result folder for other programs."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("export")
@click.argument("folder", metavar="DIR")
@click.option("--csv", "as_csv", is_flag=True, help="As CSV files in a folder, one a table (the default).")
@click.option("--xlsx", "as_xlsx", is_flag=True,
              help="As one workbook for spreadsheets, a sheet a table (needs the extra `xlsx`).")
@click.option("--table", "tables", multiple=True, metavar="NAME",
              help="Only this table: runs, referrals, hidden, ... May be repeated (default: all).")
@click.option("--out", metavar="PATH",
              help="Where to (default: beside DIR, its name and -csv for the folder, .xlsx for the workbook).")
def command(folder: str, as_csv: bool, as_xlsx: bool, tables: tuple[str, ...], out: str | None) -> None:
    """Write the tables of DIR, a folder that `undercount run` made, for other programs, with what their columns mean.

    What is there under these names is replaced.
    """
    from undercount.experiments.runs.results import read_results
    from undercount.model.files.problems import BadInput, Problem

    if as_csv and as_xlsx:
        raise BadInput(Problem("command line", "--csv", "it together with --xlsx", "one of them"))
    results = read_results(folder)
    whole = Path(folder).resolve()
    beside = whole.parent if Path(folder).name in ("", "..") else Path(folder).parent
    target = Path(out) if out else beside / f"{whole.name}{'.xlsx' if as_xlsx else '-csv'}"
    if as_xlsx:
        from undercount.experiments.runs.workbook import export_xlsx

        click.echo(f"written: {export_xlsx(results, target, tables)}")
    else:
        from undercount.experiments.runs.export import export_csv

        click.echo(f"{len(export_csv(results, target, tables))} files in {target}")
