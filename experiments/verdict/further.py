"""What further observation would tell the explanations apart: each thing that an agency could publish, tried alone.

The candidate is taken from the simulated worlds with an error, added to what is known already, and the
share of explanations recognised is compared with that without it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from undercount.experiments.inference.estimate import Estimate, mean
from undercount.experiments.inference.forest_choice import ForestChoice
from undercount.experiments.verdict.evidence import Evidence, noise
from undercount.experiments.verdict.hidden import full_years
from undercount.model.engine.layout import MODES, VENUES

ERROR = 0.15  # standard deviation of the logarithm of a published figure; of an estimate of prevalence 0.5
ROUGH = 0.5


@dataclass(frozen=True)
class Candidate:
    """A figure that could be published for each year: `of(take, year)` gives it for every world."""

    name: str
    words: str
    of: Callable[[Callable[[str, str], np.ndarray], int], np.ndarray]
    error: float = ERROR


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
    Candidate("share-on-papers", "share of the newly exploited who entered on papers", _share("mode", "papers", MODES)),
    Candidate("share-visa-free", "share who entered without needing a visa", _share("mode", "visa-free", MODES)),
    Candidate("share-private", "share first held in private venues", _share("venue", "private", VENUES)),
    Candidate("refusals", "share of those offered help who refuse it",
              _ratio(("hidden", "refused"), ("hidden", "offered_help"))),
    Candidate("identified", "victims identified by anybody", _tally("hidden", "identified")),
    Candidate("misread", "victims deported or held as offenders", _tally("hidden", "misidentified", "deported")),
    Candidate("found-elsewhere", "victims identified outside the table's destinations",
              _tally("elsewhere", "identified")),
    Candidate("returns-elsewhere", "persons sent home from outside the table's destinations",
              _tally("elsewhere", "repatriated", "deported")),
    Candidate("share-elsewhere", "share of the newly exploited held outside the table's destinations",
              _ratio(("elsewhere", "newly_exploited"), ("hidden", "newly_exploited"))),
    Candidate("public-stock", "persons held in public venues", _tally("hidden", "in_public"), ROUGH),
    Candidate("arrests", "cells of recruiters arrested", _tally("actors", "arrests")),
    Candidate("officials", "officials investigated", _tally("actors", "officials_investigated")),
    Candidate("inspections", "inspections at crossings", _tally("actors", "inspections")),
    Candidate("bribes", "a survey of bribes taken", _tally("actors", "bribes_taken"), ROUGH),
    Candidate("set-out", "people who began to look for a way out, from a survey", _tally("actors", "set_out")),
    Candidate("prevalence", "newly exploited persons, from a household survey", _tally("hidden", "newly_exploited"),
              ROUGH),
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

    def take(kind: str, rest: str) -> np.ndarray:
        return evidence.reference.quantities([f"{kind}:{rest}"])[:, 0]

    before = right(evidence.table)
    weights = 1.0 / np.bincount(labels)[labels]
    found = []
    for candidate in CANDIDATES:
        figures = np.column_stack([candidate.of(take, year) for year in years])
        errors = np.column_stack([noise(evidence.reference.seed, f"{candidate.name} {year}", len(figures))
                                  for year in years])
        logs = np.log(figures + 1e-3) + candidate.error * errors
        changes = np.diff(logs, axis=1)
        after = right(np.hstack([evidence.table, logs, changes]))
        found.append(Gain(candidate.name, candidate.words, candidate.error, float(np.average(after, weights=weights)),
                          mean(after - before, weights)))
    return float(np.average(before, weights=weights)), sorted(found, key=lambda gain: -gain.gain.value)
