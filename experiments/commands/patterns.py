"""`undercount patterns`: which statements of the sources the worlds of a scenario's prior satisfy."""

from __future__ import annotations

from pathlib import Path

import click
from undercount.experiments.commands.options import region_option, scenario_names_from


@click.command("patterns")
@click.argument("scenarios", nargs=-1, metavar="[SCENARIO...]", shell_complete=scenario_names_from)
@region_option
@click.option("--draws", default="200", show_default=True, metavar="N", help="Worlds drawn from each scenario's prior.")
@click.option("--seed", default="1", show_default=True, metavar="S", help="Seed of the design and of all luck.")
@click.option("--people-per-agent", default="1574", show_default=True, metavar="K",
              help="Persons that one agent stands for; coarse worlds are enough for shares and ratios.")
@click.option("--out", metavar="FILE", help="Also write the table of all patterns to this CSV file.")
def command(scenarios: tuple[str, ...], region: str | None, draws: str, seed: str, people_per_agent: str,
            out: str | None) -> None:
    """Hold the worlds of SCENARIO..., names or paths (default: no-change), against the region's patterns.

    Prints the probability of each before any data, conflicts first; the share of worlds inside the hard ones
    (the gates of `undercount reference`); and what the hidden flow does.
    """
    import pandas as pd
    from undercount.experiments.ask import LARGEST_SEED, all_named, read_scale, read_whole
    from undercount.experiments.attribution.window import find_window
    from undercount.experiments.compute.progress import counting
    from undercount.experiments.patterns.predictive import CONFLICT, predictive
    from undercount.experiments.patterns.table import patterns_of
    from undercount.experiments.patterns.worlds import prior_worlds
    from undercount.experiments.store.tables import write_csv
    from undercount.model.assumed.scenario import load_scenario
    from undercount.model.files.problems import BadInput, Problem

    problems: list[Problem] = []
    count = read_whole(problems, "--draws", draws, 1, 1_000_000)
    s = read_whole(problems, "--seed", seed, 0, LARGEST_SEED)
    k = read_scale(problems, people_per_agent)
    if out is not None and (Path(out).is_dir() or not Path(out).absolute().parent.is_dir()):
        problems.append(Problem("command line", "--out", out, "a file in a folder that exists"))
    loaded = {}
    for name in all_named(scenarios or ["no-change"], region):
        try:
            loaded[name] = load_scenario(name, region)
            if not patterns_of(loaded[name].region):
                problems.append(Problem(f"region {loaded[name].region.name}", "patterns", "no table of patterns",
                                        "a file `patterns` in region.toml"))
        except BadInput as error:
            problems += [problem for problem in error.problems if problem not in problems]
    windows = {name: find_window(scenario.region, None, None, problems) for name, scenario in loaded.items()}
    if problems:
        raise BadInput(problems)
    tables = []
    for name, scenario in loaded.items():
        patterns = patterns_of(scenario.region)
        years = tuple(int(period[:4]) for period in (windows[name].before, windows[name].after))
        with counting(f"{name}: worlds", count) as on_progress:
            worlds = prior_worlds(scenario, count, s, patterns, years, k, on_progress)
        found = predictive(scenario.name, patterns, worlds)
        tables.append(found.patterns)
        click.echo(f"{scenario.name}: {count} worlds of the prior, seed {s}, {k} persons an agent")
        for row in found.patterns.itertuples():
            mark = "CONFLICT" if row.probability < CONFLICT else "gate    " if row.hard else "        "
            high = "" if row.high is None or row.high != row.high else f"{row.high:g}"
            low = "" if row.low is None or row.low != row.low else f"{row.low:g}"
            click.echo(f"  {mark} {row.probability:5.2f}  {row.pattern}: {row.q05:.3g} / {row.q50:.3g} / {row.q95:.3g}"
                       f"  (bounds {low} to {high})")
        click.echo(f"  inside all gates: {found.inside:.2f}")
        for row in found.flow.itertuples():
            click.echo(f"  newly exploited {years[1]} for each in {years[0]}, {row.worlds} ({row.number}): "
                       f"median {row.median:.2f}, fell by a tenth {row.fell:.2f}, rose by a tenth {row.rose:.2f}")
    if out is not None:
        write_csv(Path(out), pd.concat(tables), digits=None)
        click.echo(f"table in {out}")
