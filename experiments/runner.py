"""Runs a batch into a result folder: only what is missing, on any `concurrent.futures` executor.

The folder's part files are the state of a batch. They are written by this process alone, each whole
or not at all, so a batch that was stopped in any way goes on when the same command is given again.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from experiments.assemble import TABLES, write_tables
from experiments.batch import Batch, Run
from experiments.folder import PARTS, TEMPORARY, check_is_ours, locked, sync, write_whole
from experiments.manifest import Record, check_same_batch, copy_region, joined
from experiments.parts import Damaged, Part, pack
from experiments.results import load_part
from model.layout import WARM_UP
from model.world import Template, World

# Templates kept at once; one is a few megabytes.
KEPT_TEMPLATES = 32
# Runs handed to an executor beyond those it works on: enough that no worker waits.
AHEAD = 3

_templates: dict[tuple[str, int], Template] = {}


@dataclass
class Progress:
    """Where a batch stands; given to the callback after every run."""

    total: int
    done: int = 0  # including those found finished
    found: int = 0  # finished by earlier commands
    damaged: list[str] = field(default_factory=list)  # parts that are run again


class Stopped(Exception):
    """The batch ended early: `reason` is Ctrl-C or an error of the disk; finished runs are kept."""

    def __init__(self, reason: KeyboardInterrupt | OSError, progress: Progress):
        self.reason, self.progress = reason, progress
        super().__init__(str(reason))


def execute(run: Run) -> bytes:
    """One run, from nothing to the bytes of its part. Fit for threads, processes and other machines."""
    template = _template(run)
    world = World(template, run.seed)
    world.run(WARM_UP + run.months)
    return pack(world, {
        "part": run.part, "scenario": run.scenario.name, "replicate": run.replicate, "seed": run.seed,
        "people_per_agent": run.people_per_agent, "persons": template.persons,
        "agents": template.persons // run.people_per_agent})


def _template(run: Run) -> Template:
    """The template of the run's scenario, built once a process."""
    key = (run.scenario_key, run.people_per_agent)
    if key not in _templates:
        while len(_templates) >= KEPT_TEMPLATES:
            # Another thread may be doing the same.
            _templates.pop(next(iter(list(_templates)), None), None)
        _templates[key] = Template(run.scenario, run.people_per_agent)
    return _templates.get(key) or Template(run.scenario, run.people_per_agent)


def run_batch(batch: Batch, folder: str | Path, executor: Executor | None = None, workers: int | None = None,
              on_progress: Callable[[Progress], None] = lambda progress: None) -> Path:
    """Run what is missing of `batch` in `folder` and write its tables; the folder.

    `executor` is any `concurrent.futures` executor and stays the caller's; without one, `workers`
    threads are used (default: one a core; a run holds no interpreter lock), and 1 means none.
    A folder that holds runs of the same batch is extended: more replicates, more scenarios.

    Raises BadInput if the folder holds something else, `folder.Busy` if another command works on it,
    Stopped after Ctrl-C or an error of the disk.
    """
    folder = Path(folder)
    workers = workers or os.cpu_count() or 1
    check_is_ours(folder)
    progress = Progress(0)
    try:
        (folder / PARTS).mkdir(parents=True, exist_ok=True)
        with locked(folder):
            batch = joined(batch, check_same_batch(batch, folder))
            record = Record(batch, folder, workers if executor is None else None)
            _clean(folder)
            record.begin()
            try:
                copy_region(batch.region, folder)
                _run_missing(batch, folder, executor, workers, progress, on_progress)
                record.end("finished", _assemble(batch, folder))
            except BaseException as error:
                # What is finished goes into the tables too, if the disk lets us.
                with suppress(OSError):
                    interrupted = isinstance(error, KeyboardInterrupt)
                    record.end("interrupted" if interrupted else "failed", _assemble(batch, folder))
                raise
    except (KeyboardInterrupt, OSError) as error:
        raise Stopped(error, progress) from error
    return folder


def _clean(folder: Path) -> None:
    """Remove what a killed command left half written."""
    for place in (folder, folder / PARTS):
        for path in place.glob(f"*{TEMPORARY}"):
            path.unlink(missing_ok=True)


def _run_missing(batch: Batch, folder: Path, executor: Executor | None, workers: int,
                 progress: Progress, on_progress: Callable[[Progress], None]) -> None:
    missing = []
    for run in batch.runs():
        progress.total += 1
        try:
            load_part(folder, run.part)
            progress.found += 1
        except FileNotFoundError:
            missing.append(run)
        except Damaged:
            progress.damaged.append(run.part)
            missing.append(run)
    progress.done = progress.found
    on_progress(progress)
    for run, data in _results(missing, executor, workers):
        write_whole(folder / PARTS / run.part, data)
        progress.done += 1
        on_progress(progress)


def _results(runs: list[Run], executor: Executor | None, workers: int) -> Iterator[tuple[Run, bytes]]:
    """Each run with its part, as they finish."""
    if executor is not None:
        yield from _from_executor(runs, executor, workers)
    elif workers == 1:
        yield from ((run, execute(run)) for run in runs)
    else:
        threads = ThreadPoolExecutor(workers)
        try:
            yield from _from_executor(runs, threads, workers)
        finally:
            threads.shutdown(cancel_futures=True)


def _from_executor(runs: list[Run], executor: Executor, workers: int) -> Iterator[tuple[Run, bytes]]:
    """Hands out a few runs at a time, so that results do not pile up in memory."""
    waiting = iter(runs)
    flying: dict[Future, Run] = {}
    try:
        while True:
            while len(flying) < workers + AHEAD and (run := next(waiting, None)):
                flying[executor.submit(execute, run)] = run
            if not flying:
                return
            for future in wait(flying, return_when=FIRST_COMPLETED).done:
                yield flying.pop(future), future.result()
    finally:
        for future in flying:
            future.cancel()


def _assemble(batch: Batch, folder: Path) -> dict[str, dict[str, str]]:
    """Write the tables from the finished parts; the sha256 of every table and part."""
    hashes: dict[str, str] = {}

    def finished() -> Iterable[Part]:
        for run in batch.runs():
            # Missing after an interruption; damaged in between: found by the next command.
            with suppress(FileNotFoundError, Damaged):
                part = load_part(folder, run.part)
                hashes[run.part] = part.sha256
                yield part

    new = {name: folder / f"{name}.parquet{TEMPORARY}" for name in TABLES}
    try:
        tables = write_tables(batch.region, finished(), new)
        for name in tables:
            sync(new[name])
        for name in tables:
            new[name].replace(folder / f"{name}.parquet")
    finally:
        for path in new.values():
            with suppress(OSError):
                path.unlink(missing_ok=True)
    return {"tables": {f"{name}.parquet": digest for name, digest in tables.items()}, "parts": hashes}
