"""`undercount bench`: speed and memory on this machine."""

from __future__ import annotations

from typing import Any

import click


@click.command("bench")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of tables.")
@click.option("--quick", is_flag=True, help="Small cases only: shows that it works, measures little.")
@click.option("--engines", is_flag=True, help="Measure engines: efficiency, cost of a run, memory of a command.")
def command(as_json: bool, quick: bool, engines: bool) -> None:
    """Measure agent-months a second, the cost of the whole region at one agent a person, and of a batch.

    Each case runs in a process of its own and is timed after compilation.
    """
    import json

    from undercount.experiments.bench import measure, measure_engines

    found = (measure_engines if engines else measure)(quick, say=lambda text: click.echo(f"{text} ...", err=True))
    if as_json:
        click.echo(json.dumps(found, indent=2))
        return
    (_print_engines if engines else _print)(found)


def _print_engines(found: dict[str, Any]) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console(highlight=False)
    side = found["engines"]
    table = Table(title=f"{side['runs']} runs of {side['bare_ms_a_run']} ms on {side['cores']} cores",
                  title_justify="left")
    for name in ("engine", "workers", "seconds", "efficiency", "coordinator ms / run"):
        table.add_column(name, justify="left" if name == "engine" else "right")
    for row in side["rows"]:
        table.add_row(row["engine"], *(str(row[key]) for key in ("workers", "seconds", "efficiency",
                                                                 "coordinator_ms_a_run")))
    console.print(table)
    for count, efficiency in side["at_once"].items():
        console.print(f"{count} bare loops at once on this machine, without an engine: {efficiency}")
    for row in found["memory"]:
        console.print(f"{row['runs']:,} runs with files, 2 processes: {row['seconds']} s, the command's memory at most "
                      f"{row['peak_bytes_while_running'] / 1e6:,.0f} MB while they ran, "
                      f"{row['peak_bytes'] / 1e6:,.0f} MB with its tables", soft_wrap=True)


def _print(found: dict[str, Any]) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console(highlight=False)
    speed = Table(title=f"Activation, {found['agents']:,} agents at home", title_justify="left")
    speed.add_column("")
    speed.add_column("agent-months / s", justify="right")
    for name in ("compiled", "mesa", "compiled_whole_run"):
        speed.add_row(name.replace("_", " "), f"{found[name]:,}")
    speed.add_row("ratio compiled / mesa", f"{found['ratio']:,}")
    console.print(speed)
    for title, rows in (("The region at its finest here", [found["full_region"]]),
                        ("Against people", found["people"]), ("Against months", found["months"])):
        console.print(_costs(title, rows))
    small, batch = found["batch"], found["batch_in_groups"]
    console.print(f"Batch: {small['runs']:,} runs of {small['people']:,} people, one agent a person, on "
                  f"{small['workers']} threads: {small['seconds']} s, memory grew by "
                  f"{small['growth_bytes'] / 1e6:,.1f} MB", soft_wrap=True)
    console.print(
        f"The whole region: {batch['runs']:,} runs in {batch['agents']:,} agents on {batch['workers']} threads: "
        f"{batch['seconds']} s, memory grew by {batch['growth_bytes'] / 1e6:,.1f} MB; with a result folder "
        f"{batch['with_files_seconds']} s, {batch['with_files_growth_bytes'] / 1e6:,.1f} MB, "
        f"{batch['bytes_on_disk'] / 1e6:,.1f} MB on disk", soft_wrap=True)


def _costs(title: str, rows: list[dict[str, Any]]):
    from rich.table import Table

    table = Table(title=title, title_justify="left")
    for name in ("people", "agents", "months", "seconds", "peak MB", "bytes / agent"):
        table.add_column(name, justify="right")
    for row in rows:
        table.add_row(f"{row['people']:,}", f"{row['agents']:,}", str(row["months"]), f"{row['seconds']:.3f}",
                      f"{row['peak_bytes'] / 1e6:,.1f}", f"{row['bytes_per_agent']:,}")
    return table
