"""What engines cost."""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path
from typing import Any

from undercount.experiments.bench.region import SCENARIO, SEED
from undercount.experiments.compute.engines import EngineOptions
from undercount.experiments.compute.jobs import finish
from undercount.experiments.compute.opened import open_engine
from undercount.experiments.compute.worker import Bundle
from undercount.experiments.runs.batch import resolve
from undercount.experiments.runs.build import execute


def engines(people_per_agent: str, runs: int, rounds: int, workers: list[int]) -> dict[str, Any]:
    """Seconds for the same runs: bare in this process, and by every engine, each the best of some rounds.

    The rounds alternate, so that a busy machine is busy for all. An engine is open and has built what it
    keeps before its time is taken. Efficiency is bare seconds over workers times seconds. What several
    bare loops at once reach on this machine (cores share memory, and others may use them) is `at_once`:
    each worker gets its share of the runs in one piece. The coordinator's own processor time a run is
    what no number of workers can share. `dask_overhead` is what Dask takes beyond loops at once with as many workers.
    """
    jobs = resolve([SCENARIO], runs, SEED, people_per_agent, None, {}).runs()
    asked = {"serial": EngineOptions("serial"), **{f"{kind} {count}": EngineOptions(kind, count)
             for kind in ("processes", "dask") for count in workers}}
    execute(jobs[0])
    seconds: dict[str, list[float]] = {name: [] for name in ("bare", *asked)}
    coordinator: dict[str, list[float]] = {name: [] for name in asked}
    with tempfile.TemporaryDirectory() as place:
        for turn in range(rounds):
            start = time.perf_counter()
            for job in jobs:
                execute(job)
            seconds["bare"].append(time.perf_counter() - start)
            for name, options in asked.items():
                with open_engine(options) as engine:
                    finish(Path(place) / f"{name} {turn} first", jobs[:8], execute, engine=engine)
                    start, own = time.perf_counter(), time.process_time()
                    finish(Path(place) / f"{name} {turn}", jobs, execute, engine=engine)
                    seconds[name].append(time.perf_counter() - start)
                    coordinator[name].append(time.process_time() - own)
            for count in workers:
                with open_engine(EngineOptions(workers=count)) as engine:
                    finish(Path(place) / f"pieces {count} {turn} first", jobs[:8], execute, engine=engine)
                    start = time.perf_counter()
                    pieces = [Bundle(execute, list(enumerate(jobs[n::count]))) for n in range(count)]
                    for future in [engine.submit(piece) for piece in pieces]:
                        future.result()
                    seconds.setdefault(f"at once {count}", []).append(time.perf_counter() - start)
    best = {name: min(each) for name, each in seconds.items()}
    rows = []
    for name in asked:
        kind, _, count = name.partition(" ")
        count = int(count or 1)
        rows.append({"engine": kind, "workers": count, "seconds": round(best[name], 3),
                     "efficiency": round(best["bare"] / (count * best[name]), 3),
                     "coordinator_ms_a_run": round(1e3 * min(coordinator[name]) / runs, 2)})
    overhead = {str(count): round(best[f"dask {count}"] / best[f"at once {count}"] - 1, 3) for count in workers}
    return {"runs": runs, "cores": os.cpu_count(), "dask_overhead": overhead,
            "bare_ms_a_run": round(1e3 * best["bare"] / runs, 2),
            "at_once": {str(count): round(best["bare"] / (count * best[f"at once {count}"]), 3) for count in workers},
            "rows": rows}
