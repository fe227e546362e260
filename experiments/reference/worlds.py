"""One stretch of worlds, from nothing to the bytes of its part: fit for threads, processes and other machines."""

from __future__ import annotations

import numpy as np
from undercount.experiments.draws.design import design, widened, world_seed
from undercount.experiments.reference.plan import Stretch
from undercount.experiments.reference.quantities import quantities
from undercount.experiments.store.seal import seal_arrays
from undercount.model.simulation import simulate


def simulate_stretch(stretch: Stretch) -> bytes:
    """Draws and runs every world of the stretch.

    The part holds `points` (worlds, unknowns), `parameters` (worlds, unknowns) in their units, and
    `quantities` (worlds, columns).
    """
    scenario = widened(stretch.scenario, stretch.width)
    free = scenario.free()
    points = design(scenario.name, len(free), stretch.width, stretch.seed, stretch.first, stretch.last)
    parameters, found = np.empty_like(points), []
    for row, (world, u) in enumerate(zip(range(stretch.first, stretch.last), points)):
        drawn = scenario.draw(dict(zip(free, u.tolist())))
        parameters[row] = [value_of(drawn, path) for path in free]
        luck = world_seed(scenario.name, stretch.width, stretch.seed, world)
        found.append(quantities(stretch.statistics, simulate(drawn, stretch.people_per_agent, luck)))
    head = {"part": stretch.part, "explanation": scenario.name, "width": stretch.width, "first": stretch.first,
            "last": stretch.last, "seed": stretch.seed, "people_per_agent": stretch.people_per_agent,
            "unknowns": list(free)}
    return seal_arrays(head, {"parameters": parameters, "quantities": np.array(found)})


def value_of(scenario, path: str) -> float:
    """A parameter or the size of an event, by the path that `free()` gives it."""
    if path.startswith("events."):
        return scenario.events_by_name[path.split(".")[1]].amount
    return scenario.value(path)
