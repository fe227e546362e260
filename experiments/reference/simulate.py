"""One chunk of worlds, from nothing to the bytes of its part: fit for threads, processes and other machines."""

from __future__ import annotations

import numpy as np
from undercount.experiments.parts import seal_arrays
from undercount.experiments.reference.design import widened
from undercount.experiments.reference.draws import drawn, gates_of
from undercount.experiments.reference.plan import Chunk
from undercount.experiments.reference.quantities import quantities
from undercount.model.world import Template, World


def simulate(chunk: Chunk) -> bytes:
    """Draws and runs every world of the chunk.

    The part holds `parameters` (worlds, unknowns) in their units and `quantities` (worlds, columns), of which
    the first is the number of points that were tried until one passed the gates.
    """
    scenario = chunk.scenario
    free = list(widened(scenario, chunk.width).free())
    gates = gates_of(scenario) if chunk.gates else ()
    parameters, found = np.empty((chunk.last - chunk.first, len(free))), []
    for row, world in enumerate(range(chunk.first, chunk.last)):
        draw = drawn(scenario, world, chunk.seed, chunk.width, gates)
        parameters[row] = [draw.scenario.value(path) for path in free]
        simulated = World(Template(draw.scenario, chunk.people_per_agent), draw.luck)
        simulated.run()
        found.append([draw.tried, *quantities(scenario.region, chunk.statistics, simulated)])
    head = {"part": chunk.part, "explanation": scenario.name, "width": chunk.width, "first": chunk.first,
            "last": chunk.last, "seed": chunk.seed, "people_per_agent": chunk.people_per_agent,
            "unknowns": list(free)}
    return seal_arrays(head, {"parameters": parameters, "quantities": np.array(found)})

