"""What happens in a worker: a bundle of jobs, one after the other, each inside its limits."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from undercount.experiments.compute.limits import Overdue, limits, overdue
from undercount.experiments.store.provenance import code_digest

LONGEST_TRACEBACK, LONGEST_ERROR = 20_000, 400


class Died(Exception):
    """A worker ended in the middle of its bundle."""


class EngineLost(Exception):
    """Nothing can be computed any more; the text says why. What was written is kept."""


class Result(NamedTuple):
    """One job's part, or why there is none. `index` is that of the job in the sequence of jobs."""

    index: int
    data: bytes | None
    error: str | None
    traceback: str | None
    seconds: float


@dataclass(frozen=True)
class Bundle:
    """Jobs for one worker, numbered, and what holds for each of them."""

    function: Callable[[Any], bytes]
    jobs: Sequence[tuple[int, Any]]
    run_timeout: float | None = None
    memory: int | None = None
    code: str | None = None  # the rules that the worker must have; None: they are the same process's


def _at(index: int) -> None:
    """Notes the job that this worker is at; replaced in worker processes."""


def compute(bundle: Bundle) -> list[Result]:
    """Every job of a bundle, one after the other. A job that raises does not touch the next."""
    if bundle.code not in (None, code_digest()):
        raise EngineLost(f"a worker has other rules (code {code_digest()}) than this command "
                         f"(code {bundle.code}): install the same version on every machine")
    return [_compute_one(bundle, index, job) for index, job in bundle.jobs]


def _compute_one(bundle: Bundle, index: int, job: Any) -> Result:
    _at(index)
    start = time.perf_counter()
    data = error = trace = None
    try:
        with limits(bundle.run_timeout, bundle.memory):
            data = bundle.function(job)
        if not isinstance(data, bytes):
            data, error = None, f"the job gave {type(data).__name__}, not the bytes of a part"
    except Overdue:
        error = overdue(bundle.run_timeout)
        trace = traceback.format_exc()[-LONGEST_TRACEBACK:]
    except (Exception, SystemExit) as raised:
        error = one_line(raised, bundle.memory)
        trace = traceback.format_exc()[-LONGEST_TRACEBACK:]
    _at(-1)
    return Result(index, data, error, trace, time.perf_counter() - start)


def one_line(error: BaseException, memory: int | None = None) -> str:
    """What is said of an error in a list of failed runs."""
    if isinstance(error, MemoryError) and memory:
        return f"over --run-memory of {memory} MB"
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text}"[:LONGEST_ERROR] if text else type(error).__name__


def begin(pids, jobs, taken, began) -> None:
    """First thing in a worker process: sign in, leave Ctrl-C to the command, end when the command ends."""
    global _at
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with taken.get_lock():
        slot = taken.value
        taken.value += 1
    pids[slot] = os.getpid()

    def at(index: int) -> None:
        jobs[slot] = index
        began.value = 1

    _at = at
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """A worker whose command was killed would wait for work forever."""
    from multiprocessing.connection import wait

    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)
