"""Runs a batch into a result folder, and writes its six tables from the parts that are finished."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import Executor
from contextlib import suppress
from pathlib import Path
from typing import Any

from undercount.experiments.compute.engines import EngineOptions
from undercount.experiments.compute.jobs import Outcome
from undercount.experiments.runs.batch import Batch, Run
from undercount.experiments.runs.execute import execute
from undercount.experiments.runs.extend import about_runs, going_on, joined
from undercount.experiments.runs.tallies import Tallies, load_tallies
from undercount.experiments.store.folder import replacing
from undercount.experiments.store.kept import Needs
from undercount.experiments.store.planned import RUN_TABLES, SWEEP_TABLES
from undercount.experiments.store.seal import Damaged
from undercount.experiments.study import Study, carry_out


def run_batch(batch: Batch, folder: str | Path, options: EngineOptions | None = None,
              on_progress: Callable[[Outcome], None] = lambda outcome: None,
              executor: Executor | None = None) -> Outcome:
    """Run what is missing of `batch` in `folder` and write its tables; what came of it.

    `executor` is any `concurrent.futures` executor and stays the caller's; without one, `options` say
    where runs are computed. A folder that holds runs of the same batch is extended: more replicates,
    more scenarios. Raises what `study.carry_out` raises.
    """
    folder = Path(folder)
    return carry_out(folder, "run", batch.shared(), lambda there: study_of(batch, folder, there),
                     options or EngineOptions(), on_progress, executor)


def study_of(batch: Batch, folder: Path, there: dict[str, Any] | None) -> Study:
    """The study of a batch together with what the folder holds. Raises BadInput if the folder cannot be extended."""
    batch = joined(batch, folder, there)
    return Study(about_runs(batch, there), going_on(batch, folder), batch.runs(), execute,
                 lambda: _assemble(batch, folder), batch.region, repeats=_repeating(batch, folder), check=load_tallies,
                 needs=Needs([(entry.given, entry.scenario) for entry in batch.entries], region=batch.on_region,
                             folders=batch.sweep.folders if batch.sweep else {}))


def _repeating(batch: Batch, folder: Path) -> Callable[[Run], str]:
    """The command, for a run, that has the run among its own; `finish` adds which it is."""
    entries = {entry.scenario.name: entry for entry in batch.entries}

    def command(run: Run) -> str:
        return batch.going_on([entries[run.scenario.name]], folder)

    return command


def _assemble(batch: Batch, folder: Path) -> list[Path]:
    """Write the tables from the finished runs; their paths."""
    from undercount.experiments.runs.points import write_points  # not needed by workers
    from undercount.experiments.runs.tables import write_tables

    def finished() -> Iterable[Tallies]:
        for run in batch.runs():
            # Missing after an interruption; damaged in between: found by the next command.
            with suppress(FileNotFoundError, Damaged):
                yield load_tallies(folder, run.part)

    names = (*RUN_TABLES, *(() if batch.sweep is None else SWEEP_TABLES))
    paths = {name: folder / f"{name}.parquet" for name in names}
    with replacing(*paths.values(), durable=True) as new:
        at = dict(zip(names, new))
        written = write_tables(batch.region, finished(), at, {"seed": str(batch.seed)})
        if batch.sweep is not None:
            written.append(write_points(batch, at["points"]))
    return [paths[name] for name in written]
