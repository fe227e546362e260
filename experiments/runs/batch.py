"""What was asked for: options checked and resolved into a batch of runs.

Replicate r of every scenario has the seed `seed + r`, so that scenarios are compared on the same
people with the same luck (common random numbers). With a sweep each scenario is run at each of its points.
"""

from __future__ import annotations

import secrets
import shlex
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from undercount.experiments.ask import LARGEST_SEED, load_together, read_scale, read_whole, scale_name
from undercount.experiments.store.kept import kept_scenario
from undercount.experiments.store.planned import layout, part_name, run_key
from undercount.experiments.store.provenance import code_digest
from undercount.experiments.sweeps.point import Point
from undercount.experiments.sweeps.sweep import DESIGNS, LUCKS, Sweep, check_sweep
from undercount.model.assumed.scenario import Scenario, load_scenario, scenario_names
from undercount.model.files.problems import BadInput, Problem, nearest
from undercount.model.files.toml_in import describe
from undercount.model.known.region import Region

LARGEST_DRAWN = 10**6  # short enough to be typed again
MOST_REPLICATES = 100_000


@dataclass(frozen=True)
class Run:
    """One run of a batch, and the name of its part file."""

    scenario: Scenario
    replicate: int
    seed: int
    people_per_agent: int
    months: int
    scenario_key: str
    key: str
    point: Point | None = None  # None: the batch is no sweep

    @property
    def part(self) -> str:
        return part_name(self.scenario.name, self.replicate, self.key)

    def at_its_point(self) -> Scenario:
        """The scenario as it is run."""
        return self.scenario if self.point is None else self.point.of(self.scenario)


@dataclass(frozen=True)
class Entry:
    """A scenario of a batch; `given` is the name or path on the command line, `points` are those of a sweep."""

    scenario: Scenario
    given: str
    replicates: int
    points: tuple[Point, ...] = ()


@dataclass(frozen=True)
class Batch:
    """Scenarios, replicates and what all runs share. `settings` are the --set of the command."""

    entries: tuple[Entry, ...]
    seed: int
    people_per_agent: int
    until: str
    settings: dict[str, str]
    on_region: str | None = None  # as on the command line; None is the scenarios' own
    sweep: Sweep | None = None
    outputs: tuple[str, ...] = ()  # that a report shows; none means all

    @property
    def region(self) -> Region:
        return self.entries[0].scenario.region

    @property
    def months(self) -> int:
        return self.region.month_index(self.until) + 1

    def shared(self) -> dict[str, Any]:
        """What every run of a folder has in common, for the manifest."""
        return {
            "seed": self.seed, "people_per_agent": self.people_per_agent, "until": self.until,
            "months": self.months, "settings": dict(self.settings), "code": code_digest(),
            "region": {"name": self.region.name, "files": dict(sorted(self.region.files.items()))},
            "sweep": self.sweep.about() if self.sweep else None,
            "lucks": LUCKS if self.sweep and self.sweep.drawn else None,
            **({"on_region": self.on_region} if self.on_region else {})}

    def runs(self) -> list[Run]:
        """Every run, in the order of the tables."""
        shared, found = self.shared(), []
        for entry in self.entries:
            key = entry.scenario.content_hash()
            by_number = {point.number: point for point in entry.points}
            for n, r in layout([point.number for point in entry.points], entry.replicates, shared):
                point = by_number.get(n)
                found.append(Run(entry.scenario, r, self.seed + r, self.people_per_agent, self.months, key,
                                 run_key(key, shared, self.seed + r, point.key if point else None), point))
        return found

    def going_on(self, entries: Sequence[Entry], folder: str | Path) -> str:
        """The command that makes the runs of these entries, which have the same replicates."""
        points = max(len(entries[0].points) - 1, 0)
        return command_line([entry.given for entry in entries], entries[0].replicates, self.shared(), folder, points)

    def with_points(self, sweep: Sweep) -> Batch:
        """The batch as a sweep. Raises BadInput with every name that a scenario does not have."""
        problems = check_sweep(sweep, [entry.scenario for entry in self.entries])
        if sweep.drawn and any(entry.replicates % LUCKS for entry in self.entries):
            problems.append(Problem("command line", "--replicates", describe(self.entries[0].replicates),
                                    f"a multiple of {LUCKS}: every draw of the parameters has {LUCKS} lucks"))
        if problems:
            raise BadInput(problems)
        if sweep.drawn:
            sweep = replace(sweep, points=max(entry.replicates for entry in self.entries) // LUCKS)
        return replace(self, sweep=sweep, entries=tuple(_pointed(entry, sweep, self.seed) for entry in self.entries))


def _pointed(entry: Entry, sweep: Sweep, seed: int) -> Entry:
    sweep = replace(sweep, points=entry.replicates // LUCKS) if sweep.drawn else sweep
    scenario = sweep.base(entry.scenario)
    return replace(entry, scenario=scenario, points=tuple(sweep.points_of(scenario, seed)))


def command_line(given: Iterable[str], replicates: int, shared: Mapping[str, Any], folder: str | Path,
                 points: int = 0) -> str:
    """The command that makes these runs, with the seed that was drawn."""
    sweep = shared.get("sweep") or {"words": (), "design": None}
    words = ["undercount", "run", *given, *sweep["words"]]
    words += ["--points", points] if sweep["design"] in DESIGNS else []
    words += ["--replicates", replicates, "--seed", shared["seed"],
             "--people-per-agent", scale_name(shared["people_per_agent"]), "--until", shared["until"]]
    words += ["--region", shared["on_region"]] if "on_region" in shared else []
    for name, value in shared["settings"].items():
        words += ["--set", f"{name}={value}"]
    return shlex.join(map(str, [*words, "--out", folder]))


def resolve(scenarios: Sequence[str], replicates: int | str, seed: int | str | None, people_per_agent: int | str,
            until: str | None, settings: Mapping[str, str], problems: Iterable[Problem] = (),
            on_region: str | None = None) -> Batch:
    """The batch. A missing seed is drawn. Numbers may be texts as typed.

    Raises BadInput with every problem of every option and scenario, after `problems`.
    """
    problems = list(problems)
    replicates = read_whole(problems, "--replicates", replicates, 1, MOST_REPLICATES)
    people_per_agent = read_scale(problems, people_per_agent)
    seed = secrets.randbelow(LARGEST_DRAWN) if seed is None else seed
    seed = read_whole(problems, "--seed", seed, 0, LARGEST_SEED - MOST_REPLICATES)
    given = list(dict.fromkeys(name for each in scenarios for name in _all_of(each)))
    loaded = load_together(given, problems, "scenarios", "rows of the tables", on_region)
    loaded = _with_values(loaded, settings, problems)
    if loaded:
        region = next(iter(loaded.values())).region
        until = _check_until(problems, until, region)
    if problems:
        raise BadInput(problems)
    entries = tuple(Entry(scenario, name, replicates) for name, scenario in loaded.items())
    return Batch(entries, seed, people_per_agent, str(until), dict(settings), on_region)


def _all_of(name: str) -> list[str]:
    return scenario_names() if name == "all" else [name]


def _with_values(loaded: dict[str, Scenario], settings: Mapping[str, str],
                 problems: list[Problem]) -> dict[str, Scenario]:
    """The scenarios with --set; a mistake that all share is told once."""
    wrong: dict[str, list[Problem]] = {}
    found = dict(loaded)
    for name, scenario in loaded.items() if settings else ():
        try:
            found[name] = scenario.with_values(settings)
        except BadInput as error:
            wrong[name] = error.problems
    common = set.intersection(*map(set, wrong.values())) if len(wrong) == len(loaded) and wrong else set()
    for name, mistakes in wrong.items():
        for problem in mistakes:
            if problem in common:
                problems += [problem] if problem not in problems else []
            else:
                problems.append(Problem(f"--set (for {describe(name)})", problem.key, problem.found, problem.allowed,
                                        nearest=problem.nearest))
    return found


def load_again(folder: Path, there: Mapping[str, Any], settings: Mapping[str, str],
               on_region: str | None = None) -> Scenario:
    """A scenario of a folder's manifest. Raises BadInput if it is gone or no longer the same."""
    kept = kept_scenario(folder, there["name"])
    scenario = load_scenario(kept) if kept else load_scenario(there["given"], on_region)
    scenario = scenario.with_values(settings)
    if scenario.content_hash() != there["key"]:
        raise BadInput(Problem(f"scenario {describe(there['name'])}", describe(there["given"]),
                               "values other than in the result folder", "the scenario as it was, or another --out"))
    return scenario


def _check_until(problems: list[Problem], until: str | None, region: Region) -> str:
    if until is None:
        return str(region.end)
    allowed = f"a month from {region.start} to {region.end}, such as {region.end}"
    try:
        if 0 <= region.month_index(until) < region.months:
            return region.month_name(region.month_index(until))
    except (ValueError, BadInput):
        pass
    names = [region.month_name(t) for t in range(region.months)]
    problems.append(Problem("command line", "--until", describe(until), allowed, nearest=nearest(until[:20], names)))
    return until
