"""`undercount run`: many replicates of some scenarios into a result folder."""

from __future__ import annotations

from pathlib import Path

import click
from undercount.experiments.commands.options import (
    EngineAsked,
    engine_options,
    read_engine,
    region_option,
    settings_option,
)

INTERRUPTED = 130


@click.command("run")
@click.argument("scenarios", nargs=-1, required=True, metavar="SCENARIO...")
@click.option("--replicates", default="20", show_default=True, metavar="N", help="Runs of each scenario.")
@click.option("--seed", metavar="S", help="Seed of replicate 0; replicate r has S + r in every scenario. "
              "Drawn and recorded if left out; a folder that has one keeps it.")
@click.option("--people-per-agent", default="100", show_default=True, metavar="K",
              help="Persons that one agent stands for, or `pooled`: people at home in pools of those who are alike, "
              "everybody recruited an agent of one person.")
@click.option("--until", metavar="YYYY-MM", help="The last month (default: the region's last).")
@region_option
@settings_option
@engine_options
@click.option("--out", metavar="DIR", help="Result folder (default: results/ and the scenarios' names).")
@click.option("--dry-run", is_flag=True, help="Print the number of runs and their size, and write nothing.")
def command(scenarios: tuple[str, ...], replicates: str, seed: str | None, people_per_agent: str,
            until: str | None, region: str | None, settings: dict[str, str], engine: EngineAsked, out: str | None,
            dry_run: bool) -> int:
    """Run SCENARIO..., names or paths, or `all`, and write tables to a result folder.

    The same command again does only what is missing; with more replicates or scenarios it extends
    the folder. The tables are the same bytes for any engine and number of workers.
    """
    from undercount.experiments.runs.batch import resolve
    from undercount.experiments.store.folder import check_is_ours, read_manifest
    from undercount.model.files.problems import BadInput

    problems: list = []
    options = read_engine(problems, engine)
    folder = Path(out) if out else _default_folder(scenarios)
    try:
        check_is_ours(folder)
        if seed is None and (there := read_manifest(folder)):
            seed = str(there["batch"]["seed"])
    except BadInput as error:
        problems += error.problems
    batch = resolve(scenarios, replicates, seed, people_per_agent, until, settings, problems, region)
    if dry_run:
        _print_size(batch, folder)
        return 0
    return _run(batch, folder, options)


def _default_folder(scenarios: tuple[str, ...]) -> Path:
    """The same for the same scenarios, so that the same command goes on where it stopped."""
    return Path("results") / "-".join(dict.fromkeys(Path(name).stem for name in scenarios))[:80]


def _print_size(batch, folder: Path) -> None:
    from undercount.experiments.runs.extend import joined
    from undercount.experiments.runs.size import size_of
    from undercount.experiments.store.folder import read_manifest
    from undercount.experiments.study import check_agrees

    there = read_manifest(folder, "run")
    check_agrees(folder, there, batch.shared())
    for line in size_of(joined(batch, folder, there), folder):
        click.echo(line)


def _run(batch, folder: Path, options) -> int:
    from undercount.experiments.commands.ending import carried_out
    from undercount.experiments.runs.build import run_batch
    from undercount.experiments.runs.extend import going_on

    return carried_out(folder, going_on(batch, folder), options,
                       lambda on_progress: run_batch(batch, folder, options, on_progress))
