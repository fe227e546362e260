"""`undercount calibrate`: the values at which a scenario fits the observed table best."""

from __future__ import annotations

import shlex
from pathlib import Path

import click
from undercount.experiments.commands.options import region_option, scenario_names_from


@click.command("calibrate")
@click.argument("scenarios", nargs=-1, required=True, metavar="SCENARIO...", shell_complete=scenario_names_from)
@region_option
@click.option("--coarse", default="512", show_default=True, metavar="N",
              help="Coarse worlds that the search begins with.")
@click.option("--generations", default="40", show_default=True, metavar="N", help="Generations of the search.")
@click.option("--size", default="48", show_default=True, metavar="N", help="Points of a generation, two worlds each.")
@click.option("--seed", default="1", show_default=True, metavar="S", help="Seed of the search and of all luck.")
@click.option("--people-per-agent", default="400", show_default=True, metavar="K",
              help="Persons that one agent stands for, or `pooled`.")
@click.option("--start", metavar="SCENARIO",
              help="Begin around the fitted values of this scenario's file; where it is the one searched, they are to "
                   "be beaten.")
@click.option("--write", is_flag=True, help="Write the values into the scenario's file, as its table [calibrated].")
def command(scenarios: tuple[str, ...], region: str | None, coarse: str, generations: str, size: str, seed: str,
            people_per_agent: str, start: str | None, write: bool) -> None:
    """Search the priors of SCENARIO..., names or paths, for the draw whose counts are nearest to the observed table.

    Only draws inside the hard patterns of the region are taken (`undercount patterns`), and ranges stay as they
    are: the values are a place to start from, the verdict is reached with the whole prior.
    """
    from undercount.experiments.ask import LARGEST_SEED, all_named, read_scale, read_whole
    from undercount.experiments.calibration.record import record, table
    from undercount.experiments.calibration.search import SearchPlan, cells_of, jobs, own_point, search
    from undercount.experiments.compute.progress import counting
    from undercount.experiments.patterns.table import patterns_of
    from undercount.model.assumed.scenario import load_scenario
    from undercount.model.assumed.scenario_files import scenarios_root
    from undercount.model.files.problems import BadInput, Problem

    problems: list[Problem] = []
    numbers = [read_whole(problems, f"--{name}", value, low, 1_000_000)
               for name, value, low in (("coarse", coarse, 4), ("generations", generations, 1), ("size", size, 8))]
    s = read_whole(problems, "--seed", seed, 0, LARGEST_SEED)
    k = read_scale(problems, people_per_agent)
    if write and region:
        problems.append(Problem("command line", "--write", "it together with --region",
                                "one of them: a scenario's file keeps the values fitted to one region, its own"))
    plans, around = {}, _values(start, region, problems)
    for name in all_named(scenarios, region):
        try:
            scenario = load_scenario(name, region)
            if not scenario.free():
                problems.append(Problem(f"scenario {name}", "priors", "nothing unknown", "an unknown to search"))
            if not cells_of(scenario.region):
                problems.append(Problem(f"region {scenario.region.name}", "assisted", "every count masked",
                                        "a count in the observed table, to be compared with"))
            plans[name] = SearchPlan(scenario, patterns_of(scenario.region), *numbers, s, k, around,
                                     own_point(scenario) if name == start else None)
        except BadInput as error:
            problems += error.problems
    if problems:
        raise BadInput(problems)
    failed = []
    for name, plan in plans.items():
        with counting(f"{name}: points", jobs(plan)) as on_progress:
            best = search(plan, on_progress)
        words = ["undercount", "calibrate", name, "--coarse", plan.coarse, "--generations", plan.generations, "--size",
                 plan.size, "--seed", s, "--people-per-agent", people_per_agent,
                 *(["--region", region] if region else []), *(["--start", start] if start else []), "--write"]
        fit, again = best[-1], shlex.join(map(str, words))
        inside = "inside all gates" if fit.inside else "outside the gates: no draw inside was found"
        click.echo(f"{name}: distance {fit.distance:.3f}, {inside}; coarse design {best[0].distance:.3f}")
        if not fit.inside:
            failed.append(name)  # the others are still worth having
        elif write:
            path = Path(name) if name.endswith(".toml") else scenarios_root() / f"{name}.toml"
            record(path, plan.scenario, fit, s, again)
            click.echo(f"values in {path}")
        else:
            click.echo(table(plan.scenario, fit, s, again))
    if failed:
        raise click.ClickException(f"nothing to write for {', '.join(failed)}")


def _values(start: str | None, region: str | None, problems: list) -> dict[str, float]:
    """The unknowns of the scenario to begin with, at its fitted values."""
    from undercount.model.assumed.scenario import load_scenario
    from undercount.model.files.problems import BadInput, Problem

    if start is None:
        return {}
    try:
        fitted, plain = load_scenario(start, region), load_scenario(start, region, calibrated=False)
    except BadInput as error:
        problems += error.problems
        return {}
    if fitted.content_hash() == plain.content_hash():
        problems.append(Problem("command line", "--start", start, "a scenario whose file has fitted values"))
        return {}
    return {path: fitted.value(path) for path in fitted.free() if not path.startswith("onsets.")}
