"""What is asked, as typed: texts to numbers, and the explanations that ship."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from undercount.model.assumed.scenario import Scenario, load_scenario, scenario_names
from undercount.model.engine.layout import POOLED
from undercount.model.files.problems import BadInput, Problem, nearest
from undercount.model.files.toml_in import describe

NO_SENSE = "an explanation that makes no sense in"  # begins what `scenario_onsets.leave_out` finds
LARGEST_SEED = 2**63 - 1
MOST_PEOPLE_PER_AGENT = 10_000


def scale_name(people_per_agent: int) -> str:
    """The scale as typed on the command line."""
    return "pooled" if people_per_agent == POOLED else str(people_per_agent)


def read_scale(problems: list[Problem], value: int | str) -> int:
    """The scale that `--people-per-agent` gives: a number, or the word for pools."""
    if value == scale_name(POOLED):
        return POOLED
    return read_whole(problems, "--people-per-agent", value, 1, MOST_PEOPLE_PER_AGENT, f", or {scale_name(POOLED)}")


def read_whole(problems: list[Problem], option: str, value: int | str, low: int, high: int, others: str = "") -> int:
    """The number that an option gives; `low` after reporting that it cannot be used."""
    text = str(value).strip()
    if re.fullmatch(r"[+-]?[0-9]{1,30}", text) and low <= int(text) <= high:
        return int(text)
    problems.append(Problem("command line", option, describe(text), f"a whole number from {low} to {high}{others}"))
    return low


def explanations(region: str | None = None) -> list[str]:
    """The scenarios that ship and say what happened: neither the core that all extend nor a mixture of them.

    On another region than their own without those that it refuses.
    """
    loaded = {name: load_scenario(name) for name in scenario_names()}
    found = [name for name, scenario in loaded.items() if scenario.extends and not scenario.mixture]
    return found if region is None else [name for name in found if makes_sense(name, region)]


def makes_sense(name: str, region: str) -> bool:
    """Does the region not refuse the explanation? What else may be wrong is told where it is loaded."""
    try:
        load_scenario(name, region)
    except BadInput as error:
        return not all(problem.found.startswith(NO_SENSE) for problem in error.problems)
    return True


def all_named(given: Iterable[str], region: str | None = None) -> list[str]:
    """Names and paths as given, each once; `all` stands for every explanation that ships and makes sense there."""
    return list(dict.fromkeys(each for name in given for each in (explanations(region) if name == "all" else [name])))


def load_together(names: Iterable[str], problems: list[Problem], kind: str, tell_apart: str,
                  region: str | None = None) -> dict[str, Scenario]:
    """The scenarios of these names or paths, by what was given: of one region, and each with a name of its own.

    What is wrong goes to `problems`, which calls them `kind`; their names tell the `tell_apart` of a table apart. With
    `region` they are read on that one.
    """
    found: dict[str, Scenario] = {}
    for given in names:
        try:
            scenario = load_scenario(given, region)
        except BadInput as error:  # what several share is told once
            problems += [problem for problem in error.problems if problem not in problems]
            continue
        if scenario.name in {other.name for other in found.values()}:
            problems.append(Problem("scenario", describe(given), f"a second scenario named {scenario.name!r}",
                                    f"file names that differ: they name the {tell_apart}"))
        found[given] = scenario
    regions = {tuple(sorted(scenario.region.files.items())): given for given, scenario in found.items()}
    if len(regions) > 1:
        problems.append(Problem("scenario", "region", "different regions: " + ", ".join(map(repr, regions.values())),
                                f"{kind} of one region"))
    return found


def load_unknown(names: Iterable[str], problems: list[Problem], kind: str, tell_apart: str,
                 region: str | None = None) -> dict[str, Scenario]:
    """The same by their own name, and with something to draw."""
    found = load_together(names, problems, kind, tell_apart, region)
    problems += [Problem("scenario", describe(given), "no unknown parameter", "at least one prior to draw from")
                 for given, scenario in found.items() if not scenario.free()]
    return {scenario.name: scenario for scenario in found.values()}


def wrong_names(names: Iterable[str], known: Iterable[str], key: str, lead: str = "",
                file: str | Path = "command line", line: int | None = None) -> list[Problem]:
    """A problem for each name that is none of the known ones, which are listed after `lead`; with the nearest."""
    known = list(known)
    return [Problem(file, key, describe(name), lead + ", ".join(known), line, nearest(name[:80], known))
            for name in names if name not in known]
