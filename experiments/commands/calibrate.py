"""`undercount calibrate`: the values at which a scenario fits the observed table best."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click
from undercount.experiments.commands.options import as_one, region_option, scenario_names_from

if TYPE_CHECKING:
    from undercount.experiments.calibration.search import SearchPlan

# Finer than the worlds that the search begins with, because single cells of the table are compared and an agent is so
# many persons; values that ship were found at this scale.
SCALE = "400"


@dataclass(frozen=True)
class SearchAsked:
    """How much is searched, as typed."""

    coarse: str
    generations: str
    size: str
    seed: str
    people_per_agent: str
    start: str | None


search_options = as_one(
    "asked", SearchAsked,
    click.option("--coarse", default="512", show_default=True, metavar="N",
                 help="Coarse worlds that the search begins with."),
    click.option("--generations", default="40", show_default=True, metavar="N", help="Generations of the search."),
    click.option("--size", default="48", show_default=True, metavar="N",
                 help="Points of a generation, two worlds each."),
    click.option("--seed", default="1", show_default=True, metavar="S", help="Seed of the search and of all luck."),
    click.option("--people-per-agent", default=SCALE, show_default=True, metavar="K",
                 help="Persons that one agent stands for, or `pooled`."),
    click.option("--start", metavar="SCENARIO",
                 help="Begin around the fitted values of this scenario's file; where it is the one searched, they are "
                      "to be beaten."))


@click.command("calibrate")
@click.argument("scenarios", nargs=-1, required=True, metavar="SCENARIO...", shell_complete=scenario_names_from)
@region_option
@search_options
@click.option("--write", is_flag=True, help="Write the values into the scenario's file, as its table [calibrated].")
def command(scenarios: tuple[str, ...], region: str | None, asked: SearchAsked, write: bool) -> None:
    """Search the priors of SCENARIO..., names or paths, for the draw whose counts are nearest to the observed table.

    Only draws inside the hard patterns of the region are taken (`undercount patterns`), and ranges stay as they
    are: the values are a place to start from, the verdict is reached with the whole prior.
    """
    from undercount.model.files.problems import BadInput, Problem

    problems: list[Problem] = []
    if write and region:
        problems.append(Problem("command line", "--write", "it together with --region",
                                "one of them: a scenario's file keeps the values fitted to one region, its own"))
    plans = _plans(scenarios, region, asked, problems)
    if problems:
        raise BadInput(problems)
    # What fails is told at the end: the others are still worth having.
    failed = [name for name, plan in plans.items()
              if not _searched(name, plan, plan.command(name, region, asked.start), write)]
    if failed:
        raise click.ClickException(f"nothing to write for {', '.join(failed)}")


def _plans(scenarios: tuple[str, ...], region: str | None, asked: SearchAsked, problems: list) -> dict[str, SearchPlan]:
    """Name or path -> what is searched; what is wrong is added to `problems`."""
    from undercount.experiments.ask import LARGEST_SEED, all_named, read_scale, read_whole
    from undercount.experiments.calibration.search import SearchPlan, cells_of, own_point
    from undercount.experiments.patterns.table import patterns_of
    from undercount.model.assumed.scenario import load_scenario
    from undercount.model.files.problems import BadInput, Problem

    numbers = [read_whole(problems, f"--{name}", getattr(asked, name), low, 1_000_000)
               for name, low in (("coarse", 4), ("generations", 1), ("size", 8))]
    seed = read_whole(problems, "--seed", asked.seed, 0, LARGEST_SEED)
    scale = read_scale(problems, asked.people_per_agent)
    around = _values(asked.start, region, problems)
    plans = {}
    for name in all_named(scenarios, region):
        try:
            scenario = load_scenario(name, region)
            if not scenario.free():
                problems.append(Problem(f"scenario {name}", "priors", "nothing unknown", "an unknown to search"))
            if not cells_of(scenario.region):
                problems.append(Problem(f"region {scenario.region.name}", "assisted", "every count masked",
                                        "a count in the observed table, to be compared with"))
            plans[name] = SearchPlan(scenario, patterns_of(scenario.region), *numbers, seed, scale, around,
                                     own_point(scenario) if name == asked.start else None)
        except BadInput as error:
            problems += error.problems
    return plans


def _searched(name: str, plan: SearchPlan, again: str, write: bool) -> bool:
    """Search, and print or write what was found; False if no draw lies inside the gates."""
    from undercount.experiments.calibration.record import record, table
    from undercount.experiments.calibration.search import jobs, search
    from undercount.experiments.compute.progress import counting
    from undercount.model.assumed.scenario_files import scenarios_root

    with counting(f"{name}: points", jobs(plan)) as on_progress:
        best = search(plan, on_progress)
    fit = best[-1]
    inside = "inside all gates" if fit.inside else "outside the gates: no draw inside was found"
    click.echo(f"{name}: distance {fit.distance:.3f}, {inside}; coarse design {best[0].distance:.3f}")
    if fit.inside and write:
        path = Path(name) if name.endswith(".toml") else scenarios_root() / f"{name}.toml"
        record(path, plan.scenario, fit, plan.seed, again)
        click.echo(f"values in {path}")
    elif fit.inside:
        click.echo(table(plan.scenario, fit, plan.seed, again))
    return fit.inside


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
