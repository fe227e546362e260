"""Speed and memory on this machine. Every case runs in a process of its own, after compilation.

Memory is the highest resident size that the process reached, less its size before the case.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

SCENARIO = "full-adaptation"
SEED = 1
# With agents at home of so many persons, the shipped region has about 100,000 and 10,000 of them.
AGENTS_100_000, AGENTS_10_000 = 157, 1574
RUN_OF_50_MS = 1000  # persons an agent with which a run takes about 50 ms
MIDDLE = 30  # month from which `compiled` and `mesa` are compared: by then everybody is busy


def measure(quick: bool = False, say: Callable[[str], None] = lambda text: None) -> dict[str, Any]:
    """Every figure, as plain JSON values."""
    found: dict[str, Any] = {}
    say("compiling, if need be")
    _case("region", people_per_agent=5000, months=3)
    say("compiled and mesa activation")
    found |= _case("activations", people_per_agent=5000 if quick else AGENTS_100_000, months=2)
    say("the whole region")
    found["full_region"] = _case("region", people_per_agent=1000 if quick else 1)
    say("a batch of short runs")
    runs = 20 if quick else 1000
    found["batch"] = _case("small_batch", people=10_000, runs=runs)
    say("a batch of the whole region in groups")
    found["batch_in_groups"] = _case("batch", people_per_agent=5000 if quick else AGENTS_10_000, runs=runs)
    say("cost against people")
    scales = (5000,) if quick else (AGENTS_100_000, AGENTS_100_000 // 10)
    found["people"] = [*(_case("region", people_per_agent=scale) for scale in scales), found["full_region"]]
    say("cost against months")
    lengths = (12,) if quick else (12, 24, 48)
    found["months"] = [*(_case("region", people_per_agent=scales[0], months=months) for months in lengths),
                       found["people"][0]]
    return found


def measure_engines(quick: bool = False, say: Callable[[str], None] = lambda text: None) -> dict[str, Any]:
    """What engines cost, and whether the memory of a command grows with its runs."""
    say("compiling, if need be")
    _case("region", people_per_agent=5000, months=3)
    say("engines side by side")
    found: dict[str, Any] = {"engines": _case("engines", people_per_agent=5000 if quick else RUN_OF_50_MS,
                                              runs=10 if quick else 100, rounds=1 if quick else 3,
                                              workers=[2] if quick else [1, 2])}
    for runs in (20, 40) if quick else (1000, 5000):
        say(f"memory over {runs:,} runs")
        found.setdefault("memory", []).append(_case("command_memory", runs=runs))
    return found


def _case(name: str, **options: int | None) -> dict[str, Any]:
    """What one case measures, in a fresh process so that none inherits another's memory."""
    done = subprocess.run([sys.executable, "-P", "-m", "undercount.experiments.bench", name, json.dumps(options)],
                          capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"the benchmark {name!r} failed: {done.stderr.strip()[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])


# --------------------------------------------------------------------------- memory


def peak_bytes() -> int:
    import resource

    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024


def bytes_now() -> int:
    """Resident size now; the peak so far where the system does not tell."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return peak_bytes()


# --------------------------------------------------------------------------- cases


def _template(people_per_agent: int):
    from undercount.model.assumed.scenario import load_scenario
    from undercount.model.world import Template

    return Template(load_scenario(SCENARIO), people_per_agent)


def _warm() -> None:
    """Loads what was compiled, by a run of few agents."""
    from undercount.model.simulation import simulate_template

    simulate_template(_template(5000), SEED)


def region(people_per_agent: int, months: int | None = None) -> dict[str, Any]:
    """One run of the region, from the scenario to the last month."""
    from undercount.model.simulation import simulate_template

    _warm()
    before = bytes_now()
    start = time.perf_counter()
    template = _template(people_per_agent)
    outcome = simulate_template(template, SEED, months)
    seconds = time.perf_counter() - start
    peak = peak_bytes() - before
    agents = template.persons // people_per_agent
    return {"people": template.persons, "agents": agents, "months": outcome.months, "seconds": round(seconds, 4),
            "peak_bytes": peak, "bytes_per_person": round(peak / template.persons, 2),
            "bytes_per_agent": round(peak / agents, 1)}


def activations(people_per_agent: int, months: int) -> dict[str, Any]:
    """Agent-months per second of both activations, in the same months of the same model."""
    from undercount.model.mesa_model import TraffickingModel

    def at(month: int) -> TraffickingModel:
        # The engine is compared, so the data collector, which both share, is left out.
        made = TraffickingModel(SCENARIO, seed=SEED, people_per_agent=people_per_agent)
        made.world.run(made.world.t + month)
        return made

    _warm()
    whole = at(0)
    start = time.perf_counter()
    whole.world.run()
    whole_seconds = time.perf_counter() - start

    compiled_seconds = []
    for _ in range(5):
        world = at(MIDDLE).world
        start = time.perf_counter()
        for _ in range(months):
            world.run(world.t + 1)
        compiled_seconds.append(time.perf_counter() - start)

    single = at(MIDDLE - 1)
    agents = len(single.agents)  # makes the views, which is not part of a month
    at_home = single.world.template.persons // people_per_agent
    single._step_agents()  # compiles what only single steps call
    start = time.perf_counter()
    for _ in range(months):
        single._step_agents()
    mesa_seconds = time.perf_counter() - start

    compiled, mesa = (at_home * months / seconds for seconds in (min(compiled_seconds), mesa_seconds))
    return {"compiled": round(compiled), "mesa": round(mesa), "ratio": round(compiled / mesa, 1),
            "compiled_whole_run": round(at_home * whole.world.month / whole_seconds),
            "agents": at_home, "agents_with_parties_and_others": agents}


def small_batch(people: int, runs: int) -> dict[str, Any]:
    """Runs of a region with so few people, one agent a person, in threads."""
    from dataclasses import replace

    from undercount.model.assumed.scenario import load_scenario
    from undercount.model.world import Template

    _warm()
    scenario = load_scenario(SCENARIO)
    share = people / Template(scenario, AGENTS_10_000).persons
    heads = ("women_15_29", "population", "emigrant_stock")
    figures = {key: {year: value * share for year, value in years.items()} if key[0] in heads else years
               for key, years in scenario.region.figures.items()}
    template = Template(replace(scenario, region=replace(scenario.region, figures=figures)), 1)
    return {"people": template.persons, "runs": runs} | _in_threads(template, runs)


def _in_threads(template, runs: int) -> dict[str, Any]:
    from undercount.model.simulation import simulate_template

    workers = os.cpu_count() or 1

    def one(seed: int) -> int:
        return int(simulate_template(template, seed).hidden["newly_exploited"].sum())

    with ThreadPoolExecutor(workers) as threads:
        list(threads.map(one, range(4 * workers)))
        before = bytes_now()
        start = time.perf_counter()
        list(threads.map(one, range(runs)))
        seconds = time.perf_counter() - start
    return {"workers": workers, "seconds": round(seconds, 3), "growth_bytes": peak_bytes() - before}


def batch(people_per_agent: int, runs: int) -> dict[str, Any]:
    """Runs of the whole region in groups: bare in threads, and through the runner with a result folder."""
    from undercount.experiments.compute.engines import EngineOptions
    from undercount.experiments.runs.batch import resolve
    from undercount.experiments.runs.build import run_batch

    _warm()
    template = _template(people_per_agent)
    bare = _in_threads(template, runs)
    before = bytes_now()
    asked = resolve([SCENARIO], runs, SEED, people_per_agent, None, {})
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        run_batch(asked, folder, EngineOptions("threads"))
        written = time.perf_counter() - start
        size = sum(path.stat().st_size for path in Path(folder).rglob("*") if path.is_file())
    return {"runs": runs, "agents": template.persons // people_per_agent} | bare | {
            "with_files_seconds": round(written, 3), "with_files_growth_bytes": peak_bytes() - before,
            "bytes_on_disk": size}


def engines(people_per_agent: int, runs: int, rounds: int, workers: list[int]) -> dict[str, Any]:
    """Seconds for the same runs: bare in this process, and by every engine, each the best of some rounds.

    The rounds alternate, so that a busy machine is busy for all. An engine is open and has built what it
    keeps before its time is taken. Efficiency is bare seconds over workers times seconds. What several
    bare loops at once reach on this machine (cores share memory, and others may use them) is `at_once`:
    each worker gets its share of the runs in one piece. The coordinator's own processor time a run is
    what no number of workers can share.
    """
    from undercount.experiments.compute.engines import EngineOptions
    from undercount.experiments.compute.jobs import finish
    from undercount.experiments.compute.opened import open_engine
    from undercount.experiments.compute.worker import Bundle
    from undercount.experiments.runs.batch import resolve
    from undercount.experiments.runs.build import execute

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
    return {"runs": runs, "cores": os.cpu_count(), "bare_ms_a_run": round(1e3 * best["bare"] / runs, 2),
            "at_once": {str(count): round(best["bare"] / (count * best[f"at once {count}"]), 3) for count in workers},
            "rows": rows}


def command_memory(runs: int) -> dict[str, Any]:
    """The highest resident size of a command that makes small runs in processes, with their files."""
    from undercount.experiments.compute.engines import EngineOptions
    from undercount.experiments.runs.batch import resolve
    from undercount.experiments.runs.build import run_batch

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


CASES = {"region": region, "activations": activations, "small_batch": small_batch, "batch": batch,
         "engines": engines, "command_memory": command_memory}

if __name__ == "__main__":
    print(json.dumps(CASES[sys.argv[1]](**json.loads(sys.argv[2]))))
