"""`undercount status`: what a result folder holds and what is missing."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import click


@click.command("status")
@click.argument("folder", metavar="DIR")
def command(folder: str) -> None:
    """Say for each scenario how many runs are done, missing or damaged, and how to go on."""
    from experiments.folder import MANIFEST, holder, read_manifest
    from experiments.results import TABLES, part_state, planned_parts
    from model.problems import BadInput, Problem
    from model.toml_in import plain

    path = Path(folder)
    manifest = read_manifest(path)
    if manifest is None:
        kind = "a folder without results" if path.is_dir() else "a file" if path.exists() else "no such folder"
        raise BadInput(Problem(plain(folder), MANIFEST, kind, "a folder that `undercount run` made"))
    counts: dict[str, Counter] = {}
    damaged = []
    for scenario, _, name in planned_parts(manifest):
        state = part_state(path, name)
        counts.setdefault(scenario, Counter())[state] += 1
        if state == "damaged":
            damaged.append(name)
    width = max(map(len, [*counts, "scenario"]))
    click.echo(f"{'scenario':<{width}}  {'done':>7}  {'missing':>7}  {'damaged':>7}")
    total = sum(counts.values(), Counter())
    for scenario, count in [*counts.items(), ("all", total)]:
        numbers = "  ".join(f"{count[state]:>7}" for state in ("done", "missing", "damaged"))
        click.echo(f"{plain(scenario):<{width}}  {numbers}")
    for name in damaged:
        click.echo(f"damaged: parts/{plain(name)}")
    tables = all((path / f"{name}.parquet").exists() for name in TABLES)
    if running := holder(path):
        click.echo(f"a command is running on it (process {plain(running)})")
    elif total["missing"] or total["damaged"] or not tables or manifest["state"] != "finished":
        click.echo(f"to go on: {plain(manifest['command'])}")
    else:
        click.echo("finished")
