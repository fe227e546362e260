"""Computes what is missing of a folder's parts, on any engine, and keeps what is finished.

A part is one job's file in DIR/parts. The files are the state: a job whose part is there and whole is
never done again, one that is damaged is. Parts are written by this process alone, each whole or not at
all, so a command that was stopped in any way goes on when it is given again. A job that fails leaves
NAME.failed.json beside the parts and the others go on; the next command tries it again.
"""

from __future__ import annotations

import json
import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from undercount.experiments.compute.engines import Engine, EngineOptions
from undercount.experiments.compute.limits import hard_limit, overdue
from undercount.experiments.compute.opened import open_engine
from undercount.experiments.compute.worker import Bundle, Died, EngineLost, Result
from undercount.experiments.store.failures import FAILED, Failure, record_failure
from undercount.experiments.store.folder import PARTS, RUNNING, TEMPORARY, write_whole
from undercount.experiments.store.seal import Damaged, check_part
from undercount.model.files.problems import BadInput, Problem, nearest
from undercount.model.files.toml_in import describe

# Work handed out at once: long against the cost of handing out (a millisecond or two), short against
# what is lost with a worker.
BUNDLE_SECONDS, MOST_IN_BUNDLE = 1.0, 200
# Deaths of a worker that had nothing else to do, before its job is given up.
TRIES = 2
# How often the loop looks up while nothing finishes, and the folder says what is being computed.
LOOK_SECONDS, NOTE_SECONDS = 1.0, 1.0
TELL_SECONDS = 10.0


class Job(Protocol):
    """What is handed to a worker: a value that can be sent to another process, and its part's name."""

    @property
    def part(self) -> str: ...


@dataclass
class Outcome:
    """Where the work stands; given to `on_progress` after every job."""

    total: int
    done: int = 0  # including those found finished
    found: int = 0  # finished by earlier commands
    damaged: list[str] = field(default_factory=list)  # parts that were there but are done again
    failed: list[Failure] = field(default_factory=list)
    deaths: int = 0  # workers that ended in the middle of a job
    waiting: str = ""  # why nothing happens, if so


class Interrupted(KeyboardInterrupt):
    """SIGTERM or SIGHUP: treated as Ctrl-C is."""


def finish(folder: str | Path, jobs: Sequence[Job], function: Callable[[Any], bytes],
           options: EngineOptions = EngineOptions(),  # noqa: B008  frozen
           on_progress: Callable[[Outcome], None] = lambda outcome: None,
           check: Callable[[Path, str], object] = check_part, command: str | Callable[[Any], str] = "",
           engine: Engine | None = None) -> Outcome:
    """Compute the parts of `jobs` that are missing or damaged in `folder`; what came of it.

    function  module-level; one job to the bytes of its part, as `parts.seal_arrays` makes them
    options   where and under which limits; `only` confines the work to one part, in this process
    check     raises FileNotFoundError or Damaged unless the part (folder, name) is there and right
    command   the command line that made the folder, or a function of a job that gives it; " --only
              PART" is put behind it to name the command that repeats one failed job
    engine    instead of `options.kind`: one that is open, and stays the caller's

    The caller holds `folder.locked`. The bytes of a part depend on nothing but its job. Raises BadInput
    if `only` is none of the parts, OSError if the disk fails, `engines.EngineLost` if nothing can be
    computed any more, KeyboardInterrupt after Ctrl-C, SIGTERM or SIGHUP; what was written by then is kept.
    """
    folder = Path(folder)
    if len({job.part for job in jobs}) != len(jobs):
        raise ValueError("two jobs have one part")
    if options.only is not None and all(job.part != options.only for job in jobs):
        raise BadInput(Problem("command line", "--only", describe(options.only), "a part of this folder",
                               nearest=nearest(options.only[:100], [job.part for job in jobs][:1000])))
    with interruptible():
        (folder / PARTS).mkdir(parents=True, exist_ok=True)
        remove_half_written(folder / PARTS)
        work = _Work(folder, jobs, function, options, on_progress, command)
        missing = work.look(check)
        try:
            if not missing:
                pass
            elif engine is not None:
                work.run(engine, missing)
            else:
                with open_engine(options) as opened:
                    work.run(opened, missing)
        finally:
            (folder / RUNNING).unlink(missing_ok=True)
        return work.outcome


class Stopped(Exception):
    """The work ended early: `reason` is Ctrl-C (or SIGTERM), an error of the disk, or the loss of the engine;
    finished jobs are kept."""

    def __init__(self, reason: KeyboardInterrupt | OSError | EngineLost, outcome: Outcome):
        self.reason, self.outcome = reason, outcome
        super().__init__(str(reason))


@contextmanager
def interruptible() -> Iterator[None]:
    """While in it, SIGTERM and SIGHUP raise KeyboardInterrupt. Only the main thread can arrange that."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(number, frame):
        raise Interrupted(signal.Signals(number).name)

    before = {}
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        # Whoever ignores a signal (nohup) goes on ignoring it.
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
            before[number] = signal.signal(number, stop)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def remove_half_written(place: Path) -> None:
    """Remove what a killed command left under temporary names."""
    for path in place.glob(f"*{TEMPORARY}"):
        path.unlink(missing_ok=True)


# --------------------------------------------------------------------------- the work


class _Work:
    """The state of one call of `finish`. Jobs go by their index."""

    def __init__(self, folder: Path, jobs: Sequence[Job], function, options: EngineOptions, on_progress, command):
        self.folder, self.jobs, self.function, self.options = folder, jobs, function, options
        self.on_progress, self.command = on_progress, command
        self.outcome = Outcome(len(jobs))
        self.pace = _Pace()
        self.noted = 0.0

    def look(self, check: Callable[[Path, str], object]) -> deque[int]:
        """The jobs to do, in order."""
        missing: deque[int] = deque()
        for index, job in enumerate(self.jobs):
            try:
                check(self.folder, job.part)
                self.outcome.found += 1
                self._forget_failure(job.part)
            except FileNotFoundError:
                missing.append(index)
            except Damaged:
                self.outcome.damaged.append(job.part)
                missing.append(index)
        self.outcome.done = self.outcome.found
        if self.options.only is not None:
            missing = deque(i for i in missing if self.jobs[i].part == self.options.only)
        self.on_progress(self.outcome)
        return missing

    def run(self, engine: Engine, waiting: deque[int]) -> None:
        flying: dict[Future, list[int]] = {}
        suspects: deque[int] = deque()  # each is done alone, so that a death is its own
        deaths: dict[int, int] = {}
        try:
            while waiting or flying or suspects:
                if suspects and not flying:
                    self._alone(engine, suspects, deaths)
                    continue
                if not suspects:
                    self._hand_out(engine, waiting, flying)
                self._note(flying)
                for future in self._next(engine, flying):
                    if future not in flying:
                        continue  # lost with another one's worker, and dealt with
                    try:
                        results = engine.result(future)
                    except Died:
                        self.outcome.deaths += 1
                        self._after_death(engine, future, waiting, flying, suspects)
                        continue
                    flying.pop(future)
                    self._take(results)
        finally:
            for future in flying:
                future.cancel()

    def _hand_out(self, engine: Engine, waiting: deque[int], flying: dict[Future, list[int]]) -> None:
        width = engine.width()
        while waiting and len(flying) < max(1, width) * engine.ahead:
            size = self.pace.bundle(len(waiting), width) if engine.bundles else 1
            some = [waiting.popleft() for _ in range(size)]
            flying[self._submit(engine, some)] = some

    def _submit(self, engine: Engine, indexes: Sequence[int]) -> Future:
        return engine.submit(Bundle(self.function, [(i, self.jobs[i]) for i in indexes],
                                   self.options.run_timeout, self.options.memory, engine.code))

    def _next(self, engine: Engine, flying: dict[Future, list[int]]) -> list[Future]:
        """Futures that are done; waits for the first."""
        began = time.monotonic()
        while not (done := wait(flying, timeout=LOOK_SECONDS, return_when=FIRST_COMPLETED).done):
            if engine.width():
                began = time.monotonic()
            alone = time.monotonic() - began
            if engine.patience is not None and alone > engine.patience:
                raise EngineLost("all workers are gone")
            if alone > TELL_SECONDS and not self.outcome.waiting:
                self.outcome.waiting = "no workers: waiting for the first (Ctrl-C keeps what is finished)"
                self.on_progress(self.outcome)
        self.outcome.waiting = ""
        return list(done)

    def _after_death(self, engine: Engine, future: Future, waiting: deque[int], flying: dict[Future, list[int]],
                     suspects: deque[int]) -> None:
        """Keep what came back, put the rest back, and set apart what may have killed the worker."""
        lost = []
        for each in (list(flying) if engine.shared_fate else [future]):
            indexes = flying.pop(each)
            try:
                if each is future:
                    raise Died
                results = engine.result(each)  # all are done when the pool is broken, or soon
            except Died:
                lost += indexes
            else:
                self._take(results)
        accused = engine.suspects(lost)
        suspects.extend(accused)
        waiting.extendleft(sorted(set(lost) - set(accused), reverse=True))
        engine.restart()

    def _alone(self, engine: Engine, suspects: deque[int], deaths: dict[int, int]) -> None:
        index = suspects.popleft()
        start = time.monotonic()
        future = self._submit(engine, [index])
        self._note({future: [index]})
        self._next(engine, {future: [index]})
        try:
            self._take(engine.result(future))
            return
        except Died:
            self.outcome.deaths += 1
            engine.restart()
        deaths[index] = deaths.get(index, 0) + 1
        timeout = self.options.run_timeout
        if timeout and engine.prompt and time.monotonic() - start >= hard_limit(timeout):
            self._give_up(index, overdue(timeout) + " and deaf to being stopped", "", deaths[index])
        elif deaths[index] < TRIES:
            suspects.appendleft(index)
        else:
            or_late = ""
            if timeout and not engine.prompt:
                or_late = f", or the run is over --run-timeout of {timeout:g} s and deaf to it"
            self._give_up(index, f"its worker ended {deaths[index]} times without a word (killed, or the machine "
                                 f"ran out of memory{or_late})", "", deaths[index])

    def _take(self, results: Sequence[Result]) -> None:
        for result in results:
            if result.data is None:
                self._give_up(result.index, result.error or "no reason given", result.traceback or "")
                continue
            self.pace.saw(result.seconds)
            part = self.jobs[result.index].part
            # Not forced to the disk one by one: a part that a power cut leaves unwritten is found by its seal.
            write_whole(self.folder / PARTS / part, result.data, durable=False)
            self._forget_failure(part)
            self.outcome.done += 1
            self.on_progress(self.outcome)

    def _give_up(self, index: int, error: str, trace: str, attempts: int = 1) -> None:
        job = self.jobs[index]
        base = self.command(job) if callable(self.command) else self.command
        failure = Failure(job.part, error, f"{base} --only {job.part}".strip(), trace, attempts)
        record_failure(self.folder, failure)
        # Its old part, if any, is damaged: with it gone the folder says failed, not damaged.
        (self.folder / PARTS / job.part).unlink(missing_ok=True)
        self.outcome.failed.append(failure)
        self.on_progress(self.outcome)

    def _forget_failure(self, part: str) -> None:
        with suppress(OSError):
            (self.folder / PARTS / f"{part}{FAILED}").unlink(missing_ok=True)

    def _note(self, flying: dict[Future, list[int]]) -> None:
        """Say in the folder what is being computed, for `undercount status`; at most once a second."""
        if (now := time.monotonic()) - self.noted < NOTE_SECONDS:
            return
        self.noted = now
        parts = [self.jobs[i].part for indexes in flying.values() for i in indexes]
        write_whole(self.folder / RUNNING, json.dumps(parts).encode(), durable=False)


class _Pace:
    """How many jobs make a bundle, from how long the last ones took."""

    def __init__(self):
        self.seconds: float | None = None

    def saw(self, seconds: float) -> None:
        self.seconds = seconds if self.seconds is None else 0.9 * self.seconds + 0.1 * seconds

    def bundle(self, remaining: int, width: int) -> int:
        if self.seconds is None:
            return 1
        most = int(BUNDLE_SECONDS / max(self.seconds, 1e-6))
        # At the end in small pieces, so that no worker is left with much while the others idle.
        return max(1, min(most, MOST_IN_BUNDLE, remaining // (2 * max(1, width)), remaining))
