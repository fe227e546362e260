"""Parameters drawn from the priors of a scenario, inside the gates of its region."""

from __future__ import annotations

from undercount.experiments.draws import drawn, gates_of
from undercount.experiments.sweeps.sweep import Sweep
from undercount.model.assumed.scenario import Scenario
from undercount.model.files.problems import BadInput, Problem

PRIOR = "prior"


def prior_sweep(seed: int) -> Sweep:
    """A sweep whose draws are the first worlds of the scenario in a reference table with this seed."""
    return Sweep(PRIOR, words=("--parameters", PRIOR), draws=_Prior(seed))


class _Prior:
    """(scenario, count) -> its first draws; each is sought once, since a world of a gate takes a while."""

    def __init__(self, seed: int):
        self.seed, self.found = seed, {}

    def __call__(self, scenario: Scenario, count: int) -> tuple[Scenario, ...]:
        if not scenario.free():
            raise BadInput(Problem("scenario", scenario.name, "no unknown parameter",
                                   "at least one prior to draw from"))
        there = self.found.setdefault(scenario.name, [])
        gates = gates_of(scenario)
        there += [drawn(scenario, world, self.seed, gates=gates).scenario for world in range(len(there), count)]
        return tuple(there[:count])
