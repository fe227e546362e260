"""Asserted at the end of each run: nothing in a world is infinite or no number, and no tally is negative.

Compiled rules go on with a NaN: a comparison with it is false, and as a whole number it is a large negative one. So
what cannot be simulated must end here, before any table, also where a check of the inputs was forgotten.
"""

from __future__ import annotations

from collections.abc import Iterator
from weakref import WeakSet

import numpy as np
from undercount.model.files.problems import BadInput, Problem
from undercount.model.world import Template, World

TALLIES = ("hidden", "actors", "flows", "histories", "exposures", "relisted")
STATE = ("places", "classes", "routes", "posts", "officials", "recruiters", "minds", "networks", "told", "ngos")
SHARED = ("par", "facts", "gravity", "coming")  # by all worlds of a template, so looked at once
_seen: WeakSet[Template] = WeakSet()


def check_sound(world: World) -> None:
    """Raises BadInput that names the first table and field in which a world is none."""
    for name in (*(() if world.template in _seen else SHARED), *STATE, *TALLIES):
        table = np.asarray(getattr(world, name))
        if (numbers := of_one_kind(table)) is not None and _is_sound(numbers, name):
            continue
        for field, values in fields_of(table):
            if not _is_sound(values, name):
                wrong = values[~np.isfinite(values)] if values.dtype.kind == "f" else values[values < 0]
                raise BadInput(_problem(world, name, field, wrong))
    _seen.add(world.template)


def _is_sound(values: np.ndarray, name: str) -> bool:
    """A sum is no number if any of its terms is none; whole numbers are negative if the least is."""
    if values.dtype.kind == "f" and not np.isfinite(values.sum()):
        return False
    return name not in TALLIES or not values.size or values.min() >= 0


def of_one_kind(table: np.ndarray) -> np.ndarray | None:
    """The numbers of a table whose fields are all of one kind, in one array; None of any other."""
    kinds = {table.dtype.fields[name][0] for name in table.dtype.names or ()}
    if not kinds:
        return table
    kind = kinds.pop()
    alike = not kinds and kind.names is None and kind.itemsize * len(table.dtype.names) == table.dtype.itemsize
    return table.view(kind) if alike and table.flags.c_contiguous else None


def fields_of(table: np.ndarray) -> Iterator[tuple[str | None, np.ndarray]]:
    """(name, values) of each field, also of those of records within records."""
    for name in table.dtype.names or ():
        yield from fields_of(table[name]) if table[name].dtype.names else ((name, table[name]),)
    if not table.dtype.names:
        yield None, table


def _problem(world: World, name: str, field: str | None, wrong: np.ndarray) -> Problem:
    found = wrong[0] if wrong.size else "too large a sum"
    return Problem(world.template.region.folder, f"{name}.{field}" if field else name,
                   f"{found} after {world.month} months of {world.template.scenario.name}",
                   "worlds of finite numbers in which no tally is negative; look for a figure or parameter that is "
                   "nothing or out of all proportion")
