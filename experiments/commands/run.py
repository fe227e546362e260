"""`undercount run`: many replicates of some scenarios into a result folder."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Any

import click
from undercount.experiments.commands.options import (
    EngineAsked,
    engine_options,
    read_engine,
    region_option,
    scenario_names_from,
    settings_option,
)
from undercount.experiments.commands.swept import (
    SweptAsked,
    read_file,
    read_parameters,
    read_swept,
    resolved,
    sweep_options,
)


@click.command("run")
@click.argument("scenarios", nargs=-1, metavar="SCENARIO...", shell_complete=scenario_names_from)
@click.option("--experiment", "file", metavar="FILE",
              help="Instead of SCENARIO: a TOML file that names scenarios, what is swept, replicates and outputs.")
@click.option("--replicates", metavar="N", help="Runs of each scenario, at each point of a sweep (default: 20).")
@click.option("--seed", metavar="S", help="Seed of replicate 0; replicate r has S + r in every scenario. "
              "Drawn and recorded if left out; a folder that has one keeps it.")
@click.option("--people-per-agent", metavar="K",
              help="Persons that one agent stands for (default: 100), or `pooled`: people at home in pools of those "
              "who are alike, everybody recruited an agent of one person.")
@click.option("--until", metavar="YYYY-MM", help="The last month (default: the region's last).")
@region_option
@settings_option
@sweep_options
@engine_options
@click.option("--out", metavar="DIR", help="Result folder (default: results/ and the scenarios' names).")
@click.option("--dry-run", is_flag=True, help="Print points, runs, time and disk, and write nothing.")
def command(file: str | None, engine: EngineAsked, out: str | None, dry_run: bool, swept: SweptAsked,
            **asked: Any) -> int:
    """Run SCENARIO..., names or paths, or `all`, and write tables to a result folder.

    The same command again does only what is missing; with more replicates or scenarios it extends
    the folder. The tables are the same bytes for any engine and number of workers.

    With --sweep or --design every scenario is run at each point: point 0 has its own values, and replicate r
    the same seed everywhere. Tables then have a column `point`; points.parquet says what its values are.

    With --parameters prior or posterior=DIR replicates 2 i and 2 i + 1 are one draw of the unknowns with two lucks,
    so that bands show assumption and luck together, and the report tells them apart.
    """
    from undercount.experiments.runs.batch import LARGEST_DRAWN
    from undercount.experiments.store.folder import check_is_ours, read_manifest
    from undercount.model.files.problems import BadInput, Problem

    problems: list = []
    experiment = None
    options = read_engine(problems, engine)
    sweep = read_swept(problems, swept)
    if file is not None:
        experiment = read_file(problems, file, asked := asked | {"swept": swept})
        sweep = experiment.sweep
    elif not asked["scenarios"]:
        problems.append(Problem("command line", "SCENARIO", "nothing",
                                "a scenario's name or path, or --experiment FILE"))
    folder = Path(out) if out else _default_folder(asked["scenarios"], experiment)
    try:
        check_is_ours(folder)
        if asked["seed"] is None and (there := read_manifest(folder)):
            asked["seed"] = str(there["batch"]["seed"])
    except BadInput as error:
        problems += error.problems
    if swept.parameters is not None:
        if asked["seed"] is None:
            asked["seed"] = str(secrets.randbelow(LARGEST_DRAWN))
        drawn = read_parameters(problems, swept, asked["seed"])
        if drawn is not None and sweep is not None and experiment is not None:
            problems.append(Problem("command line", "--parameters", "it together with what the file sweeps",
                                    "one of them"))
        sweep = drawn or sweep
    batch = resolved(asked, problems, sweep, experiment)
    if dry_run:
        _print_size(batch, folder)
        return 0
    return _run(batch, folder, options)


def _default_folder(scenarios: tuple[str, ...], experiment) -> Path:
    """The same for the same scenarios or file, so that the same command goes on where it stopped."""
    names = [experiment.path] if experiment else scenarios
    return Path("results") / "-".join(dict.fromkeys(Path(name).stem for name in names))[:80]


def _print_size(batch, folder: Path) -> None:
    from undercount.experiments.runs.extend import joined
    from undercount.experiments.runs.size import points_of, size_of
    from undercount.experiments.store.folder import read_manifest
    from undercount.experiments.study import check_agrees

    there = read_manifest(folder, "run")
    check_agrees(folder, there, batch.shared())
    whole = joined(batch, folder, there)
    for line in points_of(whole) if whole.sweep else ():
        click.echo(line)
    for line in size_of(whole, folder):
        click.echo(line)


def _run(batch, folder: Path, options) -> int:
    from undercount.experiments.commands.ending import carried_out
    from undercount.experiments.runs.build import run_batch
    from undercount.experiments.runs.extend import going_on

    return carried_out(folder, going_on(batch, folder), options,
                       lambda on_progress: run_batch(batch, folder, options, on_progress))
