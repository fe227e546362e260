"""The tallies of one finished run, as they stand in its part."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from undercount.experiments.store.folder import PARTS
from undercount.experiments.store.seal import Damaged, open_arrays, seal_arrays
from undercount.model.engine.layout import ACTOR_FIELDS, HIDDEN_FIELDS
from undercount.model.outcome import Outcome

SPARSE = {"flow": "flows", "history": "histories", "exposure": "exposures",
          "relisted": "relisted"}  # name of the arrays -> that of the outcome
ARRAYS = ("hidden", "actors", *(f"{name}_{part}" for name in SPARSE for part in ("index", "value")))


@dataclass(frozen=True)
class Tallies:
    """A run as read back.

    `hidden` is (fields, months, places), `actors` likewise; of those in SPARSE there are the positions of
    their non-zero cells in an array of `shapes["flows"]` and so on, and the values.
    """

    head: dict[str, Any]
    arrays: dict[str, np.ndarray]
    sha256: str  # of the file
    content: str  # of the tallies, which does not depend on the version of zlib


def pack(outcome: Outcome, about: dict[str, Any]) -> bytes:
    """The part of a run, with `about` (JSON values) at its head."""
    months = outcome.months
    sparse = {name: getattr(outcome, of)[:months] for name, of in SPARSE.items()}
    arrays = {
        "hidden": _narrow(np.stack([outcome.hidden[name][:months] for name in HIDDEN_FIELDS])),
        "actors": _narrow(np.stack([outcome.actors[name][:months] for name in ACTOR_FIELDS])),
    }
    for name, cells in sparse.items():
        where = np.flatnonzero(cells)
        arrays[f"{name}_index"], arrays[f"{name}_value"] = _narrow(where), _narrow(cells.ravel()[where])
    content = hashlib.sha256()
    for name in ARRAYS:
        content.update(np.ascontiguousarray(arrays[name]).tobytes())
    head = about | {
        "months": months, "content": content.hexdigest(),
        "shapes": {of: list(sparse[name].shape) for name, of in SPARSE.items()},
    }
    return seal_arrays(head, arrays)


def unpack(data: bytes) -> Tallies:
    """The tallies in `data`. Raises Damaged unless every byte is as it was written."""
    head, arrays = open_arrays(data)
    try:
        return Tallies(head, {name: arrays[name] for name in ARRAYS}, hashlib.sha256(data).hexdigest(), head["content"])
    except KeyError as error:
        raise Damaged from error


def load_tallies(folder: Path, name: str) -> Tallies:
    """The tallies in a part of the folder. Raises Damaged also if it is another run's, under a wrong name."""
    found = unpack((folder / PARTS / name).read_bytes())
    if found.head.get("part") != name:
        raise Damaged
    return found


def _narrow(values: np.ndarray) -> np.ndarray:
    """As int32 where every value fits: half the bytes to compress."""
    fits = not values.size or (values.min() >= -(2**31) and values.max() < 2**31)
    return values.astype(np.int32 if fits else np.int64)
