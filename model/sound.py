"""Asserted at the end of each run: nothing in a world is infinite or no number, and no tally is negative.

Compiled rules go on with a NaN: a comparison with it is false, and as a whole number it is a large negative one. So what
cannot be simulated must end here, before any table, also where a check of the inputs was forgotten.
"""

from __future__ import annotations

import numpy as np
from undercount.model.files.problems import BadInput, Problem
from undercount.model.world import World

TALLIES = ("hidden", "actors", "flows", "histories")
STATE = ("par", "facts", "gravity", "places", "classes", "routes", "posts", "officials", "recruiters", "networks", "ngos")


def check_sound(world: World) -> None:
    """Raises BadInput that names the first table and field in which a world is none."""
    for name in (*STATE, *TALLIES):
        table = getattr(world, name)
        for field in table.dtype.names or (None,):
            values = table[field] if field else table
            if values.dtype.kind == "f":
                wrong = ~np.isfinite(values)
            elif name in TALLIES:
                wrong = values < 0
            else:
                continue
            if wrong.any():
                raise BadInput(_problem(world, name, field, values[wrong][0]))


def _problem(world: World, name: str, field: str | None, value) -> Problem:
    return Problem(world.template.region.folder, f"{name}.{field}" if field else name,
                   f"{value} after {world.month} months of {world.template.scenario.name}",
                   "worlds of finite numbers in which no tally is negative; look for a figure or parameter that is nothing "
                   "or out of all proportion")
