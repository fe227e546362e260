"""The tables of a world: what a rule is handed as `w`, and of what each is made.

Rules are compiled for these tables, so no world need be made first; one with others is refused (`lent.py`).
A new parameter moves those behind it, so machine code depends on the schema, too.
"""

from __future__ import annotations

from collections import namedtuple

import numpy as np
from numba import from_dtype, types
from undercount.model.assumed.parameters import parameter_record
from undercount.model.engine import layout

_i4, _i8, _f8 = np.dtype("i4"), np.dtype("i8"), np.dtype("f8")

# Each table's records and dimensions; `seed` (whose luck it is) and `party_size` (most persons of a party) are numbers.
TABLES = {
    "seed": (_i8, 0), "party_size": (_i8, 0), "counts": (_i8, 1),
    "people": (layout.PERSON, 1), "active": (_i4, 1), "pending": (_i4, 1), "calendar": (_i4, 2),
    "agenda": (layout.AGENDA, 1),
    "par": (parameter_record(), 2), "facts": (layout.FACT, 2), "places": (layout.PLACE, 1),
    "classes": (layout.KLASS, 1), "routes": (layout.ROUTE, 1), "gravity": (_f8, 3), "corridors": (_f8, 2),
    "risks": (layout.RISK, 4), "coming": (layout.COMING, 2), "settling": (_f8, 3), "stocks": (_i8, 4),
    "posts": (layout.POST, 1), "officials": (layout.OFFICIAL, 1), "ngos": (layout.NGO, 1),
    "recruiters": (layout.RECRUITER, 1), "minds": (layout.MIND, 1), "picks": (_f8, 1), "guides": (_i4, 1),
    "networks": (layout.NETWORK, 1), "told": (layout.TOLD, 3),
    "hidden": (layout.HIDDEN, 2), "actors": (layout.ACTORS, 2), "flows": (_i8, 5), "histories": (_i8, 3),
    "exposures": (_i8, 5), "relisted": (_i8, 3), "census": (_i8, 1), "censuses": (_i8, 2)}

Tables = namedtuple("Tables", TABLES)


def kind_of_tables() -> types.Type:
    """The type of `Tables` in compiled code."""
    kinds = [types.Array(from_dtype(record), dimensions, "C") if dimensions else from_dtype(record)
             for record, dimensions in TABLES.values()]
    return types.NamedTuple(kinds, Tables)


def records(shape, dtype) -> np.recarray:
    """Zeroed records whose fields are attributes, compiled or interpreted; they begin at a pair of cache lines."""
    size = int(np.prod(shape)) * dtype.itemsize
    room = np.zeros(size + layout.LINES, np.uint8)  # untouched zeros cost no memory
    start = -room.ctypes.data % layout.LINES
    return room[start:start + size].view(dtype).reshape(shape).view(np.recarray)
