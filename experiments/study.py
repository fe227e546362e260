"""A folder of any kind that is computed from jobs: what `reference`, `compare` and others have in common.

The folder is locked, its manifest says what was asked, missing parts are computed on any engine, and tables
are written from what is finished, also after an interruption.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from undercount.experiments.engines import EngineLost, EngineOptions
from undercount.experiments.folder import PARTS, check_is_ours, locked, read_manifest
from undercount.experiments.manifest import Record, copy_region
from undercount.experiments.parts import Damaged, open_arrays
from undercount.experiments.work import Job, Outcome, Stopped, finish, interruptible, remove_half_written
from undercount.model.files.problems import BadInput, Problem
from undercount.model.known.region import Region


def study(folder: Path, kind: str, jobs: Sequence[Job], function: Callable[[Any], bytes], about: dict[str, Any],
          command: str, options: EngineOptions, on_progress: Callable[[Outcome], None],
          assemble: Callable[[Path, Outcome], list[Path]], region: Region | None = None,
          must_agree: Sequence[str] = ("batch",)) -> Outcome:
    """Compute what is missing of `jobs` in `folder`, then call `assemble(folder, outcome)` for the tables' paths.

    `region` is copied into the folder, so that it explains itself, if `about` names its files.
    `about` is what the manifest says of this kind; a folder whose manifest differs in a key of
    `must_agree` is refused. Raises BadInput, `folder.Busy` if another command works on the folder, Stopped.
    """
    check_is_ours(folder)
    outcome = Outcome(len(jobs))

    def watched(now: Outcome) -> None:
        nonlocal outcome
        outcome = now
        on_progress(now)

    try:
        with interruptible():
            (folder / PARTS).mkdir(parents=True, exist_ok=True)
            with locked(folder):
                remove_half_written(folder)
                _check_same(folder, kind, about, must_agree)
                record = Record(folder, kind, command, about | {"planned": [job.part for job in jobs]},
                                options.describe())
                record.begin()
                if region is not None:
                    copy_region(region, folder)
                try:
                    outcome = finish(folder, jobs, function, options, watched, command=command)
                    whole = outcome.done == outcome.total
                    record.end("finished" if whole else "incomplete", _hashes(folder, jobs, assemble(folder, outcome)))
                except BaseException as error:
                    with suppress(OSError):
                        record.end("interrupted" if isinstance(error, KeyboardInterrupt) else "failed",
                                   _hashes(folder, jobs, []))
                    raise
    except (KeyboardInterrupt, OSError, EngineLost) as error:
        raise Stopped(error, outcome) from error
    return outcome


def _check_same(folder: Path, kind: str, about: dict[str, Any], keys: Sequence[str]) -> None:
    there = read_manifest(folder, kind)
    if there is None:
        return
    problems = []
    for key in keys:
        asked, found = about.get(key), there.get(key)
        if isinstance(asked, dict) and isinstance(found, dict):
            problems += [_other(folder, name, asked[name], found.get(name)) for name in asked
                         if asked[name] != found.get(name)]
        elif asked != found:
            problems.append(_other(folder, key, asked, found))
    if problems:
        raise BadInput(problems)


def _other(folder: Path, key: str, asked: Any, found: Any) -> Problem:
    return Problem(folder, key, _short(asked), f"{_short(found)}, as in this folder, or another --out")


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 60 else f"{text[:40]}... ({hashlib.sha256(text.encode()).hexdigest()[:8]})"


def finished_parts(folder: Path, jobs: Sequence[Job]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """(head, arrays) of every finished part, in the order of the jobs."""
    for job in jobs:
        # Missing after an interruption or a failure; damaged in between: found by the next command.
        with suppress(FileNotFoundError, Damaged):
            yield open_arrays((folder / PARTS / job.part).read_bytes())


def _hashes(folder: Path, jobs: Sequence[Job], tables: Sequence[Path]) -> dict[str, dict[str, str]]:
    def digest(path: Path) -> str:
        return hashlib.sha256(path.read_bytes()).hexdigest()

    there = [job.part for job in jobs if (folder / PARTS / job.part).exists()]
    return {"tables": {path.relative_to(folder).as_posix(): digest(path) for path in tables},
            "parts": {name: digest(folder / PARTS / name) for name in there}}
