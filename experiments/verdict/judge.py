"""The verdict: every question and every check on it, in one order, with what each leaves for the page.

`Inquiry` asks the table first which explanations lead; from that follow the worlds to simulate (posterior
draws, ABC-SMC). `Verdict` holds all answers; `document.py` writes it down.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from undercount.experiments.inference.estimate import Estimate
from undercount.experiments.inference.sufficiency import SecondKind, second_kind
from undercount.experiments.reference.table import Reference
from undercount.experiments.verdict.choice import Choice, choose
from undercount.experiments.verdict.criteria import FEWEST_HELD_OUT, FEWEST_TRAINED, LOSS
from undercount.experiments.verdict.effort import Effort
from undercount.experiments.verdict.evidence import Evidence
from undercount.experiments.verdict.fit import Fit, fit, prior_fit
from undercount.experiments.verdict.further import Gain, gains
from undercount.experiments.verdict.hidden import HiddenFlow, full_years, hidden_flow
from undercount.experiments.verdict.holdout import Holdout, holdout
from undercount.experiments.verdict.observed import Observed
from undercount.experiments.verdict.posterior import Points, gathered, jobs_of, posterior_points
from undercount.experiments.verdict.stability import Variant, variants
from undercount.experiments.verdict.summaries import summaries
from undercount.experiments.verdict.third import ThirdOpinion, third_opinion
from undercount.model.files.problems import BadInput, Problem

FEWER_TREES = 200  # where many forests are compared with each other


@dataclass(frozen=True)
class Inquiry:
    """The first answers, and the worlds that the others need."""

    reference: Reference
    observed: Observed
    effort: Effort
    seed: int
    cores: int
    table: Choice
    all: Choice | None  # with the statistics that are switched on
    points: dict[str, Points]
    third: ThirdOpinion | None

    @property
    def jobs(self) -> list:
        found: list = [] if self.third is None else [self.third]
        for points in self.points.values():
            found += jobs_of(points, self.table.evidence, self.seed)
        return found


@dataclass(frozen=True)
class Verdict:
    """All answers to one observed table."""

    plan: Inquiry
    third: dict[str, Any] | None
    fits: dict[str, Fit]
    prior_fits: dict[str, Fit]
    hidden: HiddenFlow
    hidden_all: HiddenFlow | None
    holdout: Holdout | None
    stability: list[Variant]
    second_kind: SecondKind
    diagonal: float
    gains: list[Gain]

    @property
    def best(self) -> str:
        return self.plan.table.names[self.plan.table.selected]


def inquire(reference: Reference, observed: Observed, effort: Effort, seed: int, cores: int, smc: bool,
            say: Callable[[str], None]) -> Inquiry:
    """Ask the table, once without and once with the statistics beyond it. Raises BadInput if it cannot tell."""
    check_enough(reference)
    say("probabilities of the explanations from the table")
    evidence = Evidence.of(reference, observed)
    table = choose(evidence, seed, cores, effort.trees)
    used = [statistic for statistic in reference.statistics if statistic.use]
    everything = None
    if used:
        say(f"the same with {len(used)} statistics beyond it")
        everything = choose(Evidence.of(reference, observed, used), seed, cores, effort.trees)
    say("posterior draws")
    points = {name: posterior_points(evidence, name, effort.draws, seed) for name in table.names}
    leading = [table.names[i] for i in np.argsort(-table.forest, kind="stable")[:2]]
    return Inquiry(reference, observed, effort, seed, cores, table, everything, points,
                   third_opinion(evidence, leading, seed, effort) if smc else None)


def check_enough(reference: Reference) -> None:
    """Raises BadInput if the table holds too few worlds for a confusion matrix: no verdict without one."""
    fewest = np.bincount(reference.labels, minlength=len(reference.explanations)).min()
    if fewest < FEWEST_HELD_OUT + FEWEST_TRAINED:
        raise BadInput(Problem(reference.folder, "--worlds", f"{fewest} worlds of an explanation",
                               f"at least {FEWEST_HELD_OUT + FEWEST_TRAINED}: {FEWEST_HELD_OUT} are kept to test the "
                               "methods, and there is no verdict without that test"))


def judge(plan: Inquiry, parts: list[tuple[dict, dict[str, np.ndarray]]], say: Callable[[str], None]) -> Verdict:
    """All other answers; `parts` are (head, arrays) of the plan's finished jobs."""
    evidence, seed, cores, effort = plan.table.evidence, plan.seed, plan.cores, plan.effort
    third = next(({"explanations": head["explanations"], "simulations": head["simulations"],
                   "stopped": head["stopped"], **arrays} for head, arrays in parts if "explanations" in head), None)
    simulated = gathered(part for part in parts if "explanations" not in part[0])
    say("does an explanation fit")
    fits = {name: fit(evidence, name, worlds) for name, worlds in simulated.items()}
    priors = {name: prior_fit(evidence, name) for name in plan.table.names}
    say("the hidden flow")
    hidden = hidden_flow(evidence, plan.table.forest, seed, cores, effort.trees)
    with_all = None if plan.all is None else hidden_flow(plan.all.evidence, plan.all.forest, seed, cores, effort.trees)
    years, _, last = full_years(evidence)
    say("does it predict")
    held = holdout(evidence, str(last), seed, cores, effort.trees) if len(years) > 1 else None
    say("is it stable")
    stable = list(variants(evidence, seed, cores, min(effort.trees, FEWER_TREES)))
    say("do the summaries lose anything")
    lost = _second_kind(evidence, seed, cores, min(effort.trees, FEWER_TREES))
    say("what further observation would tell")
    diagonal, found = gains((plan.all or plan.table).evidence, seed, cores, min(effort.trees, FEWER_TREES))
    return Verdict(plan, third, fits, priors, hidden, with_all, held, stable, lost, diagonal, found)


def _second_kind(evidence: Evidence, seed: int, cores: int, trees: int) -> SecondKind:
    """The chosen summaries against these and everything else that the table of counts holds."""
    train = evidence.training
    counts = evidence.reference.quantities(evidence.observed.columns)
    more = np.column_stack([summaries(evidence.observed.rows, counts, "cells"), np.sqrt(counts)])
    return second_kind(evidence.table[train], more[train], evidence.labels[train], evidence.explanations, seed,
                       LOSS, trees=trees, jobs=cores)


def shown(estimate: Estimate) -> dict[str, float]:
    """An estimate as plain numbers."""
    return {key: float(value) for key, value in estimate.as_dict().items()}
