"""The third opinion: ABC-SMC model choice on the leading explanations, with worlds simulated as it goes."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from undercount.experiments.inference.populations import Distance, Schedule
from undercount.experiments.inference.rejection import scales
from undercount.experiments.inference.smc import available, smc_choice
from undercount.experiments.store.seal import seal_arrays
from undercount.experiments.verdict.effort import Effort
from undercount.experiments.verdict.evidence import Evidence
from undercount.experiments.verdict.summaries import summaries
from undercount.model.assumed.scenario import Scenario
from undercount.model.country.observation import observe
from undercount.model.simulation import simulate

SUMMARIES = "cells"  # a distance counts every summary alike, so none should repeat another


@dataclass(frozen=True)
class Simulator:
    """Points of an explanation's priors and a seed to the summaries of the table that follows."""

    scenario: Scenario
    cells: tuple[int, ...]  # positions of the known cells in the region's table
    people_per_agent: int

    @cached_property
    def _rows(self):
        return [self.scenario.region.referrals[i] for i in self.cells]

    def __call__(self, parameters: dict[str, float], seed: int) -> np.ndarray:
        drawn = self.scenario.draw({path: min(max(u, 0.0), 1.0) for path, u in parameters.items()})
        counts = observe(drawn.region, simulate(drawn, self.people_per_agent, seed).hidden)[list(self.cells)]
        return summaries(self._rows, counts, SUMMARIES)[0]


@dataclass(frozen=True)
class ThirdOpinion:
    """A job: ABC-SMC between the leading explanations, in one worker, so that nothing depends on their number."""

    explanations: tuple[str, ...]
    models: dict[str, tuple[list[str], Simulator]]
    distance: Distance
    schedule: Schedule
    seed: int
    key: str

    @property
    def part(self) -> str:
        return f"third-opinion-{self.key}.npz"

    def run(self) -> bytes:
        found = smc_choice(self.models, self.distance, self.schedule, self.seed)
        head = {"part": self.part, "explanations": list(self.explanations), "simulations": found.simulations,
                "stopped": found.stopped}
        return seal_arrays(head, {
            "probabilities": np.array([p.probabilities for p in found.populations]),
            "epsilon": np.array([p.epsilon for p in found.populations]),
            "worlds": np.array([p.simulations for p in found.populations])})


def third_opinion(evidence: Evidence, explanations: Sequence[str], seed: int, effort: Effort) -> ThirdOpinion | None:
    """The job for these explanations; None without the extra [abc]."""
    if not available():
        return None
    reference, observed = evidence.reference, evidence.observed
    known = {(row.iso3, row.period): i for i, row in enumerate(reference.region.referrals)}
    cells = tuple(known[row.iso3, row.period] for row in observed.rows)
    models = {}
    for name in explanations:
        scenario = reference.scenario(name)
        models[name] = (list(scenario.free()), Simulator(scenario, cells, reference.people_per_agent))
    here = summaries(observed.rows, observed.counts, SUMMARIES)[0]
    spread = scales(summaries(observed.rows, reference.quantities(observed.columns), SUMMARIES))
    content = (reference.manifest["batch"], here.tolist(), spread.tolist(), seed, effort,
               [(name, reference.scenario(name).content_hash(), unknowns) for name, (unknowns, _) in models.items()])
    key = hashlib.sha256(repr(content).encode()).hexdigest()[:16]
    schedule = Schedule(effort.populations, effort.particles, max_simulations=effort.most)
    return ThirdOpinion(tuple(explanations), models, Distance(here, spread), schedule, seed, key)
