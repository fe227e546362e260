"""One finished run as one small file: its tallies and what identifies them.

A part is a `.npz` file without pickle (`numpy.load` reads it) whose zip comment is the SHA-256 of all
bytes before it, so that a truncated or altered file is found. The same run gives the same bytes.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from undercount.model.engine.layout import ACTOR_FIELDS, HIDDEN_FIELDS, WARM_UP

if TYPE_CHECKING:
    from undercount.model.world import World

ARRAYS = ("hidden", "actors", "flow_index", "flow_value", "history_index", "history_value")
# Level 1 costs a third of the default's time for a tenth more bytes.
COMPRESSION = 1
DIGEST = 64
_EPOCH = (1980, 1, 1, 0, 0, 0)  # a zip entry must have a date; a fixed one keeps bytes the same


class Damaged(Exception):
    """A part that is truncated or altered; the runner does the run again."""


@dataclass(frozen=True)
class Part:
    """A run as read back.

    `hidden` is (fields, months, places), `actors` likewise; flows and histories hold the positions
    of their non-zero cells in an array of `shapes["flows"]` and `shapes["histories"]`, and the values.
    """

    head: dict[str, Any]
    arrays: dict[str, np.ndarray]
    sha256: str  # of the file
    content: str  # of the tallies, which does not depend on the version of zlib


def pack(world: World, about: dict[str, Any]) -> bytes:
    """The part file of a world that has been run, with `about` (JSON values) at its head."""
    months, span = world.month, slice(WARM_UP, world.t)  # nobody is told of the months of warming up
    flows, histories = world.flows[span].ravel(), world.histories[span].ravel()
    arrays = {
        "hidden": _narrow(np.stack([world.hidden[name][span] for name in HIDDEN_FIELDS])),
        "actors": _narrow(np.stack([world.actors[name][span] for name in ACTOR_FIELDS])),
    }
    for name, cells in (("flow", flows), ("history", histories)):
        where = np.flatnonzero(cells)
        arrays[f"{name}_index"], arrays[f"{name}_value"] = _narrow(where), _narrow(cells[where])
    content = hashlib.sha256()
    for name in ARRAYS:
        content.update(np.ascontiguousarray(arrays[name]).tobytes())
    head = about | {
        "months": months, "content": content.hexdigest(),
        "shapes": {"flows": [months, *world.flows.shape[1:]], "histories": [months, *world.histories.shape[1:]]},
    }
    return seal_arrays(head, arrays)


def unpack(data: bytes) -> Part:
    """The part in `data`. Raises Damaged unless every byte is as it was written."""
    head, arrays = open_arrays(data)
    try:
        return Part(head, {name: arrays[name] for name in ARRAYS}, hashlib.sha256(data).hexdigest(), head["content"])
    except KeyError as error:
        raise Damaged from error


def seal_arrays(head: dict[str, Any], arrays: dict[str, np.ndarray]) -> bytes:
    """A whole part file of any kind: JSON values, named arrays (none named "head"), and their seal.

    `head["part"]` should be the name of the file, so that a part under a wrong name is found. The same
    values give the same bytes with the same version of zlib.
    """
    if "head" in arrays:
        raise ValueError("the name 'head' is taken")
    first = np.frombuffer(json.dumps(head, sort_keys=True, allow_nan=False).encode(), np.uint8)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        for name, array in {"head": first, **arrays}.items():
            member = io.BytesIO()
            np.lib.format.write_array(member, np.ascontiguousarray(array), allow_pickle=False)
            entry = zipfile.ZipInfo(f"{name}.npy", _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            file.writestr(entry, member.getvalue(), compresslevel=COMPRESSION)
        file.comment = b"0" * DIGEST
    body = buffer.getvalue()[:-DIGEST]
    return body + hashlib.sha256(body).hexdigest().encode()


def open_arrays(data: bytes) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Head and arrays of a part file. Raises Damaged unless every byte is as `seal_arrays` wrote it."""
    body = data[:-DIGEST]
    if len(data) <= DIGEST or hashlib.sha256(body).hexdigest().encode() != data[-DIGEST:]:
        raise Damaged
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as file:
            arrays = {entry.filename.removesuffix(".npy"):
                      np.lib.format.read_array(io.BytesIO(file.read(entry)), allow_pickle=False)
                      for entry in file.infolist()}
        head = json.loads(arrays.pop("head").tobytes())
    except Exception as error:  # the seal is right, so somebody made the file: anything may stand in it
        raise Damaged from error
    if not isinstance(head, dict):
        raise Damaged
    return head, arrays


def read_part(path: Path) -> Part:
    """The part in a file. Raises Damaged, or OSError if it cannot be read."""
    return unpack(path.read_bytes())


def _narrow(values: np.ndarray) -> np.ndarray:
    """As int32 where every value fits: half the bytes to compress."""
    fits = not values.size or (values.min() >= -(2**31) and values.max() < 2**31)
    return values.astype(np.int32 if fits else np.int64)
