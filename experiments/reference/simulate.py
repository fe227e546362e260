"""One chunk of worlds, from nothing to the bytes of its part: fit for threads, processes and other machines."""

from __future__ import annotations

import numpy as np
from undercount.experiments.parts import seal_arrays
from undercount.experiments.reference.design import design, widened, world_seed
from undercount.experiments.reference.plan import Chunk
from undercount.experiments.reference.quantities import quantities
from undercount.model.world import Template, World


def simulate(chunk: Chunk) -> bytes:
    """Draws and runs every world of the chunk.

    The part holds `points` (worlds, unknowns), `parameters` (worlds, unknowns) in their units, and
    `quantities` (worlds, columns).
    """
    scenario = widened(chunk.scenario, chunk.width)
    free = scenario.free()
    points = design(scenario.name, len(free), chunk.width, chunk.seed, chunk.first, chunk.last)
    parameters, found = np.empty_like(points), []
    for row, (world, u) in enumerate(zip(range(chunk.first, chunk.last), points)):
        drawn = scenario.draw(dict(zip(free, u.tolist())))
        parameters[row] = [drawn.value(path) for path in free]
        luck = world_seed(scenario.name, chunk.width, chunk.seed, world)
        simulated = World(Template(drawn, chunk.people_per_agent), luck)
        simulated.run()
        found.append(quantities(scenario.region, chunk.statistics, simulated))
    head = {"part": chunk.part, "explanation": scenario.name, "width": chunk.width, "first": chunk.first,
            "last": chunk.last, "seed": chunk.seed, "people_per_agent": chunk.people_per_agent,
            "unknowns": list(free)}
    return seal_arrays(head, {"parameters": parameters, "quantities": np.array(found)})

