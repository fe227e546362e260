"""Where jobs are computed: what is asked of an engine, and those that need no processes.

An engine takes a bundle of jobs and gives a future of their results. What goes wrong inside a job is
caught where it happens and comes back as text; what happens to a worker (it is killed, or is gone)
shows as `Died`, and the loss of the whole engine as `EngineLost`. `experiments/compute/jobs.py` does the rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from undercount.experiments.compute.worker import Bundle, EngineLost, Result, compute, one_line

KINDS = ("processes", "threads", "serial", "dask")


@dataclass(frozen=True)
class EngineOptions:
    """How jobs are to be computed. Nothing of it can move a result.

    kind         one of KINDS
    workers      jobs at a time; None: one a core (a scheduler's workers are its own)
    scheduler    address of a Dask scheduler, such as tcp://host:port; None: a cluster of this process
    run_timeout  seconds that one job may take; None: any
    memory       megabytes that one job may take beyond what its worker holds; None: any
    only         the part of the one job to do, in this process; None: all that are missing
    """

    kind: str = "processes"
    workers: int | None = None
    scheduler: str | None = None
    run_timeout: float | None = None
    memory: int | None = None
    only: str | None = None

    def __post_init__(self):
        if self.kind not in KINDS:
            raise ValueError(f"no engine {self.kind!r}; there are {', '.join(KINDS)}")
        if (self.run_timeout or self.memory) and self.kind == "threads":
            raise ValueError("a run in a thread cannot be stopped or measured; use processes")

    def describe(self) -> dict[str, Any]:
        """For the manifest."""
        return {"engine": self.kind, "workers": self.workers, "scheduler": self.scheduler}


class Engine:
    """What `jobs.finish` asks of an engine."""

    bundles = True  # is handing out dear enough that short jobs go in bundles?
    shared_fate = False  # does one worker's death lose what the others were at?
    prompt = False  # does a worker begin at once, so that the time until its death says something?
    ahead = 2  # bundles in flight, in units of workers
    patience: float | None = None  # seconds without any worker after which none will come; None: any
    code: str | None = None

    def width(self) -> int:
        """Jobs at a time; 0 while a cluster has no workers."""
        raise NotImplementedError

    def submit(self, bundle: Bundle) -> Future:
        raise NotImplementedError

    def result(self, future: Future) -> list[Result]:
        """Of a future that is done. Raises Died, EngineLost."""
        return future.result()

    def suspects(self, indexes: Sequence[int]) -> list[int]:
        """Which of the jobs that a death lost may have caused it."""
        return list(indexes)

    def restart(self) -> None:
        """After a death with shared fate."""

    def close(self, at_once: bool = False) -> None:
        """Let go of the workers; `at_once`, whatever they are doing."""


class Serial(Engine):
    """In this thread: for debugging, and for machines without processes."""

    bundles, ahead = False, 1

    def width(self) -> int:
        return 1

    def submit(self, bundle: Bundle) -> Future:
        future: Future = Future()
        future.set_result(compute(bundle))
        return future


class OnExecutor(Engine):
    """Any `concurrent.futures` executor, which stays its owner's."""

    bundles = False

    def __init__(self, executor: Executor, workers: int):
        self.executor, self._workers = executor, workers

    def width(self) -> int:
        return self._workers

    def submit(self, bundle: Bundle) -> Future:
        return self.executor.submit(compute, bundle)

    def result(self, future: Future) -> list[Result]:
        try:
            return future.result()
        except (BrokenExecutor, CancelledError) as error:
            raise EngineLost(f"the executor broke: {one_line(error)}") from error


class Threads(OnExecutor):
    """A run holds no interpreter lock, so threads share one memory and lose little."""

    def __init__(self, workers: int):
        super().__init__(ThreadPoolExecutor(workers), workers)

    def close(self, at_once: bool = False) -> None:
        self.executor.shutdown(cancel_futures=True)
