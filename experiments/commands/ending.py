"""How a command that computed something ends: what it says, and its exit code."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import click
from undercount.experiments.commands.surroundings import INTERRUPTED

if TYPE_CHECKING:
    from undercount.experiments.compute.engines import EngineOptions
    from undercount.experiments.compute.jobs import Outcome
    from undercount.experiments.compute.worker import EngineLost

KINDS_SHOWN = 10


def carried_out(folder: Path, again: str, options: EngineOptions,
                compute: Callable[[Callable[[Outcome], None]], Outcome],
                tell: Callable[[Outcome], None] = lambda outcome: None, runs: bool = True) -> int:
    """Compute with progress on stderr, say how it ended, and give the exit code.

    `compute(on_progress)` does the work, `again` is the command that completes the folder, and `tell`
    prints what came out before the closing lines. Without `runs` there are none to count on the way.
    """
    from undercount.experiments.compute.jobs import Stopped
    from undercount.experiments.compute.progress import shown
    from undercount.experiments.store.folder import Busy

    try:
        with shown(sys.stderr) if runs else nullcontext(lambda outcome: None) as on_progress:
            outcome = compute(on_progress)
    except Busy as error:
        raise click.ClickException(f"{folder}: another command (process {error or 'unknown'}) works on it; "
                                   "wait for it, or use another --out") from None
    except Stopped as error:
        return stopped(error.reason, error.outcome, folder, going_on(folder, again))
    tell(outcome)
    return summary(outcome, folder, options, again)


def going_on(folder: Path, command: str) -> str:
    """The command as it is to be typed anywhere, if the folder knows it; else as it was typed."""
    from undercount.experiments.store.folder import read_manifest
    from undercount.experiments.store.kept import again
    from undercount.model.files.problems import BadInput

    try:
        manifest = read_manifest(folder, None)
        return f"cd {shlex.quote(os.getcwd())} && {command}" if manifest is None else again(manifest, folder, command)
    except (BadInput, OSError):
        return command


def stopped(reason: KeyboardInterrupt | OSError | EngineLost, outcome: Outcome, folder: Path, command: str) -> int:
    """After work that ended early: why, what is kept, and how to go on."""
    from undercount.experiments.compute.worker import EngineLost

    kept = f"{outcome.done} of {outcome.total} runs are finished and kept" if outcome.total else "nothing was run"
    if isinstance(reason, KeyboardInterrupt):
        click.echo(f"interrupted; {kept}. To go on: {command}", err=True)
        return INTERRUPTED
    if isinstance(reason, EngineLost):
        click.echo(f"{reason}; {kept}. To go on: {command}", err=True)
        return 1
    click.echo(f"{reason.strerror or reason}: {_named(reason, folder)}; {kept}. "
               f"To go on (after making room, or the folder writable): {command}", err=True)
    return 1


def _named(reason: OSError, folder: Path) -> str:
    """The file in the folder that an error is about, else the folder."""
    file = reason.filename
    return file if isinstance(file, str) and Path(file).is_relative_to(folder) else str(folder)


def summary(outcome: Outcome, folder: Path, options: EngineOptions, command: str) -> int:
    """After work that came to its end: where the results are, and a line for every kind of failure."""
    if options.only is not None:
        return _one(outcome, options.only)
    if not outcome.failed:
        click.echo(f"results in {folder}")
        return 0
    kinds: dict[str, list] = {}
    for failure in outcome.failed:
        kinds.setdefault(failure.error, []).append(failure)
    click.echo(f"results of {outcome.done} of {outcome.total} runs in {folder}")
    command = going_on(folder, command)
    click.echo(f"{len(outcome.failed)} failed; the same command tries them again: {command}", err=True)
    for error, failures in list(kinds.items())[:KINDS_SHOWN]:
        click.echo(f"{len(failures)} failed: {error}; to repeat one: {going_on(folder, failures[0].command)}", err=True)
    if len(kinds) > KINDS_SHOWN:
        where = shlex.join(["undercount", "status", str(folder.absolute())])
        click.echo(f"... and {len(kinds) - KINDS_SHOWN} other errors: {where}", err=True)
    return 1


def _one(outcome: Outcome, part: str) -> int:
    """After `--only`: the whole traceback, for whoever is looking for the reason."""
    for failure in outcome.failed:
        click.echo(failure.traceback or failure.error, err=True)
        return 1
    click.echo(f"{part} is finished; {outcome.done} of {outcome.total} are")
    return 0
