"""`undercount status`: what a result folder holds and what is missing."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import click

STATES = ("done", "running", "failed", "missing", "damaged")
MOST_SHOWN = 20


@click.command("status")
@click.argument("folder", metavar="DIR")
def command(folder: str) -> None:
    """Say what of DIR is done, running, failed, missing or damaged, and how to go on.

    A failed run is shown with its error and the one command that repeats it.
    """
    from undercount.experiments.store.failures import part_states
    from undercount.experiments.store.folder import holder, open_folder
    from undercount.experiments.store.kept import again
    from undercount.experiments.store.planned import RUN_TABLES, planned_names
    from undercount.model.files.toml_in import plain

    path = Path(folder)
    manifest = open_folder(path)
    running = holder(path)
    states = part_states(path, planned_names(manifest), running is not None)
    counts: dict[str, Counter] = {}
    for group, name in _groups(manifest):
        counts.setdefault(group, Counter())[states[name][0]] += 1
    first = "scenario" if manifest["kind"] == "run" else "kind"
    width = max(map(len, [*counts, first]))
    click.echo("  ".join([f"{first:<{width}}", *(f"{state:>7}" for state in STATES)]))
    total = sum(counts.values(), Counter())
    for group, count in [*counts.items(), *([("all", total)] if len(counts) > 1 else [])]:
        click.echo("  ".join([f"{plain(group):<{width}}", *(f"{count[state]:>7}" for state in STATES)]))
    damaged = [name for name, (state, _) in states.items() if state == "damaged"]
    failed = [failure for state, failure in states.values() if state == "failed"]
    for name in damaged[:MOST_SHOWN]:
        click.echo(f"damaged: parts/{plain(name)}")
    for failure in failed[:MOST_SHOWN]:
        command = again(manifest, path, failure.command) if failure.command else ""
        click.echo(f"failed: {plain(failure.part)}: {plain(failure.error)}; to repeat it: {plain(command)}")
    for kind, names in (("damaged", damaged), ("failed", failed)):
        if len(names) > MOST_SHOWN:
            click.echo(f"... and {len(names) - MOST_SHOWN} more {kind}")
    tables = [f"{name}.parquet" for name in RUN_TABLES] if manifest["kind"] == "run" else manifest["tables"]
    whole = total["done"] == sum(total.values()) and manifest["state"] == "finished"
    if running:
        click.echo(f"a command is running on it (process {plain(running)})")
    elif whole and all((path / name).is_file() for name in tables):
        click.echo("finished")
    else:
        click.echo(f"to go on: {plain(again(manifest, path))}")


def _groups(manifest):
    """(line of the table, part's name) of every part."""
    from undercount.experiments.store.planned import planned_names, planned_parts

    if manifest["kind"] == "run":
        return ((scenario, name) for scenario, _, name in planned_parts(manifest))
    return ((manifest["kind"], name) for name in planned_names(manifest))
