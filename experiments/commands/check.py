"""`undercount check`: every mistake of every file given."""

from collections.abc import Iterator
from pathlib import Path

import click
from undercount.experiments.commands.options import region_option
from undercount.experiments.commands.tables import check_table, is_table
from undercount.experiments.patterns.table import patterns_of
from undercount.experiments.reference.statistics import shipped_statistics
from undercount.experiments.sweeps.experiment import is_experiment
from undercount.model.assumed.scenario import load_scenario, scenario_names
from undercount.model.files.problems import BadInput, Problem, note
from undercount.model.files.toml_in import plain
from undercount.model.known.outlines import outlines_of
from undercount.model.known.region import Region
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
        load_scenario("no-change", str(path.resolve()))  # its changes are read with a scenario
        statistics, patterns = shipped_statistics(region), patterns_of(region)
        for line in hints(region):
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
    named = file in scenario_names() or not path.exists() and path.suffix.lower() != ".toml"
    found = load_scenario(file if named else path, on_region)
    return f"scenario {plain(found.title)!r}, {len(found.events)} events"


def hints(region: Region) -> Iterator[str]:
    """What is no mistake, but hardly meant: counts that cannot come about, and what is missing on the map."""
    if not region.crossings and not region.routes:
        yield "no border crossing and no route: who has no papers cannot travel"
    if not any(row.assisted is not None for row in region.referrals):
        yield "no count is known in the observed table: nothing can be compared with it"
    if others := list(dict.fromkeys(row.iso3 for row in region.referrals
                                    if row.role == "origin" and row.iso3 not in region.origins)):
        yield f"rows of {', '.join(others)} are counted as an origin's, and no one sets out from there: counts are 0"
    helped = {ngo.iso3 for ngo in region.ngos}
    counted = dict.fromkeys(row.iso3 for row in region.referrals
                            if row.assisted is not None and row.counts in ("assisted", "repatriated"))
    if nowhere := [iso3 for iso3 in counted if iso3 not in helped]:
        yield (f"no programme of {', '.join(nowhere)} in ngos: where nobody helps nobody is counted, so the simulated "
               "counts of these rows are 0")
    outlines = outlines_of(region.map)
    drawn = {code for code, _ in outlines.rings}
    if not drawn & set(region.index):
        yield "the map has no outline of any country of the region: drawn without"
    elif missing := [iso3 for iso3 in (*region.origins, *region.destinations)
                     if iso3 not in drawn and any(iso3 == code for _, code in region.figures)]:
        yield f"the map has no outline of {', '.join(dict.fromkeys(missing))}: drawn without"
    if outlines.left_out:
        yield f"{outlines.left_out} features of the map are no areas (Polygon, MultiPolygon): not drawn"


def _experiment(path: Path) -> str:
    from undercount.experiments.commands.swept import as_asked

    batch = as_asked(path)
    points = sum(max(len(entry.points), 1) for entry in batch.entries)
    return (f"experiment, {len(batch.entries)} {'scenario' if len(batch.entries) == 1 else 'scenarios'}, "
            f"{points} points, {len(batch.runs())} runs")
