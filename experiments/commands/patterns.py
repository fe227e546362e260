"""`undercount patterns`: which statements of the sources the worlds of a scenario's prior satisfy."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
from undercount.experiments.commands.options import region_option, scenario_names_from
from undercount.experiments.patterns.scale import COARSE

if TYPE_CHECKING:
    from undercount.experiments.patterns.table import Pattern
    from undercount.model.assumed.scenario import Scenario
    from undercount.model.files.problems import Problem


@click.command("patterns")
@click.argument("scenarios", nargs=-1, metavar="[SCENARIO...]", shell_complete=scenario_names_from)
@region_option
@click.option("--draws", default="200", show_default=True, metavar="N", help="Worlds drawn from each scenario's prior.")
@click.option("--seed", default="1", show_default=True, metavar="S", help="Seed of the design and of all luck.")
@click.option("--people-per-agent", default=str(COARSE), show_default=True, metavar="K",
              help="Persons that one agent stands for; coarse worlds are enough for shares and ratios.")
@click.option("--out", metavar="FILE", help="Also write the table of all patterns to this CSV file.")
def command(scenarios: tuple[str, ...], region: str | None, draws: str, seed: str, people_per_agent: str,
            out: str | None) -> None:
    """Hold the worlds of SCENARIO..., names or paths (default: no-change), against the region's patterns.

    Prints the probability of each before any data, conflicts first; the share of worlds inside the hard ones
    (the gates of `undercount reference`); and what the hidden flow does.
    """
    import pandas as pd
    from undercount.experiments.ask import LARGEST_SEED, read_scale, read_whole
    from undercount.experiments.compute.progress import counting
    from undercount.experiments.patterns.predictive import predictive
    from undercount.experiments.patterns.words import lines
    from undercount.experiments.patterns.worlds import prior_worlds
    from undercount.experiments.store.tables import write_csv
    from undercount.model.files.problems import BadInput, Problem

    problems: list[Problem] = []
    count = read_whole(problems, "--draws", draws, 1, 1_000_000)
    number = read_whole(problems, "--seed", seed, 0, LARGEST_SEED)
    scale = read_scale(problems, people_per_agent)
    if out is not None and (Path(out).is_dir() or not Path(out).absolute().parent.is_dir()):
        problems.append(Problem("command line", "--out", out, "a file in a folder that exists"))
    asked = _asked(scenarios or ("no-change",), region, problems)
    if problems:
        raise BadInput(problems)
    tables = []
    for name, (scenario, patterns, years) in asked.items():
        with counting(f"{name}: worlds", count) as on_progress:
            worlds = prior_worlds(scenario, count, number, patterns, years, scale, on_progress)
        found = predictive(scenario.name, patterns, worlds)
        tables.append(found.patterns)
        for line in lines(found, count, number, scale, years):
            click.echo(line)
    if out is not None:
        write_csv(Path(out), pd.concat(tables), digits=None)
        click.echo(f"table in {out}")


def _asked(scenarios: tuple[str, ...], region: str | None,
           problems: list[Problem]) -> dict[str, tuple[Scenario, tuple[Pattern, ...], tuple[int, int]]]:
    """Name or path -> the scenario, its region's patterns and the two years that its hidden flow is compared in."""
    from undercount.experiments.ask import all_named
    from undercount.experiments.attribution.window import find_window
    from undercount.experiments.patterns.table import patterns_of
    from undercount.model.assumed.scenario import load_scenario
    from undercount.model.files.problems import BadInput, Problem

    found = {}
    for name in all_named(scenarios, region):
        try:
            scenario = load_scenario(name, region)
            patterns = patterns_of(scenario.region)
        except BadInput as error:
            problems += [problem for problem in error.problems if problem not in problems]
            continue
        if not patterns:
            problems.append(Problem(f"region {scenario.region.name}", "patterns", "no table of patterns",
                                    "a file `patterns` in region.toml"))
        window = find_window(scenario.region, None, None, problems)
        if window is not None:
            found[name] = scenario, patterns, (int(window.before[:4]), int(window.after[:4]))
    return found
