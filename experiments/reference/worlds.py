"""One stretch of worlds, from nothing to the bytes of its part: fit for threads, processes and other machines."""

from __future__ import annotations

import numpy as np
from undercount.experiments.design import widened
from undercount.experiments.draws import drawn, gates_of
from undercount.experiments.reference.plan import Stretch
from undercount.experiments.reference.quantities import quantities
from undercount.experiments.store.seal import seal_arrays
from undercount.model.simulation import simulate


def simulate_stretch(stretch: Stretch) -> bytes:
    """Draws and runs every world of the stretch.

    The part holds `parameters` (worlds, unknowns) in their units and `quantities` (worlds, columns), of which
    the first is the number of points that were tried until one passed the gates.
    """
    scenario = stretch.scenario
    free = list(widened(scenario, stretch.variant.width).free())
    gates = gates_of(scenario, stretch.variant.without) if stretch.gates else ()
    parameters, found = np.empty((stretch.last - stretch.first, len(free))), []
    for row, world in enumerate(range(stretch.first, stretch.last)):
        draw = drawn(scenario, world, stretch.seed, stretch.variant.width, gates)
        parameters[row] = [draw.scenario.value(path) for path in free]
        outcome = simulate(draw.scenario, stretch.people_per_agent, draw.luck)
        found.append([draw.tried, *quantities(stretch.statistics, outcome)])
    head = {"part": stretch.part, "explanation": scenario.name, **stretch.variant._asdict(), "first": stretch.first,
            "last": stretch.last, "seed": stretch.seed, "people_per_agent": stretch.people_per_agent,
            "unknowns": list(free)}
    return seal_arrays(head, {"parameters": parameters, "quantities": np.array(found)})
