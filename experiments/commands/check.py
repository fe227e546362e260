"""`undercount check`: every mistake of every file given."""

import os
from pathlib import Path

import click
from undercount.experiments.commands.left_aside import unknown_onsets, unread
from undercount.experiments.commands.options import region_option
from undercount.experiments.commands.tables import check_table, is_table
from undercount.experiments.patterns.table import patterns_of
from undercount.experiments.reference.statistics import shipped_statistics
from undercount.experiments.sweeps.experiment import is_experiment
from undercount.model.assumed.scenario import load_scenario, scenario_names
from undercount.model.files.problems import BadInput, Problem, nearest, note
from undercount.model.files.toml_in import plain
from undercount.model.known.doubts import doubts
from undercount.model.known.region_in import load_region


@click.command("check")
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@region_option
@click.option("--scenario", "scenario", default="baseline", show_default=True,
              help="Whose region's countries an observed table may name.")
def command(files: tuple[str, ...], region: str | None, scenario: str) -> None:
    """Check scenario and experiment files (.toml), region folders, and tables (.csv, .tsv, .xlsx): observed counts,
    statistics, patterns, levers, known by their columns.

    Prints one line for each FILE that is right, and every mistake of the others; then the exit
    code is 2. A scenario may be given by name.
    """
    problems = []
    for file in files:
        try:
            click.echo(f"ok: {plain(file)}: {_check(file, region, scenario)}")
        except BadInput as error:
            problems.extend(error.problems)
    if problems:
        raise BadInput(problems)


def _check(file: str, on_region: str | None, scenario: str) -> str:
    path = Path(file)
    if path.name == "region.toml":
        path = path.parent
    if path.is_dir():
        region = load_region(path)
        load_scenario("no-change", os.path.join(".", path))  # its changes are read with a scenario
        statistics, patterns = shipped_statistics(region), patterns_of(region)
        for line in (*doubts(region), *unknown_onsets(region), *unread(region)):
            note(f"{plain(file)}: {line}")
        return (f"region {plain(region.title)!r}, {len(region.countries)} countries, {region.months} months"
                + (f", {len(statistics)} published statistics" if statistics else "")
                + (f", {len(patterns)} patterns" if patterns else ""))
    if path.suffix.lower() in (".geojson", ".json"):
        raise BadInput(Problem(plain(file), "file", "a map",
                               "a scenario, a table, or the folder of a region: its map is checked with it"))
    if is_table(path):
        return check_table(path, lambda: load_scenario(scenario, on_region).region)
    if is_experiment(path):
        return _experiment(path)
    names = scenario_names()
    if file not in names and not path.exists() and path.suffix.lower() != ".toml":
        raise BadInput(Problem(plain(file), "file", "nothing of this name here",
                               "a region's folder, a table, a scenario's file or one of " + ", ".join(names),
                               nearest=nearest(file, names)))
    found = load_scenario(file if file in names else path, on_region)
    return f"scenario {plain(found.title)!r}, {len(found.events)} events"


def _experiment(path: Path) -> str:
    from undercount.experiments.commands.swept import as_asked

    batch = as_asked(path)
    points = sum(max(len(entry.points), 1) for entry in batch.entries)
    return (f"experiment, {len(batch.entries)} {'scenario' if len(batch.entries) == 1 else 'scenarios'}, "
            f"{points} points, {len(batch.runs())} runs")
