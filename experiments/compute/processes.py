"""Workers that are processes of this machine.

They come from a fork server that has loaded the compiled rules (`experiments/compute/warm.py`), so a
new worker is ready in milliseconds and none of them compiles.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Sequence
from concurrent.futures import BrokenExecutor, CancelledError, Future, ProcessPoolExecutor
from contextlib import suppress

from undercount.experiments.compute.engines import Engine
from undercount.experiments.compute.worker import Bundle, Died, EngineLost, Result, begin, compute

# Linear algebra of one run in one thread: a worker a core is parallel enough.
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS",
                            "VECLIB_MAXIMUM_THREADS"), "1")


class Processes(Engine):
    """A pool of processes that is made anew when one of them dies."""

    shared_fate = prompt = True
    FEWEST_STARTS = 3  # pools that may die in succession before any of their jobs began

    def __init__(self, workers: int):
        self._workers, self._stillborn = workers, 0
        method = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
        self._context = multiprocessing.get_context(method)
        if method == "forkserver":
            _start_fork_server()
        self._start()

    def _start(self) -> None:
        # Shared with the workers: who they are, and the job that each is at (-1: none).
        self._pids = self._context.RawArray("q", self._workers)
        self._jobs = self._context.RawArray("q", [-1] * self._workers)
        self._taken = self._context.Value("i", 0)
        self._began = self._context.RawValue("b", 0)
        self._pool = ProcessPoolExecutor(self._workers, self._context, begin,
                                         (self._pids, self._jobs, self._taken, self._began))

    def width(self) -> int:
        return self._workers

    def pids(self) -> list[int]:
        """The workers that have begun."""
        return [pid for pid in self._pids if pid]

    def submit(self, bundle: Bundle) -> Future:
        try:
            return self._pool.submit(compute, bundle)
        except BrokenExecutor as error:
            future: Future = Future()
            future.set_exception(error)
            return future

    def result(self, future: Future) -> list[Result]:
        try:
            return future.result()
        except BrokenExecutor as error:
            raise Died from error
        except CancelledError as error:
            raise Died from error

    def suspects(self, indexes: Sequence[int]) -> list[int]:
        running = set(self._jobs)
        return [index for index in indexes if index in running]

    def restart(self) -> None:
        self._stillborn = 0 if self._began.value else self._stillborn + 1
        self.close(at_once=True)
        if self._stillborn >= self.FEWEST_STARTS:
            raise EngineLost("worker processes end before they begin; from a script, call this under "
                             "`if __name__ == \"__main__\":`, or use --engine threads")
        self._start()

    def close(self, at_once: bool = False) -> None:
        self._pool.shutdown(wait=not at_once, cancel_futures=True)
        if at_once:
            for pid in self.pids():
                with suppress(OSError):
                    os.kill(pid, signal.SIGKILL)


def _start_fork_server() -> None:
    """Start the process that workers are forked from, with what it needs in its environment."""
    from multiprocessing import forkserver, resource_tracker

    multiprocessing.set_forkserver_preload(["undercount.experiments.compute.warm"])
    # A safe path: a user's own random.py in the current folder is none of the workers' business.
    given = {name: os.environ.get(name) for name in (*ONE_THREAD, "PYTHONSAFEPATH")}
    os.environ.update(ONE_THREAD, PYTHONSAFEPATH="1")
    # Born with Ctrl-C blocked, also while it compiles: an interruption is the command's, which then ends its workers.
    resource_tracker.ensure_running()  # it unblocks
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGINT,))
    try:
        forkserver.ensure_running()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        for name, value in given.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
