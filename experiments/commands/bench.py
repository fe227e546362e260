"""`undercount bench`: speed and memory on this machine."""

from __future__ import annotations

from typing import Any

import click


@click.command("bench")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of tables.")
@click.option("--quick", is_flag=True, help="Small cases only: shows that it works, measures little.")
@click.option("--engines", is_flag=True, help="Measure engines: efficiency, cost of a run, memory of a command.")
def command(as_json: bool, quick: bool, engines: bool) -> None:
    """Measure what was asked of speed and memory, and print it beside what was asked.

    Worlds of a reference table, the command that makes one, the whole region at one agent a person and with its people
    multiplied, compilation, the noise of the pooled scale, both activations beside a toy in plain Mesa, NumPy and
    (where installed) mesa-frames, batches. Each case runs in a process of its own and, but for compilation itself, is
    timed after it. It takes some minutes; with other jobs on the machine its times mean little but as ratios.
    """
    import json

    from undercount.experiments.bench.measure import measure, measure_engines

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
        overhead = side["dask_overhead"].get(count)
        console.print(f"{count} bare loops at once on this machine, without an engine: {efficiency}" + (
            "" if overhead is None else f"; Dask takes {100 * overhead:.1f} % more (asked: at most 5 %)"),
                      soft_wrap=True)
    for row in found["memory"]:
        console.print(f"{row['runs']:,} runs with files, 2 processes: {row['seconds']} s, the command's memory at most "
                      f"{row['peak_bytes_while_running'] / 1e6:,.0f} MB while they ran, "
                      f"{row['peak_bytes'] / 1e6:,.0f} MB with its tables", soft_wrap=True)


def _print(found: dict[str, Any]) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console(highlight=False)
    console.print(_goals(found["goals"]))
    console.print(f"Load of the machine (jobs that wanted a core): {found['load_before']} before, "
                  f"{found['load_after']} after", soft_wrap=True)
    noise, first = found["noise"], found["first_run"]
    console.print(f"Noise: {noise['seeds']} seeds, {noise['fewer']} times fewer people; largest ratio "
                  f"{noise['largest_ratio']}; chance alone gives each a standard error of {noise['standard_error']}",
                  soft_wrap=True)
    console.print(f"Compilation: {first['clock_seconds']} s on the clock, {first['processor_seconds']} s of the "
                  f"processor in all; {first['functions']} functions in the process that waits", soft_wrap=True)
    for scale, row in found["reference"].items():
        console.print(f"undercount reference, {scale}: {row['worlds']} worlds in {row['seconds']} s on "
                      f"{row['workers']} workers, of which {row['start_seconds']} s start and tables", soft_wrap=True)
    for row in found["scaled"]:
        console.print(f"{row['people'] / 1e6:,.1f} million persons: " + (row.get("skipped") or (
            f"{row['processor_seconds']} s of a core ({row['set_up_seconds']} set-up, {row['months_seconds']} months), "
            f"{row['ns_a_person']} ns and {row['bytes_per_person']} bytes a person")), soft_wrap=True)
    speed = Table(title=f"Activation, {found['agents']:,} agents at home", title_justify="left")
    speed.add_column("")
    speed.add_column("agent-months / s", justify="right")
    for name, words in (("compiled", "compiled"), ("mesa", "mesa"), ("compiled_whole_run", "compiled whole run"),
                        ("plain_mesa", "toy, plain Mesa"), ("plain_numpy", "toy, NumPy"),
                        ("mesa_frames", "toy, mesa-frames")):
        speed.add_row(words, "not installed" if found[name] is None else f"{found[name]:,}")
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


def _goals(goals: dict[str, dict[str, Any]]):
    from rich.table import Table

    table = Table(title="Goals", title_justify="left")
    for name in ("", "measured", "asked", "unit", ""):
        table.add_column(name, justify="right" if name in ("measured", "asked") else "left")
    for goal in goals.values():
        asked = "" if goal["asked"] is None else f"{'at most' if goal['at_most'] else 'at least'} {goal['asked']:,}"
        verdict = {True: "met", False: "missed", None: ""}[goal["met"]]
        measured = "not measured" if goal["measured"] is None else f"{goal['measured']:,}"
        table.add_row(goal["what"], measured, asked, goal["unit"], verdict)
    return table


def _costs(title: str, rows: list[dict[str, Any]]):
    from rich.table import Table

    table = Table(title=title, title_justify="left")
    for name in ("people", "agents", "months", "seconds", "peak MB", "bytes / agent"):
        table.add_column(name, justify="right")
    for row in rows:
        table.add_row(f"{row['people']:,}", f"{row['agents']:,}", str(row["months"]), f"{row['seconds']:.3f}",
                      f"{row['peak_bytes'] / 1e6:,.1f}", f"{row['bytes_per_agent']:,}")
    return table
