"""Which explanation made the table: probabilities by two methods, what can be told apart, and whether to trust them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from experiments.inference import calibration, recovery, rejection
from experiments.inference.forest_choice import ForestChoice
from experiments.verdict.evidence import Evidence

TREES = 500
FEWEST_NEIGHBOURS = 500
NEIGHBOURS = 0.05  # share of the worlds
RIDGE = 10.0  # of the regression between explanations


@dataclass(frozen=True)
class Choice:
    """The answer to one question and the checks on it. Probabilities are (explanations,) in the table's order."""

    evidence: Evidence
    forest: np.ndarray
    rejection: np.ndarray
    posterior_of_selected: float
    held_out: np.ndarray  # forest probabilities of the held-out worlds, (m, explanations)
    true: np.ndarray  # and who made them, (m,)
    confusion: recovery.Confusion
    families: recovery.Families
    families_confusion: recovery.Confusion
    calibration: calibration.Calibration  # of the explanation chosen
    calibration_of_families: calibration.Calibration
    brier: calibration.Estimate

    @property
    def names(self) -> list[str]:
        return self.evidence.explanations

    @property
    def selected(self) -> int:
        return int(self.forest.argmax())

    @property
    def family(self) -> int:
        """The most probable family, by position in `families.groups`."""
        return int(self.families.sums(self.forest).argmax())


def choose(evidence: Evidence, seed: int, jobs: int, trees: int = TREES) -> Choice:
    """Fit on the training worlds, ask of the observed and of the held-out ones."""
    train, test = evidence.training, evidence.held_out
    names, labels = evidence.explanations, evidence.labels
    forest = ForestChoice.fit(evidence.table[train], labels[train], names, seed, trees, jobs=jobs)
    here = evidence.here[None]
    held = forest.probabilities(evidence.table[test])
    true = labels[test]
    families = recovery.families_of_probabilities(held, true, names)
    by_family = families.sums(held)
    titles = [" / ".join(members) for members in families.members]
    return Choice(
        evidence, forest.probabilities(here)[0], near(evidence), float(forest.posterior_of_selected(here)[0]),
        held, true, recovery.confusion(true, held.argmax(axis=1), names), families,
        recovery.confusion(families.family_of(true), by_family.argmax(axis=1), titles),
        calibration.calibration_of_choice(held, true, seed),
        calibration.calibration_of_choice(by_family, families.family_of(true), seed),
        calibration.brier(held, true))


def near(evidence: Evidence) -> np.ndarray:
    """Second opinion: rejection with regression adjustment on the same worlds, (explanations,).

    On the cells alone: a distance and a regression would count what the profile says twice.
    """
    cells = Evidence.of(evidence.reference, evidence.observed, evidence.statistics, "cells")
    train = cells.training
    share = min(1.0, max(NEIGHBOURS, FEWEST_NEIGHBOURS / train.sum()))
    return rejection.choose(cells.table[train], cells.labels[train], cells.explanations, cells.here, share,
                            RIDGE).adjusted


def quick(evidence: Evidence, seed: int, jobs: int, trees: int = 200) -> tuple[np.ndarray, float]:
    """Forest probabilities of the observed table and the mean diagonal out of bag, for comparisons of questions."""
    train = evidence.training
    forest = ForestChoice.fit(evidence.table[train], evidence.labels[train], evidence.explanations, seed, trees,
                              jobs=jobs)
    return forest.probabilities(evidence.here[None])[0], 1.0 - forest.prior_error
