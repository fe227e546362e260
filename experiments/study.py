"""The one orchestrator: a result folder of any kind is made, extended and gone on with here.

The folder is checked and locked before anything is computed, its manifest says what was asked, missing
parts are computed on any engine, and tables are written from what is finished, also after an interruption.
"""

from __future__ import annotations

import hashlib
import os
import shlex
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from undercount.experiments.compute.engines import EngineOptions, OnExecutor
from undercount.experiments.compute.jobs import Job, Outcome, Stopped, finish, interruptible, remove_half_written
from undercount.experiments.compute.worker import EngineLost
from undercount.experiments.store.folder import PARTS, check_is_ours, check_words, locked, read_manifest, sha256_of
from undercount.experiments.store.kept import Needs, keep
from undercount.experiments.store.manifest import Record, copy_region
from undercount.experiments.store.seal import Damaged, check_part, open_arrays
from undercount.model.files.problems import BadInput, Problem
from undercount.model.files.toml_in import describe
from undercount.model.known.region import Region

import undercount

# How the command line calls what all parts of a folder have in common, and what follows from the rest of it.
OPTIONS = {"seed": "--seed", "people_per_agent": "--people-per-agent", "until": "--until", "settings": "--set",
           "effort": "--effort", "sweep": "--sweep, --design, --over or --parameters"}
FOLLOWS = ("months", "lucks", "on_region")  # the region itself is compared


@dataclass(frozen=True)
class Study:
    """What is computed into a folder, and what is written from it.

    about     what the manifest says of this kind; `batch` in it is what all commands on a folder agree in
    command   the command line that completes the folder, with every seed that was drawn
    jobs      one a part, in the order of the tables
    function  module-level; one job to the bytes of its part
    assemble  writes the tables from the parts that are finished; their paths
    region    copied into the folder, so that it explains itself
    needs     what else is kept in it, so that it can be gone on with wherever it is moved
    partial   can tables be made from some of the parts?
    repeats   the command for a job that has it among its own (None: `command`)
    check     raises FileNotFoundError or Damaged unless the part (folder, name) is there and right
    """

    about: dict[str, Any]
    command: str
    jobs: Sequence[Job]
    function: Callable[[Any], bytes]
    assemble: Callable[[], Sequence[Path]]
    region: Region | None = None
    partial: bool = True
    repeats: Callable[[Any], str] | None = None
    check: Callable[[Path, str], object] = check_part
    needs: Needs = Needs()


def carry_out(folder: Path, kind: str, batch: Mapping[str, Any], prepare: Callable[[dict[str, Any] | None], Study],
              options: EngineOptions, on_progress: Callable[[Outcome], None] = lambda outcome: None,
              executor: Executor | None = None) -> Outcome:
    """Compute what is missing in `folder` and write its tables; what came of it.

    kind      the command that makes such folders
    batch     what the folder, if there is one, must agree in
    prepare   makes the study from the folder's manifest (None: a new folder), with the folder locked
    executor  instead of `options.kind`: any `concurrent.futures` executor, which stays the caller's

    Jobs that fail are on record in the folder and in the outcome; the others go on. Raises BadInput if the
    folder holds something else, `folder.Busy` if another command works on it, Stopped after Ctrl-C, SIGTERM,
    an error of the disk, or the loss of the engine.
    """
    check_is_ours(folder)
    check_words([str(folder)])
    reached = Outcome(0)

    def progress(outcome: Outcome) -> None:
        nonlocal reached
        reached = outcome
        on_progress(outcome)

    try:
        with interruptible():
            (folder / PARTS).mkdir(parents=True, exist_ok=True)
            with locked(folder):
                there = read_manifest(folder, kind)
                check_agrees(folder, there, batch)
                study = prepare(there)
                check_words(shlex.split(study.command))
                remove_half_written(folder)
                return _work(folder, kind, study, options, progress, executor)
    except (KeyboardInterrupt, OSError, EngineLost) as error:
        raise Stopped(error, reached) from error


def _work(folder: Path, kind: str, study: Study, options: EngineOptions, on_progress: Callable[[Outcome], None],
          executor: Executor | None) -> Outcome:
    engine = {"engine": type(executor).__name__, "workers": None} if executor else options.describe()
    record = Record(folder, kind, study.command, study.about, engine)
    standing = dict(record.manifest["tables"])
    record.begin()
    outcome = Outcome(len(study.jobs))

    def watched(now: Outcome) -> None:
        nonlocal outcome
        outcome = now
        on_progress(now)

    try:
        if study.region is not None:
            copy_region(study.region, folder)
        places, kept = keep(folder, study.needs, study.region)
        record.manifest |= {"places": record.manifest["places"] | places, "kept": kept}
        record.begin()
        given = OnExecutor(executor, options.workers or os.cpu_count() or 1) if executor else None
        outcome = finish(folder, study.jobs, study.function, options, watched, study.check,
                         study.repeats or study.command, given)
        whole = outcome.done == outcome.total
        record.end("finished" if whole else "incomplete",
                   _written(folder, study, standing, outcome.done > 0 if study.partial else whole))
        return outcome
    except BaseException as error:
        # What is finished goes into the tables too, if the disk lets us; what stood before stands.
        state, hashes = "interrupted" if isinstance(error, KeyboardInterrupt) else "failed", {}
        with suppress(OSError):
            hashes = _written(folder, study, standing, study.partial and outcome.done > 0)
        with suppress(OSError):
            record.end(state, hashes)
        raise


def _written(folder: Path, study: Study, standing: Mapping[str, str], assemble: bool) -> dict[str, dict[str, str]]:
    """The sha256 of every table and part, after writing the tables anew if that is asked."""
    tables = {name: digest for name, digest in standing.items() if _is(folder / name, digest)}
    for path in study.assemble() if assemble else ():
        tables[path.relative_to(folder).as_posix()] = sha256_of(path)
    parts = {job.part: folder / PARTS / job.part for job in study.jobs}
    return {"tables": tables, "parts": {name: sha256_of(path) for name, path in parts.items() if path.exists()}}


def _is(path: Path, digest: str) -> bool:
    return path.is_file() and sha256_of(path) == digest


def nothing(job: Any) -> bytes:
    """The function of a study without parts, of which everything is made when its tables are."""
    raise AssertionError("it has no parts")


def planned(jobs: Sequence[Job]) -> dict[str, list[str]]:
    """For the manifest of every kind but "run": the names of the parts."""
    return {"planned": [job.part for job in jobs]}


def finished_parts(folder: Path, jobs: Sequence[Job]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """(head, arrays) of every finished part, in the order of the jobs."""
    for job in jobs:
        # Missing after an interruption or a failure; damaged in between: found by the next command.
        with suppress(FileNotFoundError, Damaged):
            yield open_arrays((folder / PARTS / job.part).read_bytes())


# --------------------------------------------------------------------------- does it agree with the folder?


def check_agrees(folder: Path, manifest: Mapping[str, Any] | None, batch: Mapping[str, Any]) -> None:
    """Raises BadInput, with every difference, unless the folder was begun with the same `batch`."""
    if manifest is None:
        return
    there = manifest.get("batch")
    there = there if isinstance(there, dict) else {}
    problems = [_differs(folder, key, asked, there.get(key), manifest) for key, asked in batch.items()
                if key not in FOLLOWS and not _alike(key, asked, there.get(key))]
    if problems:
        raise BadInput(problems)


def _alike(key: str, asked: Any, there: Any) -> bool:
    if key == "region" and isinstance(there, dict):
        return asked["files"] == there.get("files")
    if key == "basis" and isinstance(there, dict):  # its words name a folder, which may have been renamed
        return {**asked, "words": None} == {**there, "words": None}
    if key == "sweep" and isinstance(asked, dict) and isinstance(there, dict) \
            and (asked["over"] or asked["design"] == "posterior"):
        # The same values may be typed as a,b,c and as low:high:n, and the verdict may have been moved.
        return {**asked, "words": None} == {**there, "words": None}
    return asked == there


def _differs(folder: Path, key: str, asked: Any, there: Any, manifest: Mapping[str, Any]) -> Problem:
    if key == "code":
        return Problem(folder, "model", f"version {undercount.__version__}, code {asked}",
                       f"the folder's version {manifest['undercount']}, code {there}, or another --out: results of "
                       "different rules are not mixed")
    if key == "region":
        return Problem(folder, "region", describe(asked["name"]) + " with other contents",
                       "the region as it was when the folder was begun, or another --out")
    return Problem(folder, OPTIONS.get(key, key), _short(asked),
                   f"{_short(there)}, as in this folder, or another --out")


def _short(value: Any) -> str:
    if isinstance(value, dict) and all(isinstance(each, str) for each in value.values()):  # --set
        value = " ".join(f"{name}={each}" for name, each in value.items()) or "none"
    if isinstance(value, dict) and "words" in value:  # --sweep
        drawn = {"lhs": " --points {}", "posterior": ", {} draws"}.get(value["design"], "")
        value = " ".join(value["words"]) + drawn.format(value.get("points"))
    text = "none" if value is None else str(value)
    return text if len(text) <= 60 else f"{text[:40]}... ({hashlib.sha256(text.encode()).hexdigest()[:8]})"
