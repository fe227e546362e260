"""`undercount run`: many replicates of some scenarios into a result folder."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from experiments.commands.options import settings_option

INTERRUPTED = 130
MOST_WORKERS = 1024


@click.command("run")
@click.argument("scenarios", nargs=-1, required=True, metavar="SCENARIO...")
@click.option("--replicates", default="20", show_default=True, metavar="N", help="Runs of each scenario.")
@click.option("--seed", metavar="S", help="Seed of replicate 0; replicate r has S + r in every scenario. "
              "Drawn and recorded if left out; a folder that has one keeps it.")
@click.option("--workers", metavar="W", help="Runs at a time (default: one a core).")
@click.option("--people-per-agent", default="100", show_default=True, metavar="K",
              help="Persons that one agent stands for.")
@click.option("--until", metavar="YYYY-MM", help="The last month (default: the region's last).")
@settings_option
@click.option("--out", metavar="DIR", help="Result folder (default: results/ and the scenarios' names).")
@click.option("--dry-run", is_flag=True, help="Print the number of runs and their size, and write nothing.")
def command(scenarios: tuple[str, ...], replicates: str, seed: str | None, workers: str | None,
            people_per_agent: str, until: str | None, settings: dict[str, str], out: str | None,
            dry_run: bool) -> int:
    """Run SCENARIO..., names or paths, or `all`, and write tables to a result folder.

    The same command again does only what is missing; with more replicates or scenarios it extends
    the folder. The tables are the same bytes for any number of workers.
    """
    from experiments.batch import read_whole, resolve
    from experiments.folder import check_is_ours, read_manifest
    from model.problems import BadInput

    problems: list = []
    threads = read_whole(problems, "--workers", workers, 1, MOST_WORKERS) if workers is not None else None
    folder = Path(out) if out else _default_folder(scenarios)
    try:
        check_is_ours(folder)
        if seed is None and (there := read_manifest(folder)):
            seed = str(there["batch"]["seed"])
    except BadInput as error:
        problems += error.problems
    batch = resolve(scenarios, replicates, seed, people_per_agent, until, settings, problems)
    if dry_run:
        _print_size(batch, folder)
        return 0
    return _run(batch, folder, threads)


def _default_folder(scenarios: tuple[str, ...]) -> Path:
    """The same for the same scenarios, so that the same command goes on where it stopped."""
    return Path("results") / "-".join(dict.fromkeys(Path(name).stem for name in scenarios))[:80]


def _print_size(batch, folder: Path) -> None:
    from experiments.manifest import check_same_batch, joined
    from experiments.size import size_of

    batch = joined(batch, check_same_batch(batch, folder))
    for line in size_of(batch, folder):
        click.echo(line)


def _run(batch, folder: Path, workers: int | None) -> int:
    from experiments.folder import Busy
    from experiments.manifest import going_on
    from experiments.progress import shown
    from experiments.runner import Stopped, run_batch

    try:
        with shown(sys.stderr) as on_progress:
            run_batch(batch, folder, workers=workers, on_progress=on_progress)
    except Busy as error:
        raise click.ClickException(f"{folder}: another command (process {error or 'unknown'}) works on it; "
                                   f"wait for it, or use another --out") from None
    except Stopped as error:
        state = error.progress
        kept = f"{state.done} of {state.total} runs are finished and kept" if state.total else "nothing was run"
        interrupted = isinstance(error.reason, KeyboardInterrupt)
        reason = "interrupted" if interrupted else f"{error.reason.strerror or error.reason}: {folder}"
        advice = "" if interrupted else " (after making room, or the folder writable)"
        click.echo(f"{reason}; {kept}. To go on{advice}: {going_on(batch, folder)}", err=True)
        return INTERRUPTED if interrupted else 1
    click.echo(f"results in {folder}")
    return 0
