"""One world of a reference table, from its draw to its quantities, and the command that makes a table."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from undercount.experiments.bench.region import SEED
from undercount.experiments.draws import attempt, gates_of
from undercount.experiments.patterns.worlds import judge
from undercount.experiments.reference.quantities import quantities
from undercount.experiments.reference.statistics import shipped_statistics
from undercount.model.assumed.scenario import load_scenario
from undercount.model.simulation import simulate

EXPLANATION = "everything"


def worlds(people_per_agent: int, draws: int, judged: int, repeats: int = 3) -> dict[str, Any]:
    """Milliseconds of thread time: a world at the point values, the mean over prior draws, and a judged draw.

    Each world is the best of `repeats`, as other jobs can only add to it.
    """
    scenario = load_scenario(EXPLANATION)
    gates, statistics = gates_of(scenario), shipped_statistics(scenario.region)

    def world(number: int | None) -> float:
        best = float("inf")
        for _ in range(repeats):
            start = time.thread_time()
            drawn = None if number is None else attempt(scenario, number, SEED, 1)
            outcome = simulate(scenario if drawn is None else drawn.scenario, people_per_agent,
                               SEED if drawn is None else drawn.luck)
            quantities(statistics, outcome)
            best = min(best, time.thread_time() - start)
        return 1e3 * best

    def gate(number: int) -> float:
        start = time.thread_time()
        drawn = attempt(scenario, number, SEED, 1)
        judge(drawn.scenario, drawn.luck, gates)
        return 1e3 * (time.thread_time() - start)

    world(None), gate(0)  # load what was compiled
    over_priors = [world(number) for number in range(draws)]
    return {"point_values_ms": round(world(None), 1), "priors_ms": round(float(np.mean(over_priors)), 1),
            "priors_most_ms": round(max(over_priors), 1), "draws": draws,
            "judged_ms": round(float(np.mean([gate(number) for number in range(judged)])), 1), "judged": judged}


def reference(people_per_agent: str, worlds: int) -> dict[str, Any]:
    """Worlds a minute of `undercount reference`, really run on every core.

    The same command is given twice. The second finds everything done: what it takes is the start and the tables,
    which a table of 20,000 worlds has once, so `per_minute` leaves it out.
    """
    workers = os.cpu_count() or 1
    with tempfile.TemporaryDirectory() as place:
        words = [sys.executable, "-P", "-m", "undercount.experiments.cli", "reference", EXPLANATION, "--worlds",
                 str(worlds), "--no-variants", "--seed", str(SEED), "--people-per-agent", people_per_agent,
                 "--workers", str(workers), "--out", str(Path(place) / "table")]
        seconds = []
        for _ in range(2):
            start = time.perf_counter()
            subprocess.run(words, check=True, capture_output=True)
            seconds.append(time.perf_counter() - start)
    return {"worlds": worlds, "workers": workers, "seconds": round(seconds[0], 2),
            "start_seconds": round(seconds[1], 2),
            "per_minute": round(60 * worlds / max(1e-9, seconds[0] - seconds[1])),
            "per_minute_with_start": round(60 * worlds / seconds[0])}
