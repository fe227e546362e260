"""Runs a batch into a result folder: what is missing of its runs, then its tables and its manifest."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from concurrent.futures import Executor
from contextlib import suppress
from pathlib import Path

from undercount.experiments.batch import Batch, Run, command_line
from undercount.experiments.engines import EngineLost, EngineOptions, OnExecutor
from undercount.experiments.folder import PARTS, TEMPORARY, check_is_ours, locked, sync
from undercount.experiments.manifest import Record, about_runs, check_same_batch, copy_region, going_on, joined
from undercount.experiments.parts import Damaged, Part, pack
from undercount.experiments.results import TABLES, load_part
from undercount.experiments.work import Outcome, Stopped, finish, interruptible, remove_half_written
from undercount.model.engine.layout import WARM_UP
from undercount.model.world import Template, World

# Templates kept at once; one is a few megabytes.
KEPT_TEMPLATES = 32

_templates: dict[tuple[str, int], Template] = {}


def execute(run: Run) -> bytes:
    """One run, from nothing to the bytes of its part. Fit for threads, processes and other machines."""
    template = _template(run)
    world = World(template, run.seed)
    for month in range(1, WARM_UP + run.months + 1):
        world.run(month)  # back in Python every month, so that a run can be stopped
    return pack(world, {
        "part": run.part, "scenario": run.scenario.name, "replicate": run.replicate, "seed": run.seed,
        "people_per_agent": run.people_per_agent, "persons": template.persons,
        "agents": template.agents})


def _template(run: Run) -> Template:
    """The template of the run's scenario, built once a process."""
    key = (run.scenario_key, run.people_per_agent)
    if key not in _templates:
        while len(_templates) >= KEPT_TEMPLATES:
            # Another thread may be doing the same.
            _templates.pop(next(iter(list(_templates)), None), None)
        _templates[key] = Template(run.scenario, run.people_per_agent)
    return _templates.get(key) or Template(run.scenario, run.people_per_agent)


def run_batch(batch: Batch, folder: str | Path, options: EngineOptions | None = None,
              on_progress: Callable[[Outcome], None] = lambda outcome: None,
              executor: Executor | None = None) -> Outcome:
    """Run what is missing of `batch` in `folder` and write its tables; what came of it.

    `executor` is any `concurrent.futures` executor and stays the caller's; without one, `options` say
    where runs are computed. A folder that holds runs of the same batch is extended: more replicates,
    more scenarios. Runs that fail are on record in the folder and in the outcome; the others go on.

    Raises BadInput if the folder holds something else, `folder.Busy` if another command works on it,
    Stopped after Ctrl-C, SIGTERM, an error of the disk, or the loss of the engine.
    """
    folder, options = Path(folder), options or EngineOptions()
    check_is_ours(folder)
    reached = Outcome(0)

    def progress(outcome: Outcome) -> None:
        nonlocal reached
        reached = outcome
        on_progress(outcome)

    try:
        with interruptible():
            (folder / PARTS).mkdir(parents=True, exist_ok=True)
            with locked(folder):
                batch = joined(batch, check_same_batch(batch, folder))
                command = going_on(batch, folder)
                remove_half_written(folder)
                engine = {"engine": type(executor).__name__, "workers": None} if executor else options.describe()
                record = Record(folder, "run", command, about_runs(batch), engine)
                record.begin()
                try:
                    copy_region(batch.region, folder)
                    given = OnExecutor(executor, options.workers or os.cpu_count() or 1) if executor else None
                    outcome = finish(folder, batch.runs(), execute, options, progress, load_part,
                                     _repeating(batch, folder), given)
                    state = "finished" if outcome.done == outcome.total else "incomplete"
                    record.end(state, _assemble(batch, folder))
                    return outcome
                except BaseException as error:
                    # What is finished goes into the tables too, if the disk lets us.
                    hashes = {}
                    with suppress(OSError):
                        hashes = _assemble(batch, folder)
                    with suppress(OSError):
                        record.end("interrupted" if isinstance(error, KeyboardInterrupt) else "failed", hashes)
                    raise
    except (KeyboardInterrupt, OSError, EngineLost) as error:
        raise Stopped(error, reached) from error


def _repeating(batch: Batch, folder: Path) -> Callable[[Run], str]:
    """The command, for a run, that has the run among its own; `finish` adds which it is."""
    entries = {entry.scenario.name: entry for entry in batch.entries}

    def command(run: Run) -> str:
        entry = entries[run.scenario.name]
        return command_line([entry.given], entry.replicates, batch.shared(), folder)

    return command


def _assemble(batch: Batch, folder: Path) -> dict[str, dict[str, str]]:
    """Write the tables from the finished parts; the sha256 of every table and part."""
    from undercount.experiments.assemble import write_tables  # not needed by workers

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
