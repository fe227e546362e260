"""`undercount report`: one HTML file and its figures from a result folder."""

from pathlib import Path

import click

from experiments.report.page import write_report
from experiments.results import read_results


@click.command("report")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), default=None, metavar="DIR",
              help="Where to write report.html and figures/; default: into the result folder.")
@click.option("--focus", default=None, metavar="SCENARIO",
              help="The scenario to show in detail; default: full-adaptation if it was run, else the first.")
def command(folder: Path, out: Path | None, focus: str | None) -> None:
    """Write the report of the result folder DIR: one HTML file, and its figures as PNG and SVG.

    The path of the page is printed last.
    """
    page = write_report(read_results(folder), out or folder, focus)
    figures = sorted((page.parent / "figures").glob("*.png"))
    click.echo(f"{len(figures)} figures in {page.parent / 'figures'}, each as PNG and SVG")
    click.echo(str(page))
