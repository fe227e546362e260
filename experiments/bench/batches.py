"""Batches of short runs: seconds, and whether memory grows with them."""

from __future__ import annotations

import os
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from undercount.experiments.bench.memory import bytes_now, peak_bytes
from undercount.experiments.bench.region import SCENARIO, SEED, multiplied, template, warm
from undercount.experiments.compute.engines import EngineOptions
from undercount.experiments.runs.batch import resolve
from undercount.experiments.runs.build import run_batch
from undercount.model.assumed.scenario import load_scenario
from undercount.model.simulation import simulate_template
from undercount.model.world import Template


def small_batch(people: int, runs: int) -> dict[str, Any]:
    """Runs of a region with so few people, one agent a person, in threads."""
    warm()
    scenario = load_scenario(SCENARIO)
    few = Template(multiplied(scenario, people / Template(scenario, 5000).persons), 1)
    return {"people": few.persons, "runs": runs} | _in_threads(few, runs)


def _in_threads(made: Template, runs: int) -> dict[str, Any]:
    workers = os.cpu_count() or 1

    def one(seed: int) -> int:
        return int(simulate_template(made, seed).hidden["newly_exploited"].sum())

    with ThreadPoolExecutor(workers) as threads:
        list(threads.map(one, range(4 * workers)))
        before = bytes_now()
        start = time.perf_counter()
        list(threads.map(one, range(runs)))
        seconds = time.perf_counter() - start
    return {"workers": workers, "seconds": round(seconds, 3), "growth_bytes": peak_bytes() - before}


def batch(people_per_agent: int, runs: int) -> dict[str, Any]:
    """Runs of the whole region in groups: bare in threads, and through the runner with a result folder."""
    warm()
    made = template(people_per_agent)
    bare = _in_threads(made, runs)
    before = bytes_now()
    asked = resolve([SCENARIO], runs, SEED, people_per_agent, None, {})
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        run_batch(asked, folder, EngineOptions("threads"))
        written = time.perf_counter() - start
        size = sum(path.stat().st_size for path in Path(folder).rglob("*") if path.is_file())
    return {"runs": runs, "agents": made.persons // people_per_agent} | bare | {
            "with_files_seconds": round(written, 3), "with_files_growth_bytes": peak_bytes() - before,
            "bytes_on_disk": size}


def command_memory(runs: int) -> dict[str, Any]:
    """The highest resident size of a command that makes small runs in processes, with their files."""
    asked = resolve([SCENARIO], runs, SEED, 5000, None, {})
    year = resolve([SCENARIO], runs, SEED, 5000, asked.region.month_name(11), {})
    highest = [0]

    def look(outcome) -> None:
        highest[0] = max(highest[0], bytes_now())

    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        run_batch(year, folder, EngineOptions(workers=2), look)
        seconds = time.perf_counter() - start
    return {"runs": runs, "seconds": round(seconds, 1), "peak_bytes": peak_bytes(),
            "peak_bytes_while_running": highest[0]}
