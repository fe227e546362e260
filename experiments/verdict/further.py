"""What further observation would tell the explanations apart: each thing that an agency could publish, tried alone.

The candidate is taken from the simulated worlds with an error, added to what is known already, and the
share of explanations recognised is compared with that without it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from undercount.experiments.inference.estimate import Estimate, mean
from undercount.experiments.inference.forest_choice import ForestChoice
from undercount.experiments.reference.table import Reference
from undercount.experiments.verdict.evidence import Evidence, noise
from undercount.experiments.verdict.hidden import full_years
from undercount.model.engine.layout import MODES, VENUES

ERROR = 0.15  # standard deviation of the logarithm of a published figure; of an estimate of prevalence 0.5
ROUGH = 0.5
SMALLEST = 1e-3  # before the logarithm of a figure or share
# What a figure takes, in order of effort. An assumption: no cost is known, so only the order of these kinds is used.
COSTS = ("records that agencies keep", "a question to those helped", "a survey or field work")
RECORDS, QUESTION, SURVEY = range(len(COSTS))


@dataclass(frozen=True)
class Candidate:
    """A figure that could be published for each year: `of(take, year)` gives it for every world, `cost` is the place
    in COSTS of what it takes."""

    name: str
    words: str
    of: Callable[[Callable[[str, str], np.ndarray], int], np.ndarray]
    cost: int
    error: float = ERROR

    def published(self, reference: Reference, years: Sequence[int]) -> np.ndarray:
        """The logarithm of each year's figure with its error, (worlds, years); the error of a world is its own."""
        def take(kind: str, rest: str) -> np.ndarray:
            return reference.quantities([f"{kind}:{rest}"])[:, 0]

        figures = np.column_stack([self.of(take, year) for year in years])
        errors = np.column_stack([noise(reference.seed, f"{self.name} {year}", len(figures)) for year in years])
        return np.log(figures + SMALLEST) + self.error * errors


def _share(kind: str, field: str, fields: tuple[str, ...]):
    def of(take, year):
        whole = sum(take(kind, f"{each}:{year}") for each in fields)
        return take(kind, f"{field}:{year}") / np.maximum(whole, 1.0)
    return of


def _tally(kind: str, *fields: str):
    return lambda take, year: sum(take(kind, f"{field}:{year}") for field in fields)


def _ratio(numerator: tuple[str, str], denominator: tuple[str, str]):
    return lambda take, year: (take(numerator[0], f"{numerator[1]}:{year}")
                               / np.maximum(take(denominator[0], f"{denominator[1]}:{year}"), 1.0))


CANDIDATES = (
    Candidate("share-on-papers", "share of the newly exploited who entered on papers", _share("mode", "papers", MODES),
              QUESTION),
    Candidate("share-visa-free", "share who entered without needing a visa", _share("mode", "visa-free", MODES),
              QUESTION),
    Candidate("share-private", "share first held in private venues", _share("venue", "private", VENUES), QUESTION),
    Candidate("refusals", "share of those offered help who refuse it",
              _ratio(("hidden", "refused"), ("hidden", "offered_help")), RECORDS),
    Candidate("identified", "victims identified by anybody", _tally("hidden", "identified"), RECORDS),
    Candidate("misread", "victims deported or held as offenders", _tally("hidden", "misidentified", "deported"),
              RECORDS),
    Candidate("found-elsewhere", "victims identified outside the table's destinations",
              _tally("elsewhere", "identified"), RECORDS),
    Candidate("returns-elsewhere", "persons sent home from outside the table's destinations",
              _tally("elsewhere", "repatriated", "deported"), RECORDS),
    Candidate("share-elsewhere", "share of the newly exploited held outside the table's destinations",
              _ratio(("elsewhere", "newly_exploited"), ("hidden", "newly_exploited")), QUESTION),
    Candidate("public-stock", "persons held in public venues", _tally("hidden", "in_public"), SURVEY, ROUGH),
    Candidate("arrests", "cells of recruiters arrested", _tally("actors", "arrests"), RECORDS),
    Candidate("officials", "officials investigated", _tally("actors", "officials_investigated"), RECORDS),
    Candidate("inspections", "inspections at crossings", _tally("actors", "inspections"), RECORDS),
    Candidate("bribes", "a survey of bribes taken", _tally("actors", "bribes_taken"), SURVEY, ROUGH),
    Candidate("set-out", "people who began to look for a way out, from a survey", _tally("actors", "set_out"), SURVEY),
    Candidate("prevalence", "newly exploited persons, from a household survey", _tally("hidden", "newly_exploited"),
              SURVEY, ROUGH),
)


@dataclass(frozen=True)
class Gain:
    """Mean diagonal of the confusion matrix without and with one candidate, and the difference with its interval."""

    name: str
    words: str
    error: float
    diagonal: float
    gain: Estimate


def gains(evidence: Evidence, seed: int, jobs: int, trees: int = 200) -> tuple[float, list[Gain]]:
    """(mean diagonal without, gains of every candidate, largest first), out of bag on the training worlds."""
    years, *_ = full_years(evidence)
    train, labels = evidence.training, evidence.labels[evidence.training]

    def right(table: np.ndarray) -> np.ndarray:
        forest = ForestChoice.fit(table[train], labels, evidence.explanations, seed, trees, jobs=jobs)
        return (forest.oob_probabilities.argmax(axis=1) == labels).astype(float)

    before = right(evidence.table)
    weights = 1.0 / np.bincount(labels)[labels]
    found = []
    for candidate in CANDIDATES:
        logs = candidate.published(evidence.reference, years)
        after = right(np.hstack([evidence.table, logs, np.diff(logs, axis=1)]))
        found.append(Gain(candidate.name, candidate.words, candidate.error, float(np.average(after, weights=weights)),
                          mean(after - before, weights)))
    return float(np.average(before, weights=weights)), sorted(found, key=lambda gain: -gain.gain.value)
