"""The result folder on disk: names, files that are whole or absent, and one command at a time.

    DIR/manifest.json         what was asked, by whom it was computed, what came out
    DIR/runs.parquet ...      the tables; of `run` six, in order of scenario and replicate
    DIR/parts/*.npz           one file a finished run; the tables can be made from them again
    DIR/parts/*.failed.json   why a run failed, and the command that repeats it
    DIR/region/               the region's files as they were, so that the folder explains itself
    DIR/.lock, DIR/.running   who works on the folder, and on what

The kind of a folder is the command that made it: run, reference, compare, attribute, policy, estimate,
sensitivity, discover or further. Each has its own tables; the rest is the same.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from undercount.model.files.problems import BadInput, Problem
from undercount.model.files.toml_in import describe, plain

MANIFEST, PARTS, REGION, LOCK, RUNNING = "manifest.json", "parts", "region", ".lock", ".running"
TEMPORARY = ".tmp"
MOST_PARTS = 10**8
OLD_KINDS = {"verdict": "compare"}  # as 0.1.0 called it
# What messages repeat must fit a screen and not steer it.
LONGEST_NAME, LONGEST_COMMAND = 1000, 8000


class Busy(Exception):
    """Another command works on the folder."""


def write_whole(path: Path, data: bytes, durable: bool = True) -> None:
    """Write a file so that a reader or a crash finds all of it or the one before.

    `durable`: after a power cut too, for which it waits until the disk has it.
    """
    temporary = path.with_name(path.name + TEMPORARY)
    try:
        with temporary.open("wb") as file:
            file.write(data)
            if durable:
                file.flush()
                os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:  # Ctrl-C too
        with contextlib.suppress(OSError):  # the first error is the one to report
            temporary.unlink(missing_ok=True)
        raise


@contextlib.contextmanager
def replacing(*paths: Path, durable: bool = False) -> Iterator[list[Path]]:
    """Temporary names for files that are written bit by bit: those that are there when the block ends well take the
    names of `paths`, all of them after all are written; otherwise nothing is left.

    `durable`: the disk has them before they get their names.
    """
    new = [path.with_name(path.name + TEMPORARY) for path in paths]
    try:
        yield new
        written = [(one, path) for one, path in zip(new, paths) if one.exists()]
        for one, _ in written if durable else ():
            sync(one)
        for one, path in written:
            one.replace(path)
    finally:
        for one in new:
            with contextlib.suppress(OSError):  # the first error is the one to report
                one.unlink(missing_ok=True)


def relative(path: Path, folder: Path) -> str:
    """A path for the manifest of a folder: as seen from there, so that it tells of no machine."""
    return Path(os.path.relpath(path.absolute(), folder.absolute())).as_posix()


def sha256_of(path: Path) -> str:
    """The hash of a file's bytes, in hexadecimal. Raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sync(path: Path) -> None:
    """Have a finished file on the disk before it gets its name."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def write_manifest(folder: Path, manifest: dict[str, Any]) -> None:
    """Write the manifest, whole or not at all. Raises ValueError of a number that is none."""
    text = json.dumps(manifest, indent=1, ensure_ascii=False, allow_nan=False) + "\n"
    write_whole(folder / MANIFEST, text.encode())


def read_manifest(folder: Path, kind: str | None = "run") -> dict[str, Any] | None:
    """The manifest, or None if there is none.

    Raises BadInput if it cannot be understood, or is of another kind than `kind` (None: any).
    """
    path = folder / MANIFEST
    try:
        manifest = json.loads(path.read_bytes())
        if not isinstance(manifest, dict):
            raise ValueError("no table of keys")
        manifest.setdefault("kind", "run")
        _shape(manifest, EXPECTED)
        manifest["kind"] = OLD_KINDS.get(manifest["kind"], manifest["kind"])
        if manifest["kind"] == "run":
            _shape(manifest, EXPECTED_OF_RUNS)
        elif isinstance(manifest.get("planned"), dict):
            _shape(manifest["planned"], RULE, "planned.")
        else:
            _shape(manifest, {"planned": [str]})
        _check_names(manifest)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise BadInput(Problem(path, "manifest", error.strerror or "an error", "a readable file")) from None
    except (ValueError, RecursionError) as error:
        raise BadInput(Problem(
            path, "manifest", f"a damaged file ({str(error)[:80]})",
            "a manifest of undercount; delete it and repeat the command that made the folder: "
            "finished runs are kept")) from None
    if kind is not None and manifest["kind"] != kind:
        raise BadInput(Problem(path, "kind", describe(manifest["kind"]), f"a folder that `undercount {kind}` made"))
    return manifest


def open_folder(folder: Path, kind: str | None = None) -> dict[str, Any]:
    """The manifest of a folder that must be there. Raises BadInput if it is not."""
    manifest = read_manifest(folder, kind)
    if manifest is None:
        found = "a folder without results" if folder.is_dir() else "a file" if folder.exists() else "no such folder"
        raise BadInput(Problem(plain(str(folder)), MANIFEST, found, f"a folder that `undercount {kind or 'run'}` made"))
    return manifest


# What the readers of a manifest rely on: of any, of one of runs, and of a rule that names parts.
EXPECTED = {"undercount": str, "kind": str, "state": str, "command": str, "tables": dict, "parts": dict}
EXPECTED_OF_RUNS = {
    "batch": {
        "seed": int, "people_per_agent": int, "until": str, "months": int, "settings": dict, "code": str,
        "region": {"name": str, "files": dict}},
    "scenarios": [{"name": str, "given": str, "replicates": int, "key": str, "resolved": dict}],
}
RULE = {"before": str, "digits": int, "count": int, "after": str}


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


def _check_names(manifest: dict[str, Any]) -> None:
    """Raise ValueError if a name leads out of the folder, or a plan has no end."""
    names = [*manifest["parts"]]
    if manifest["kind"] == "run":
        names += [entry["name"] for entry in manifest["scenarios"]]
        runs = sum(_runs_of(entry, manifest["batch"]) for entry in manifest["scenarios"])
    else:
        rule = manifest["planned"]
        names += [rule["before"], rule["after"]] if isinstance(rule, dict) else rule
        runs = max(rule["count"], rule["digits"]) if isinstance(rule, dict) else len(rule)
    if wrong := next((name for name in names if "/" in name or "\\" in name or "\0" in name), None):
        raise ValueError(f"{describe(wrong)} is no name of a file")
    if runs > MOST_PARTS:
        raise ValueError(f"a plan of {runs} parts")
    paths = [*manifest["tables"]]
    region = manifest.get("batch", manifest)
    region = region.get("region") if isinstance(region, dict) else None
    if isinstance(region, dict):
        paths += [str(region.get("name")), *region.get("files", ())]
    if not all(_fits(name, LONGEST_NAME) for name in paths):
        raise ValueError("a name that cannot be shown")
    if not _fits(manifest["command"], LONGEST_COMMAND):
        raise ValueError("a command that cannot be shown")
    for name in paths:
        if Path(name).is_absolute() or ".." in Path(name).parts or "\0" in name:
            raise ValueError(f"{describe(name)} leads out of the folder")
    _check_places(manifest)


def _fits(text: str, most: int) -> bool:
    return len(text) <= most and plain(text) == text


def check_words(words: Sequence[str]) -> None:
    """Raises BadInput unless a manifest with a command of these words can be read again."""
    for word in words:
        if plain(word) != word:
            raise BadInput(Problem("command line", "a word of it", describe(word), "text that can be shown and written "
                                   "as UTF-8: no line ends, no characters that steer a terminal"))
        if "/" in word and len(word) > LONGEST_NAME:
            raise BadInput(Problem("command line", "a path", f"{len(word)} characters", f"at most {LONGEST_NAME}"))
    if len(whole := shlex.join(words)) > LONGEST_COMMAND:
        raise BadInput(Problem("command line", "length", f"{len(whole)} characters", f"at most {LONGEST_COMMAND}: name "
                               "fewer files, or shorter paths"))


def _check_places(manifest: dict[str, Any]) -> None:
    """Raise ValueError unless what it says of kept files and of the command's words can be shown (`kept.py`)."""
    places, kept = manifest.get("places", {}), manifest.get("kept", {})
    _shape({"places": places, "kept": kept}, {"places": dict, "kept": dict})
    texts = [*places, *kept]
    for place in places.values():
        if not isinstance(place, dict) or not {"in", "beside"} & set(place) or ("as" in place and "files" not in place):
            raise ValueError("a place that says not where")
        texts += place.values()
    if not all(isinstance(text, str) and _fits(text, LONGEST_NAME) for text in texts):
        raise ValueError("a place that cannot be shown")
    if wrong := next((name for name in kept if Path(name).is_absolute() or ".." in Path(name).parts), None):
        raise ValueError(f"{describe(wrong)} leads out of the folder")


def _runs_of(entry: dict[str, Any], batch: dict[str, Any]) -> int:
    """Runs of a scenario. Raises ValueError unless its points are texts and enough."""
    if (sweep := batch.get("sweep")) is None:
        return entry["replicates"]
    _shape(sweep, {"design": str, "words": [str], "over": [str]}, "sweep.")
    _shape(entry, {"points": [str]}, "scenarios.")
    lucks, points = batch.get("lucks"), len(entry["points"])
    if lucks is None:
        return entry["replicates"] * points
    if not isinstance(lucks, int) or lucks < 1 or points * lucks < entry["replicates"]:
        raise ValueError("fewer points than draws")
    return entry["replicates"]


def check_is_ours(folder: Path) -> None:
    """Raises BadInput unless the folder can hold results: new, empty, or already ours."""
    try:
        names = {path.name for path in folder.iterdir()}
    except FileNotFoundError:
        if folder.is_symlink():
            raise BadInput(Problem("--out", str(folder), "a link to nothing",
                                   "a folder, or a name that is free")) from None
        above = next((p for p in folder.parents if p.exists()), None)
        if above is not None and not above.is_dir():
            raise BadInput(Problem("--out", str(folder), f"{above}, a file", "a folder")) from None
        return
    except OSError as error:  # a file, or a folder that may not be read
        raise BadInput(Problem("--out", str(folder), "a file" if folder.is_file() else f"{error.strerror}",
                               "a folder")) from None
    if names and not names & {MANIFEST, PARTS, LOCK}:
        raise BadInput(Problem("--out", str(folder), "a folder with other files",
                               "a new or empty folder, or one that `undercount` made"))


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
