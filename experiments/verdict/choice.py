"""Which explanation made the table: probabilities by two methods, what can be told apart, and whether to trust them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from undercount.experiments.inference import calibration, recovery, rejection
from undercount.experiments.inference.forest_choice import ForestChoice
from undercount.experiments.verdict.criteria import CONFUSED, RECOGNISED
from undercount.experiments.verdict.evidence import Evidence

TREES = 300
FEWEST_NEIGHBOURS = 500
NEIGHBOURS = 0.10  # share of the worlds
SHRINKAGE = 0.1  # of the covariance of the discriminant axes: summaries repeat each other
SCORED = 300  # held-out worlds on which the second opinion is scored


@dataclass(frozen=True)
class Choice:
    """The answer to one question and the checks on it. Probabilities are (explanations,) in the table's order."""

    evidence: Evidence
    forest: np.ndarray
    rejection: np.ndarray
    scores: dict[str, calibration.Estimate]  # log score (nats) of each method on held-out worlds
    posterior_of_selected: float
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
    # found on the training worlds, tested on the others
    families = recovery.families_of_probabilities(forest.oob_probabilities, forest.labels, names, CONFUSED, RECOGNISED)
    by_family = families.sums(held)
    second = Second(evidence)
    scored = np.flatnonzero(test)[:: max(1, int(test.sum()) // SCORED)]
    scores = {"forest": calibration.log_score(held, true),
              "rejection": calibration.log_score(np.stack([second.ask(evidence.table[row]) for row in scored]),
                                                 labels[scored])}
    titles = [" / ".join(members) for members in families.members]
    return Choice(
        evidence, forest.probabilities(here)[0], second.ask(evidence.here), scores,
        float(forest.posterior_of_selected(here)[0]),
        recovery.confusion(true, held.argmax(axis=1), names), families,
        recovery.confusion(families.family_of(true), families.choose(held), titles),
        calibration.calibration_of_choice(held, true, seed),
        calibration.calibration_of_choice(by_family, families.family_of(true), seed),
        calibration.brier(held, true))


class Second:
    """Second opinion: rejection with regression adjustment on the same worlds.

    Summaries are the axes of a linear discriminant analysis, one fewer than explanations: a distance in all
    of them would be ruled by what does not matter [1].

    1. Estoup et al. (2012), Estimation of demo-genetic model probabilities with ABC using linear
       discriminant analysis, doi:10.1111/j.1755-0998.2012.03153.x
    """

    def __init__(self, evidence: Evidence):
        from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
        from sklearn.pipeline import make_pipeline
        from sklearn.preprocessing import StandardScaler

        train = evidence.training
        self.names, self.labels = evidence.explanations, evidence.labels[train]
        self.axes = make_pipeline(StandardScaler(), LinearDiscriminantAnalysis(solver="eigen", shrinkage=SHRINKAGE))
        self.axes.fit(evidence.table[train], self.labels)
        self.table = self.axes.transform(evidence.table[train])
        self.share = min(1.0, max(NEIGHBOURS, FEWEST_NEIGHBOURS / train.sum()))

    def ask(self, summaries: np.ndarray) -> np.ndarray:
        """Probability of every explanation (explanations,) at summaries (p,)."""
        at = self.axes.transform(summaries[None])[0]
        return rejection.choose(self.table, self.labels, self.names, at, self.share).adjusted
