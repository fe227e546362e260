"""A part: what one finished job leaves, as one small sealed file.

It is a `.npz` file without pickle (`numpy.load` reads it) whose zip comment is the SHA-256 of all
bytes before it, so that a truncated or altered file is found. The same job gives the same bytes.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
from undercount.experiments.store.folder import PARTS

# Level 1 costs a third of the default's time for a tenth more bytes.
COMPRESSION = 1
DIGEST = 64
_EPOCH = (1980, 1, 1, 0, 0, 0)  # a zip entry must have a date; a fixed one keeps bytes the same


class Damaged(Exception):
    """A part that is truncated or altered; the runner does the run again."""


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
    _check_digest(data)
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


def check_seal(folder: Path, part: str) -> None:
    """Raises FileNotFoundError, or Damaged unless every byte is as it was written; a 25th of the time of `check_part`.

    That a part stands under another one's name is for `check_part` to find.
    """
    _check_digest((folder / PARTS / part).read_bytes())


def _check_digest(data: bytes) -> None:
    if len(data) <= DIGEST or hashlib.sha256(data[:-DIGEST]).hexdigest().encode() != data[-DIGEST:]:
        raise Damaged


def check_part(folder: Path, part: str) -> None:
    """Raises FileNotFoundError, or Damaged unless the part is whole and says that it is this one."""
    head, _ = open_arrays((folder / PARTS / part).read_bytes())
    if head.get("part") != part:
        raise Damaged
