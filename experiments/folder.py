"""The result folder on disk: names, files that are whole or absent, and one command at a time.

    DIR/manifest.json         what was asked, by whom it was computed, what came out
    DIR/runs.parquet ...      the six tables, in order of scenario and replicate
    DIR/parts/*.npz           one file a finished run; the tables can be made from them again
    DIR/region/               the region's files as they were, so that the folder explains itself
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from model.problems import BadInput, Problem

MANIFEST, PARTS, REGION, LOCK = "manifest.json", "parts", "region", ".lock"
TEMPORARY = ".tmp"


class Busy(Exception):
    """Another command works on the folder."""


def write_whole(path: Path, data: bytes) -> None:
    """Write a file so that a reader, a crash or a power cut finds all of it or the one before."""
    temporary = path.with_name(path.name + TEMPORARY)
    try:
        with temporary.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:  # Ctrl-C too
        with contextlib.suppress(OSError):  # the first error is the one to report
            temporary.unlink(missing_ok=True)
        raise


def sync(path: Path) -> None:
    """Have a finished file on the disk before it gets its name."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def write_manifest(folder: Path, manifest: dict[str, Any]) -> None:
    text = json.dumps(manifest, indent=1, ensure_ascii=False, allow_nan=False) + "\n"
    write_whole(folder / MANIFEST, text.encode())


def read_manifest(folder: Path) -> dict[str, Any] | None:
    """The manifest, or None if there is none. Raises BadInput if it cannot be understood."""
    path = folder / MANIFEST
    try:
        manifest = json.loads(path.read_bytes())
        if not isinstance(manifest, dict):
            raise ValueError("no table of keys")
        _shape(manifest, EXPECTED)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise BadInput(Problem(path, "manifest", error.strerror or "an error", "a readable file")) from None
    except (ValueError, RecursionError) as error:
        raise BadInput(Problem(
            path, "manifest", f"a damaged file ({str(error)[:80]})",
            "a manifest of undercount; delete it and repeat the `undercount run` command: finished runs are kept"
        )) from None
    return manifest


# What the readers of a manifest rely on.
EXPECTED = {
    "undercount": str, "state": str, "command": str, "batch": {
        "seed": int, "people_per_agent": int, "until": str, "months": int, "settings": dict, "code": str,
        "region": {"name": str, "files": dict}},
    "scenarios": [{"name": str, "given": str, "replicates": int, "key": str, "resolved": dict}],
    "tables": dict, "parts": dict,
}


def _shape(value: Any, expected: Any, at: str = "") -> None:
    """Raise ValueError unless the value has the keys and types of `expected`."""
    if isinstance(expected, dict):
        if not isinstance(value, dict):
            raise ValueError(f"{at or 'the file'} is no table")
        for key, inner in expected.items():
            if key not in value:
                raise ValueError(f"{at}{key} is missing")
            _shape(value[key], inner, f"{at}{key}.")
    elif isinstance(expected, list):
        if not isinstance(value, list):
            raise ValueError(f"{at[:-1]} is no list")
        for i, each in enumerate(value):
            _shape(each, expected[0], f"{at}{i}.")
    elif not isinstance(value, expected) or isinstance(value, bool):
        raise ValueError(f"{at[:-1]} is no {expected.__name__}")


def check_is_ours(folder: Path) -> None:
    """Raises BadInput unless the folder can hold results: new, empty, or already ours."""
    try:
        names = {path.name for path in folder.iterdir()}
    except FileNotFoundError:
        above = next((p for p in folder.parents if p.exists()), None)
        if above is not None and not above.is_dir():
            raise BadInput(Problem("--out", str(folder), f"{above}, a file", "a folder")) from None
        return
    except OSError as error:  # a file, or a folder that may not be read
        raise BadInput(Problem("--out", str(folder), "a file" if folder.is_file() else f"{error.strerror}",
                               "a folder")) from None
    if names and not names & {MANIFEST, PARTS, LOCK}:
        raise BadInput(Problem("--out", str(folder), "a folder with other files",
                               "a new or empty folder, or one that `undercount run` made"))


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the folder for this process. Raises Busy with the process that holds it.

    The system lets go of the lock when its holder ends, however it ends, so none is ever stale.
    Where the system has no such locks (Windows) nothing is locked.
    """
    try:
        import fcntl
    except ImportError:
        yield
        return
    file = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Busy(os.pread(file, 40, 0).decode("ascii", "replace").strip()) from None
        os.truncate(file, 0)
        os.pwrite(file, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(file)


def holder(folder: Path) -> str | None:
    """The process that works on the folder, or None."""
    try:
        import fcntl

        file = os.open(folder / LOCK, os.O_RDONLY)
    except (ImportError, OSError):
        return None
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        return None
    except OSError:
        return os.pread(file, 40, 0).decode("ascii", "replace").strip()
    finally:
        os.close(file)
