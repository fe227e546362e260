"""`undercount report`: one HTML file and its figures from a result folder."""

from pathlib import Path

import click

FOLDER = click.Path(path_type=Path)


@click.command("report")
@click.argument("folder", metavar="DIR", type=FOLDER)
@click.option("--out", type=FOLDER, default=None, metavar="DIR",
              help="Where to write report.html and figures/; default: into the result folder.")
@click.option("--focus", default=None, metavar="SCENARIO",
              help="Of a folder of runs: the scenario to show in detail; default: full-adaptation if it was run, else "
                   "the first.")
@click.option("--attribution", type=FOLDER, default=None, metavar="DIR",
              help="Of a verdict: include what `undercount attribute` found.")
@click.option("--policy", type=FOLDER, default=None, metavar="DIR",
              help="Of a verdict: include what `undercount policy` found.")
def command(folder: Path, out: Path | None, focus: str | None, attribution: Path | None, policy: Path | None) -> None:
    """Write the report of DIR: one HTML file, and its figures as PNG and SVG.

    DIR is a folder that `undercount run`, `compare` or `sensitivity` made. The path of the page is printed last.
    """
    from undercount.experiments.store.folder import open_folder

    manifest = open_folder(folder)
    if manifest["kind"] == "sensitivity":
        from undercount.experiments.report.sensitivity_page import write_sensitivity_report

        _refuse({"--focus": focus, "--attribution": attribution, "--policy": policy}, "another kind of folder as DIR")
        page = write_sensitivity_report(folder, manifest, out or folder)
    elif manifest["kind"] == "compare":
        from undercount.experiments.report.verdict_page import write_verdict_report

        _refuse({"--focus": focus}, "a folder that `undercount run` made as DIR")
        page = write_verdict_report(folder, out or folder, attribution, policy)
    else:
        from undercount.experiments.report.page import write_report
        from undercount.experiments.runs.results import read_results

        _refuse({"--attribution": attribution, "--policy": policy}, "a folder that `undercount compare` made as DIR")
        results = read_results(folder)
        if results.sweep is None:
            page = write_report(results, out or folder, focus)
        else:
            from undercount.experiments.report.sweep_page import write_sweep_report

            _refuse({"--focus": focus}, "a folder of runs that sweeps nothing as DIR")
            page = write_sweep_report(results, out or folder)
    figures = sorted((page.parent / "figures").glob("*.png"))
    click.echo(f"{len(figures)} figures in {page.parent / 'figures'}, each as PNG and SVG")
    click.echo(str(page))


def _refuse(options: dict[str, object], needed: str) -> None:
    """Raise BadInput for options that say nothing of this kind of folder."""
    from undercount.model.files.problems import BadInput, Problem

    problems = [Problem("command line", option, str(value), needed) for option, value in options.items()
                if value is not None]
    if problems:
        raise BadInput(problems)
