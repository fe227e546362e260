"""The trial of the methods on simulated worlds, into a folder.

    cells.parquet             a row a world, year, country, way of keeping lists and method, beside the truth
    tables/performance.csv    bias and coverage by method; *_by_year.csv, *_by_country.csv, *_by_scenario.csv
    tables/performance_by_lists.csv  the same by the way of keeping; all other tables are of the main one
    tables/dependence.csv     the same by the true odds ratio between police and assistance
    tables/conditions.csv     the same by what may make it worse
    tables/changes.csv        from year to year, every way of keeping: what happened, what counts and each method say
    tables/falls.csv          where the counts fell: what each method says, by what happened; *_by_adaptation.csv,
                              *_by_lists.csv, *_by_scenario.csv
    simulated.json            the words and the main figures
    simulated.html, figures/  the page
"""

from __future__ import annotations

import hashlib
import shlex
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
from undercount.experiments.ask import all_named, load_unknown, scale_name
from undercount.experiments.compute.engines import EngineOptions
from undercount.experiments.compute.jobs import Outcome
from undercount.experiments.estimate import trial_tables
from undercount.experiments.estimate.keeping import USUAL, Keeping
from undercount.experiments.estimate.trial import Stretch, from_part, judged, try_stretch
from undercount.experiments.estimate.trial_words import Tried, trial_told
from undercount.experiments.estimate.worlds import ALL, from_results, whole_years
from undercount.experiments.runs.results import Results, read_results
from undercount.experiments.store.folder import MANIFEST, relative
from undercount.experiments.store.kept import Needs
from undercount.experiments.store.provenance import code_digest
from undercount.experiments.store.tables import write_csv, write_json, write_parquet
from undercount.experiments.study import Study, carry_out, finished_parts, planned
from undercount.model.assumed.scenario import Scenario
from undercount.model.files.problems import BadInput, Problem
from undercount.model.known.region import Region

STRETCH = 5  # worlds of one part
JUDGING = ("closed", "keeping", "lists", "loglinear", "newton", "selection", "strata", "trial", "worlds")
DOCUMENT, TABLES = "simulated.json", "tables"


@dataclass(frozen=True)
class TrialPlan:
    """What was asked for: worlds drawn from the priors of scenarios, or those of a folder of runs.

    `given` are the names or paths on the command line.
    """

    given: tuple[str, ...]
    scenarios: tuple[Scenario, ...]
    runs: Results | None
    worlds: int
    seed: int
    people_per_agent: int
    keeping: Keeping = USUAL

    @property
    def region(self) -> Region | None:
        """What is copied into the folder; runs have theirs in their own."""
        return self.scenarios[0].region if self.scenarios else None

    def stretches(self) -> list[Stretch]:
        """Every stretch, in the order of the tables: scenario, world; none of a folder of runs."""
        shared, found = repr(self.batch()), []
        for scenario in self.scenarios:
            key = hashlib.sha256((scenario.content_hash() + repr(scenario.free()) + shared).encode()).hexdigest()
            found += [Stretch(scenario, first, min(first + STRETCH, self.worlds), self.seed, self.people_per_agent,
                              self.keeping, key) for first in range(0, self.worlds, STRETCH)]
        return found

    def batch(self) -> dict[str, Any]:
        """What all worlds of the folder have in common, for the manifest; all but their number."""
        if self.runs:
            return {"data": "worlds of runs", "runs": self.runs.manifest["batch"], "seed": self.seed,
                    "keeping": self.keeping.about()}
        return {
            "data": "worlds of priors", "seed": self.seed, "people_per_agent": self.people_per_agent,
            "keeping": self.keeping.about(), "code": code_digest(), "methods": methods_digest(),
            "region": {"name": self.region.name, "files": dict(sorted(self.region.files.items()))}}

    def about(self, folder: Path) -> dict[str, Any]:
        """What the manifest says of this trial."""
        if self.runs:
            return {"batch": self.batch(), "runs": relative(self.runs.folder, folder)}
        return {"batch": self.batch(), "worlds": self.worlds, "scenarios": [
            {"name": scenario.name, "key": scenario.content_hash(), "unknowns": list(scenario.free()),
             "resolved": scenario.to_dict()} for scenario in self.scenarios]}

    def needs(self) -> Needs:
        """What the folder keeps, or what it was made from."""
        if self.runs:
            return Needs(beside=[str(self.runs.folder)])
        return Needs(tuple(zip(all_named(self.given), self.scenarios)))

    def command(self, folder: Path) -> str:
        """The command that makes this folder."""
        words = ["undercount", "estimate"]
        for name in self.given:
            words += ["--simulated", name]
        words += ["--seed", self.seed]
        if self.scenarios:
            words += ["--worlds", self.worlds, "--people-per-agent", scale_name(self.people_per_agent)]
        for name, value in self.keeping.about().items():
            words += [f"--{name}", f"{value:g}"]
        return shlex.join(map(str, [*words, "--out", folder]))


@cache
def methods_digest() -> str:
    """A hash of what judges worlds: parts hold what it found, and what changed methods find is never mixed."""
    here = Path(__file__).parent
    return hashlib.sha256(b"".join((here / f"{name}.py").read_bytes() for name in JUDGING)).hexdigest()[:16]


def resolve_trial(given: Sequence[str], worlds: int, seed: int, people_per_agent: int,
                  keeping: Keeping = USUAL, problems: Sequence[Problem] = ()) -> TrialPlan:
    """`given`: one folder of runs, or names or paths of scenarios, or all. Raises BadInput after `problems`."""
    found = list(problems)
    if len(given) == 1 and (Path(given[0]) / MANIFEST).exists():
        if found:
            raise BadInput(found)
        return TrialPlan(tuple(given), (), _runs(given[0]), worlds, seed, people_per_agent, keeping)
    scenarios = load_unknown(all_named(given), found, "scenarios", "rows of the tables")
    if found:
        raise BadInput(found)
    return TrialPlan(tuple(given), tuple(scenarios.values()), None, worlds, seed, people_per_agent, keeping)


def _runs(folder: str) -> Results:
    """The runs of a folder. Raises BadInput if a scenario and a replicate are no one world there."""
    found = read_results(folder)
    if found.sweep is not None and not found.manifest["batch"].get("lucks"):
        raise BadInput(Problem(folder, "sweep", f"a design of points ({found.sweep['design']})", "runs without --sweep "
                               "or --design: the trial tells worlds apart by scenario and replicate, not by point"))
    return found


def try_methods(plan: TrialPlan, folder: Path, options: EngineOptions, write_page: Callable[..., list[Path]],
                on_progress: Callable[[Outcome], None] = lambda outcome: None) -> Outcome:
    """Simulate what is missing, judge every method on the worlds that are finished, and write the folder.

    write_page  writes the page and its figures from (document, tables, folder, command); their paths

    Raises what `study.carry_out` raises.
    """
    stretches, command = plan.stretches(), plan.command(folder)

    def assemble() -> list[Path]:
        if plan.runs:
            worlds = from_results(plan.runs)
            tried = Tried(len(worlds.scenarios), tuple(dict.fromkeys(worlds.scenarios)), worlds.years, worlds.countries,
                          plan.keeping)
            return write_trial(judged(worlds, plan.keeping, plan.seed), tried, folder, command, write_page)
        parts = list(finished_parts(folder, stretches))
        if not parts:
            return []
        names, countries = (tuple(each) for each in ((scenario.name for scenario in plan.scenarios),
                                                     (country.iso3 for country in plan.region.countries)))
        years = whole_years(plan.region, plan.region.months)[0]
        tried = Tried(sum(head["worlds"] for head, _ in parts), names, years, countries, plan.keeping)
        cells = pd.concat([from_part(*part) for part in parts], ignore_index=True)
        return write_trial(cells, tried, folder, command, write_page)

    # Of a folder of runs there are no parts: everything is made when the tables are.
    made = Study(plan.about(folder) | planned(stretches), command, stretches, try_stretch, assemble, plan.region,
                 partial=plan.runs is None, needs=plan.needs())
    return carry_out(folder, "estimate", plan.batch(), lambda there: made, options, on_progress)


def write_trial(cells: pd.DataFrame, tried: Tried, folder: Path, command: str,
                write_page: Callable[..., list[Path]]) -> list[Path]:
    """Write tables, words, figures and page from what was judged; the paths of all. Nothing of no lists."""
    if cells.empty:
        return []
    tables = tables_of(cells, tried.keeping.main)
    found = trial_told(tried, tables)
    (folder / TABLES).mkdir(exist_ok=True)
    written = [write_csv(folder / TABLES / f"{name}.csv", table) for name, table in tables.items()]
    return [write_parquet(folder / "cells.parquet", cells), *written, write_json(folder / DOCUMENT, found),
            *write_page(found, tables, folder, command)]


def tables_of(cells: pd.DataFrame, main: str) -> dict[str, pd.DataFrame]:
    """The tables by name. `performance` is of single countries; all of them together stand in `by_country`.

    main: the way of keeping lists that all tables are of that do not tell these ways apart.
    """
    every, changed = cells[cells["country"] != ALL], trial_tables.changes(cells)
    countries, mainly = every[every["lists"] == main], changed[changed["lists"] == main]
    cells = cells[cells["lists"] == main]
    return {
        "performance": trial_tables.performance(countries),
        "performance_by_year": trial_tables.performance(countries, ["year"]),
        "performance_by_country": trial_tables.performance(cells, ["country"]),
        "performance_by_scenario": trial_tables.performance(countries, ["scenario"]),
        "performance_by_lists": trial_tables.performance(every, ["lists"]),
        "dependence": trial_tables.by_dependence(countries),
        "conditions": trial_tables.by_condition(countries),
        "changes": changed,
        "falls": trial_tables.seen(mainly),
        "falls_by_adaptation": trial_tables.seen(mainly, ["adapts"]),
        "falls_by_lists": trial_tables.seen(changed, ["lists"]),
        "falls_by_scenario": trial_tables.seen(mainly, ["scenario"]),
    }
