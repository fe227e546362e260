"""The trial of the methods on simulated worlds, into a folder.

    cells.parquet             a row a world, year, country and method, beside the truth
    tables/performance.csv    bias and coverage by method; *_by_year.csv, *_by_country.csv, *_by_scenario.csv
    tables/dependence.csv     the same by the true odds ratio between police and assistance
    tables/changes.csv        from year to year: what happened, what the counts and each method say
    tables/falls.csv          where the counts fell: what each method says, by what happened
    simulated.json            the words and the main figures
    simulated.html, figures/  the page
"""

from __future__ import annotations

import hashlib
import shlex
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from undercount.experiments.batch import code_digest, scale_name
from undercount.experiments.engines import EngineOptions
from undercount.experiments.estimate import trial_tables
from undercount.experiments.estimate.trial import judged
from undercount.experiments.estimate.trial_words import trial_told
from undercount.experiments.estimate.worlds import Chunk, Worlds, from_parts, from_results, simulate_lists
from undercount.experiments.paired_tables import write_csv, write_json, write_parquet
from undercount.experiments.reference.plan import explanations
from undercount.experiments.results import read_results
from undercount.experiments.study import finished_parts, study
from undercount.experiments.work import Outcome
from undercount.model.assumed.scenario import Scenario, load_scenario
from undercount.model.files.problems import BadInput, Problem
from undercount.model.files.toml_in import describe

CHUNK = 5  # worlds of one part
TABLES = "tables"


@dataclass(frozen=True)
class Trial:
    """What was asked for: worlds drawn from the priors of scenarios, or those of a folder of runs."""

    given: tuple[str, ...]
    scenarios: tuple[Scenario, ...]
    runs: Path | None
    worlds: int
    seed: int
    people_per_agent: int

    def chunks(self) -> list[Chunk]:
        found = []
        for scenario in self.scenarios:
            key = hashlib.sha256(repr((scenario.content_hash(), scenario.free(), self.seed, self.people_per_agent,
                                       code_digest())).encode()).hexdigest()
            found += [Chunk(scenario, first, min(first + CHUNK, self.worlds), self.seed, self.people_per_agent, key)
                      for first in range(0, self.worlds, CHUNK)]
        return found

    def about(self) -> dict[str, Any]:
        shared: dict[str, Any] = {"seed": self.seed, "people_per_agent": self.people_per_agent, "code": code_digest()}
        if self.scenarios:
            region = self.scenarios[0].region
            shared["region"] = {"name": region.name, "files": dict(sorted(region.files.items()))}
        return {"batch": shared, "simulated": list(self.given), "worlds": self.worlds}

    def command(self, folder: Path) -> str:
        words = ["undercount", "estimate"]
        for name in self.given:
            words += ["--simulated", name]
        if self.scenarios:
            words += ["--worlds", self.worlds, "--seed", self.seed, "--people-per-agent",
                      scale_name(self.people_per_agent)]
        return shlex.join(map(str, [*words, "--out", folder]))


def resolve_trial(given: Sequence[str], worlds: int, seed: int, people_per_agent: int,
                  problems: Sequence[Problem] = ()) -> Trial:
    """`given`: one folder of runs, or names or paths of scenarios, or all. Raises BadInput after `problems`."""
    found = list(problems)
    if len(given) == 1 and (Path(given[0]) / "manifest.json").exists():
        if found:
            raise BadInput(found)
        return Trial(tuple(given), (), Path(given[0]), worlds, seed, people_per_agent)
    scenarios: dict[str, Scenario] = {}
    for name in dict.fromkeys(each for word in given for each in (explanations() if word == "all" else [word])):
        try:
            scenario = load_scenario(name)
        except BadInput as error:
            found += error.problems
            continue
        if not scenario.free():
            found.append(Problem("scenario", describe(name), "no unknown parameter", "at least one prior to draw from"))
        scenarios[scenario.name] = scenario
    if len({tuple(sorted(each.region.files.items())) for each in scenarios.values()}) > 1:
        found.append(Problem("scenario", "region", "different regions", "scenarios of one region"))
    if found:
        raise BadInput(found)
    return Trial(tuple(given), tuple(scenarios.values()), None, worlds, seed, people_per_agent)


def try_methods(trial: Trial, folder: Path, options: EngineOptions,
                on_progress: Callable[[Outcome], None] = lambda outcome: None) -> Outcome:
    """Simulate what is missing, judge every method, write the folder. Raises BadInput, `folder.Busy`, Stopped."""
    chunks = trial.chunks()
    runs = read_results(trial.runs) if trial.runs else None

    def assemble(folder: Path, outcome: Outcome) -> list[Path]:
        if runs is not None:
            return write_trial(from_results(runs), folder, trial.command(folder))
        parts = list(finished_parts(folder, chunks))
        region = trial.scenarios[0].region
        return write_trial(from_parts(region, parts), folder, trial.command(folder)) if parts else []

    return study(folder, "estimate", chunks, simulate_lists, trial.about(), trial.command(folder), options, on_progress,
                 assemble, trial.scenarios[0].region if trial.scenarios else None)


def write_trial(worlds: Worlds, folder: Path, command: str) -> list[Path]:
    """Judge and write tables, words, figures and page; the paths of all."""
    from undercount.experiments.report.trial_page import write_trial_page

    cells = judged(worlds)
    if cells.empty:
        raise BadInput(Problem(folder, "lists", "nobody on any list", "worlds in which persons are listed"))
    tables = tables_of(cells)
    found = trial_told(worlds, tables)
    (folder / TABLES).mkdir(exist_ok=True)
    written = [write_csv(folder / TABLES / f"{name}.csv", table) for name, table in tables.items()]
    return [write_parquet(folder / "cells.parquet", cells), *written, write_json(folder / "simulated.json", found),
            *write_trial_page(found, tables, folder, command)]


def tables_of(cells: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """The tables by name. `performance` is of single countries; all of them together stand in `by_country`."""
    countries = cells[cells["country"] != trial_tables.ALL]
    changed = trial_tables.changes(cells)
    return {
        "performance": trial_tables.performance(countries),
        "performance_by_year": trial_tables.performance(countries, ["year"]),
        "performance_by_country": trial_tables.performance(cells, ["country"]),
        "performance_by_scenario": trial_tables.performance(countries, ["scenario"]),
        "dependence": trial_tables.by_dependence(countries),
        "changes": changed,
        "falls": trial_tables.seen(changed),
        "falls_by_scenario": trial_tables.seen(changed, ["scenario"]),
    }
