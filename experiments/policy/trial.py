"""One draw with and without every lever, all with the same luck: networks frozen, or networks that adapt."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from undercount.experiments.draws import Draw
from undercount.experiments.paired.basis import part_of
from undercount.experiments.policy.levers import Lever, with_lever
from undercount.experiments.store.seal import seal_arrays
from undercount.model.assumed.scenario import Scenario, parameter_table
from undercount.model.country.observation import COUNTED
from undercount.model.files.tables_in import Month
from undercount.model.outcome import Outcome
from undercount.model.simulation import simulate

NETWORKS = {"frozen": False, "adapting": True}
SWITCHES = ("route_adaptation", "method_adaptation")
# What the explanations of adaptation span: 6 and 12 log odds at size 1, sizes of 0.3 to 2.
ACTING = {"networks.route_response": (1.8, 12.0), "networks.method_response": (3.6, 24.0)}
# What a world is asked, from the start month on -> its unit.
OUTCOMES = {"newly_exploited": "persons", "person_months": "person-months", "counted": "persons"}


@dataclass(frozen=True)
class Trial:
    """A job: a draw, its networks, every lever at every effort."""

    draw: Draw
    networks: str
    levers: tuple[Lever, ...]
    efforts: tuple[float, ...]
    start: Month
    people_per_agent: int

    @cached_property
    def part(self) -> str:
        # A lever is what it does: its words move nothing.
        moves = [(lever.name, lever.parameter, lever.toward, lever.places) for lever in self.levers]
        return part_of(self.draw, self.networks, moves, self.efforts, str(self.start), self.people_per_agent)


def networks_of(draw: Draw, networks: str) -> Scenario:
    """The draw with networks that do not act on what they learn, or that do, in routes and methods both.

    How strongly they act, where the draw's explanation does not say it, is drawn from ACTING by a generator
    whose seed is the draw's luck.
    """
    before = draw.scenario
    switched = replace(before, mechanisms=before.mechanisms | dict.fromkeys(SWITCHES, NETWORKS[networks]))
    if not NETWORKS[networks]:
        return switched
    table, rng = parameter_table(switched), np.random.default_rng(draw.luck)
    drawn = {path: float(rng.uniform(*span)) for path, span in ACTING.items()}
    return switched.with_values({path: value for path, value in drawn.items()
                                 if not table[path.partition(".")[2]].any()})


def try_levers(trial: Trial) -> bytes:
    """The part of a trial: `without` (outcomes,) and `with` (levers, efforts, outcomes), whole numbers."""
    scenario = networks_of(trial.draw, trial.networks)
    plain = _run(scenario, trial)
    found = np.zeros((len(trial.levers), len(trial.efforts), len(OUTCOMES)), np.int64)
    for i, lever in enumerate(trial.levers):
        for e, effort in enumerate(trial.efforts):
            changed = with_lever(scenario, lever, effort, trial.start)
            found[i, e] = plain if changed is scenario else _run(changed, trial)
    head = {"part": trial.part, "explanation": trial.draw.explanation.name, "world": trial.draw.world,
            "luck": trial.draw.luck, "networks": trial.networks}
    return seal_arrays(head, {"without": plain, "with": found})


def _run(scenario: Scenario, trial: Trial) -> np.ndarray:
    return measure(simulate(scenario, trial.people_per_agent, trial.draw.luck), trial.start)


def measure(outcome: Outcome, start: Month) -> np.ndarray:
    """OUTCOMES over the months from `start` on: everywhere, but counts as the observed table's rows count."""
    region = outcome.region
    hidden = outcome.hidden[start - region.start:]
    counted = {(row.iso3, COUNTED[row.counts]) for row in region.referrals}
    return np.array([hidden["newly_exploited"].sum(), hidden["in_exploitation"].sum(),
                     sum(hidden[tally][:, region.index[code]].sum() for code, tally in sorted(counted))], np.int64)
