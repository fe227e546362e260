"""Jobs that go wrong on purpose, at the top of a module so that worker processes find them by name."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from undercount.experiments.runs.batch import Run
from undercount.experiments.runs.build import execute
from undercount.experiments.store.seal import seal_arrays

HUGE = 10**10  # float64 values: 80 GB


@dataclass(frozen=True)
class Job:
    """`does` is what becomes of it: nothing bad, or one of the names below. `place`: a folder for marks."""

    number: int
    does: str = "well"
    place: str = ""

    @property
    def part(self) -> str:
        return f"job-{self.number:05d}.npz"


def work(job: Job) -> bytes:
    if job.place:
        with (Path(job.place) / job.part).open("a") as marks:
            marks.write("x")  # how often it was begun
    go_wrong(job.does, Path(job.place) / job.part)
    return seal_arrays({"part": job.part}, {"numbers": np.arange(job.number)})


def go_wrong(how: str, marks: Path = Path()) -> None:
    match how:
        case "well":
            return
        case "raises":
            raise ValueError("a run\nthat raises")
        case "exits":
            raise SystemExit(3)
        case "too much":
            np.ones(HUGE)
        case "for ever":
            while True:
                sum(range(1000))
        case "deaf":  # as compiled code that hangs
            if hasattr(signal, "pthread_sigmask"):
                signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGALRM])
            while True:
                time.sleep(60)
        case "dies":
            assert multiprocessing.parent_process() is not None, "the tests' own process is not to die"
            os.kill(os.getpid(), signal.SIGKILL)
        case "dies once":
            if marks.read_text() == "x":
                go_wrong("dies")
        case _:
            raise KeyError(how)


# Which replicates of a batch go wrong, and how.
BAD = {1: "raises", 3: "too much", 4: "for ever", 6: "dies"}


def execute_badly(run: Run) -> bytes:
    go_wrong(BAD.get(run.replicate, "well"))
    return execute(run)


def execute_slowly(run: Run) -> bytes:
    time.sleep(0.05)
    return execute(run)
